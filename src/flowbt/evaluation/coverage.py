"""How many verdicts of each kind there were to judge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flowbt.documents import Result, optional
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.verdicts import VERDICTS


@dataclass(frozen=True)
class Coverage(Result):
    """How many verdicts there were.

    Attributes:
        symbol_days: sessions with a verdict or a score, counted once for each symbol.
        verdicts: how many of each.
        active_dates: dates with a bearish or bullish verdict in any symbol.
        abstentions: symbol-days on which the signal gave no verdict; None where that is not known.
    """

    symbol_days: int
    verdicts: Mapping[str, int]
    active_dates: int
    abstentions: int | None = optional()


def coverage(panel: Panel) -> Coverage:
    """Count the symbol-days with a verdict or a score, and the verdicts of each kind."""
    given = np.isfinite(panel.verdict) | np.isfinite(panel.score)
    directional = np.abs(panel.verdict) == 1
    return Coverage(
        symbol_days=int(given.sum()),
        verdicts={name: int((panel.verdict == side).sum()) for name, side in VERDICTS.items()},
        active_dates=int(directional.any(axis=1).sum()),
    )
