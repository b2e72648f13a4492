"""What the questions of an evaluation share: verdicts by horizon, the headline horizon, and how a p-value is worded."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.inference import FEWEST, SIGNIFICANT
from flowbt.evaluation.verdicts import VerdictCell
from flowbt.report.kit.formats import hundredths, interval, plain

DIRECTIONS: Final = {"bearish": ("fall", "falls"), "bullish": ("rise", "rises")}
"""Verdicts with a direction: noun and verb of the move they predict."""


class VerdictRow(NamedTuple):
    """One verdict at one horizon."""

    horizon: HorizonEvaluation
    verdict: str
    cell: VerdictCell


def verdict_rows(horizons: Sequence[HorizonEvaluation]) -> list[VerdictRow]:
    """Every verdict at every horizon, those that were never given included."""
    return [VerdictRow(each, name, cell) for each in horizons for name, cell in each.verdicts.cells.items()]


def directional_rows(horizons: Sequence[HorizonEvaluation]) -> list[VerdictRow]:
    """The bearish and the bullish verdicts at every horizon, those that were never given included."""
    return [row for row in verdict_rows(horizons) if row.verdict in DIRECTIONS]


def headline(horizons: Sequence[HorizonEvaluation]) -> HorizonEvaluation | None:
    """The horizon that the answer is drawn from: the middle one (the lower of two) of those with a directional verdict."""
    judged = {row.horizon.horizon: row.horizon for row in directional_rows(horizons) if row.cell.n}
    return judged[sorted(judged)[(len(judged) - 1) // 2]] if judged else None


def p_values(horizons: Sequence[HorizonEvaluation]) -> list[float]:
    """The p-values of all tests of a lift."""
    return [
        row.cell.p_value for row in directional_rows(horizons) if row.cell.n >= FEWEST and row.cell.p_value is not None
    ]


def judgement(value: float, p: float) -> str:
    """A result that should be positive, judged: `not significant`, `significant` or `significantly negative`."""
    if p >= SIGNIFICANT:
        return "not significant"
    return "significant" if value > 0 else "significantly negative"


def sessions(number: int) -> str:
    """`session` or `3 sessions`, after "the next"."""
    return "session" if number == 1 else f"{plain(number, 0)} sessions"


def signed_interval(bounds: tuple[float, float] | None) -> str:
    """A 95% interval of a return, for columns: `−0.12% to +1.02%`."""
    return interval(bounds, hundredths)
