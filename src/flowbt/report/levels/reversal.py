"""What was given back after the end of a window, moving towards the level and away from it."""

from collections.abc import Sequence
from typing import NamedTuple

from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.reversal import Reversal
from flowbt.report.kit.formats import count, hundredths
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import test_columns
from flowbt.report.levels.selection import window


class Reversed(NamedTuple):
    """A row of the table: the reversal over some sessions after one kind of level."""

    of: Gravity
    reversal: Reversal


def reversal_table(rows: Sequence[Gravity]) -> Table:
    """The move after the end against the move into it, for windows towards and away from the level."""
    columns: tuple[Column[Reversed], ...] = (
        words("Level", lambda row: row.of.kind),
        words("Sessions", lambda row: window(row.of)),
        Column("After", lambda row: count(row.reversal.sessions)),
        Column("n towards", lambda row: count(row.reversal.toward.n)),
        Column("Given back", lambda row: hundredths(row.reversal.toward.mean)),
        Column("n away", lambda row: count(row.reversal.away.n)),
        Column("Given back, away", lambda row: hundredths(row.reversal.away.mean)),
        *test_columns(
            lambda row: row.reversal, lambda row: row.reversal.difference, lambda _: hundredths, "Difference"
        ),
    )
    note = "Given back: the move after the end, against the direction of the move into it."
    reversed_rows = [Reversed(row, reversal) for row in rows for reversal in row.given_back]
    return Table.of("What was given back afterwards", columns, reversed_rows, note)
