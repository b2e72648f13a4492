"""How much history it takes: the history is begun later, and from some session on all must be as it was.

No metric or strategy says how far it looks back, it is in its expressions; so it is measured, as the number of sessions after a
later start until the last value that differs. Running sums carry what they were begun with in their last digits, so here
numbers are the same within one part in a million. What does not come to agree has a longer window than there are sessions, or a
cumulative or expanding one: that remembers everything, which is no look-ahead, but another answer where the lake begins on
another day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from flowbt.audit.alterations import started_later
from flowbt.audit.compare import WAS, differs
from flowbt.audit.replay import Replay

RELATIVE: Final = 1e-6
SHARES: Final = (4, 2)
"""The history is begun a quarter and a half of its sessions later."""
AGREED: Final = 10
"""It has settled if it agrees over a tenth of the sessions that are left, or this many."""


@dataclass(frozen=True)
class WarmUp:
    """How many sessions after its start a column differed last, and of how many.

    Attributes:
        column: the column.
        sessions: its last session that differed, counted from 1; 0: none.
        of: sessions there were.
        start: when the history was begun.
    """

    column: str
    sessions: int
    of: int
    start: date

    @property
    def is_settled(self) -> bool:
        """Whether it came to agree."""
        return self.sessions <= self.of - max(AGREED, self.of // AGREED)


def warm_ups(replay: Replay, days: Sequence[date]) -> list[WarmUp]:
    """Of each column the longest that was measured.

    Raises:
        FlowbtError: it cannot be computed on less history.
    """
    longest: dict[str, WarmUp] = {}
    for start in (days[len(days) // share] for share in SHARES):
        left = [day for day in days if day >= start]
        for column, last in _last_differing(replay, start).items():
            sessions = 0 if last is None else sum(day <= last for day in left)
            if column not in longest or sessions > longest[column].sessions:
                longest[column] = WarmUp(column, sessions, len(left), start)
    return list(longest.values())


def _last_differing(replay: Replay, start: date) -> dict[str, date | None]:
    """By column, the last day on which it is not what it is with all the history."""
    whole, later = replay.whole(start), replay.altered(started_later(start), start)
    was = whole.filter(pl.col("date") >= start).select(*replay.keys, pl.col(replay.columns).name.suffix(WAS))
    pairs = was.hstack(later.filter(pl.col("date") >= start).select(replay.columns))
    dates = pairs.select(
        pl.col("date").filter(_differs(column, pairs.schema[column])).max().alias(column) for column in replay.columns
    )
    return dates.row(0, named=True)


def _differs(column: str, dtype: pl.DataType) -> pl.Expr:
    if not dtype.is_float():
        return differs(column)
    now, was = pl.col(column), pl.col(column + WAS)
    size = pl.max_horizontal(now.abs(), was.abs(), was.abs().max() * RELATIVE)
    return (
        pl.when(now.is_not_null() & was.is_not_null())
        .then((now - was).abs() > RELATIVE * size)
        .otherwise(differs(column))
    )
