"""Does a level hold: of those touched, how many no close reached, and how many placebo levels hold."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.levels.barriers import Touches
from flowbt.report.kit.formats import count, counted, points
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import comparison_sentence, share
from flowbt.report.levels.touches import PLACE, difference_columns, measured

AT: Final = {"held": "that day's close", "held_after": "the last close"}
NOTE: Final = (
    "Of the levels touched, those that no close was at or beyond. Days: different days on which one was touched."
)


def held_sentence(row: Touches) -> str:
    """How often one kind of level on one side held, and placebo levels did; empty without touches."""
    held = row.measure("held")
    if held is None or held.value is None:
        return ""
    touched = f"of {held.n} touched, on {counted(held.days, 'day')}"
    return comparison_sentence("it held to the close of that day", held, touched)


def held_table(rows: Sequence[Touches]) -> Table:
    """Of levels touched, how many held, beside placebos."""
    columns = (
        *PLACE,
        words("At", lambda row: AT[row.measure.measure]),
        Column("Touched", lambda row: count(row.measure.n)),
        Column("Days", lambda row: count(row.measure.days)),
        Column("Held", lambda row: share(row.measure.value)),
        Column("Other days", lambda row: share(row.measure.elsewhere)),
        Column("Mirror", lambda row: share(row.measure.mirror)),
        *difference_columns(points),
    )
    return Table.of("Does it hold?", columns, measured(rows, *AT), NOTE)
