"""What other thresholds of the score would have given, and what the best of them is worth."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.effects import signed_effect
from flowbt.evaluation.inference.circular_shift import Association, family_p_values
from flowbt.evaluation.panel import Panel

SHARES: Final = np.linspace(0.05, 0.95, 19)
"""Quantiles of |score| that are tried: values that occur, above 0, each once."""


@dataclass(frozen=True)
class Threshold(Result):
    """The verdicts that one threshold of the score would have given.

    Attributes:
        threshold: verdicts are given where |score| is at or above it.
        n: such verdicts with a known outcome.
        signed_excess: mean excess return in the score's direction, as a fraction; None where it cannot be tested.
        t: of it; None likewise.
    """

    threshold: float
    n: int
    signed_excess: float | None
    t: float | None


@dataclass(frozen=True)
class Thresholds(Result):
    """What other thresholds of the score would have given.

    Attributes:
        horizon: in sessions.
        max_t_p_value: how often the best of as many thresholds would look as good by chance alone; None where none can be tested.
        rows: thresholds, ascending.
    """

    horizon: int
    max_t_p_value: float | None
    rows: tuple[Threshold, ...]


def thresholds(panel: Panel, horizon: int) -> Thresholds:
    """The mean return in the score's direction where |score| reaches each of up to 19 thresholds, its quantiles in the sample.

    A threshold picked after seeing this is picked in-sample, which `max_t_p_value` accounts for.
    """
    size = np.abs(panel.score)
    known = np.isfinite(size) & np.isfinite(panel.following(horizon))
    # a score of 0 has no direction: without those the quantiles of a score that is mostly 0 would be 0
    directed = size[known & (size > 0)]
    tried = np.unique(np.quantile(directed, SHARES, method="higher")) if len(directed) else np.empty(0)
    rows, tested = [], list[Association]()
    for threshold in tried:
        chosen = np.where(known, np.where(size >= threshold, np.sign(panel.score), 0.0), np.nan)
        estimate = signed_effect(replace(panel, verdict=chosen), 0, horizon)
        if estimate is not None:
            tested.append(estimate)
        rows.append(
            Threshold(
                threshold=float(threshold),
                n=int((np.abs(chosen) == 1).sum()),
                signed_excess=estimate.value if estimate else None,
                t=estimate.t if estimate else None,
            )
        )
    return Thresholds(horizon, min(family_p_values(tested), default=None), tuple(rows))
