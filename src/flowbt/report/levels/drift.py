"""Does the price run on through a level: the move after a touch, and after touches of placebo levels."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.touch_outcomes import DRIFTS
from flowbt.report.kit.formats import count, hundredths, p_phrase, small_percent
from flowbt.report.kit.table import Column, Table
from flowbt.report.levels.comparison import comparison
from flowbt.report.levels.touches import PLACE, difference_columns, measured

REPORTED: Final = "drift_3"
"""The drift that the answer mentions."""
NOTE: Final = "From the close of the day of the touch; positive: the price ran on through the level."


def drift_sentence(row: Touches) -> str:
    """The move after touches of a level that is expected to break; empty where it is not known."""
    drift = row.measure(REPORTED)
    placebo = comparison(drift)
    if drift is None or drift.value is None or placebo.value is None:
        return ""
    p_value, least = placebo.contrast.p_value, small_percent(placebo.contrast.minimum_detectable).lstrip("+")
    test = "too few to test" if p_value is None else f"{p_phrase(p_value)}, minimum detectable {least}"
    return (
        f"Over the {DRIFTS[REPORTED]} sessions after a touch it ran on by {small_percent(drift.value)}, at the comparison levels "
        f"by {small_percent(placebo.value)} ({test})."
    )


def drift_table(rows: Sequence[Touches]) -> Table:
    """What followed a touch, beside placebos."""
    columns = (
        *PLACE,
        Column("After", lambda row: count(DRIFTS[row.measure.measure])),
        Column("Touched", lambda row: count(row.measure.n)),
        Column("Days", lambda row: count(row.measure.days)),
        Column("Drift", lambda row: hundredths(row.measure.value)),
        Column("Other days", lambda row: hundredths(row.measure.elsewhere)),
        Column("Mirror", lambda row: hundredths(row.measure.mirror)),
        *difference_columns(hundredths),
    )
    return Table.of("Does the price run on?", columns, measured(rows, *DRIFTS), NOTE)
