"""The placebo: what the same verdicts would have shown had they been given at other times."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result, keyed
from flowbt.evaluation.effects import signed_effect
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel

BINS: Final = 24


@dataclass(frozen=True, kw_only=True)
class HistogramBin(Result):
    """How many shifts had a mean between two edges, which are fractions.

    Attributes:
        start: lower edge of the bin.
        end: upper edge.
        count: shifts whose statistic is in the bin.
    """

    start: float = keyed("from")
    end: float = keyed("to")
    count: int


@dataclass(frozen=True)
class Placebo(Result):
    """The mean return in the verdicts' direction against that of the same verdicts at other times.

    Attributes:
        statistic: mean excess return in the verdict's direction, as a fraction.
        p_value: share of all shifts, the observed one among them, at least as far from zero, studentised.
        shifts: other times that were looked at.
        low: lower end of the middle 95% of the shifts.
        high: upper end.
        histogram: of the shifts' means, ascending.
    """

    statistic: float
    p_value: float
    shifts: int
    low: float
    high: float
    histogram: tuple[HistogramBin, ...]


def placebo(panel: Panel, horizon: int) -> Placebo | None:
    """Compare the verdicts with the whole matrix of verdicts moved round the calendar; None for too few verdicts or sessions.

    All symbols are moved by the same number of sessions, which keeps what days and symbols share; plain shuffles would
    call too many results significant.
    """
    estimate = signed_effect(panel, 0, horizon)
    if estimate is None:
        return None
    others = estimate.shifted[1:]
    low, high = np.quantile(others, [0.025, 0.975])
    return Placebo(
        statistic=estimate.value,
        p_value=float((np.abs(estimate.shifted_t) >= abs(estimate.t) * (1 - 1e-12)).mean()),
        shifts=len(others),
        low=float(low),
        high=float(high),
        histogram=_histogram(others),
    )


def _histogram(values: Floats) -> tuple[HistogramBin, ...]:
    counts, edges = np.histogram(values, BINS)
    return tuple(
        HistogramBin(start=float(start), end=float(end), count=int(count))
        for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
