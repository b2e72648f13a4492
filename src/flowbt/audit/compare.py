"""Where two computations of the same rows differ: to the bit, and to the null.

A number that differs in its last bits only is kept apart (`rounding`): polars divides one value by a number but multiplies several
by its reciprocal, so `x / x.first()` of a symbol's first session may change by a bit as soon as there is a second one.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

CUT: Final = "_cut"
"""The column with the day at which a row's history was altered."""
WAS: Final = " was"
"""Ends the name of a column that holds what a value was before."""
ROWS: Final = "rows"
"""What differs where there are other rows."""
LAST_BITS: Final = 4 * 2.0**-52
"""Of a number, relative to it."""


@dataclass(frozen=True)
class Difference:
    """A value that is not what it was.

    Attributes:
        column: whose value.
        symbol: in which symbol.
        date: on which day: the first on which the column differs.
        was: of the lake as it is.
        became: of the lake altered.
        cut: the day at which it was altered.
        how: what was done to it.
    """

    column: str
    symbol: str
    date: datetime.date
    was: Any
    became: Any
    cut: datetime.date
    how: str


@dataclass
class Differences:
    """What differed at the cuts that were made, column by column.

    Attributes:
        earliest: the first value, by date.
        cuts: which cuts showed any.
        rounding: columns of which some value differed in its last bits.
    """

    earliest: dict[str, Difference] = field(default_factory=dict)
    cuts: dict[str, set[date]] = field(default_factory=dict)
    rounding: set[str] = field(default_factory=set)

    def add(self, difference: Difference, cuts: Iterable[date] | None = None) -> None:
        """Take one in, shown by these cuts."""
        column = difference.column
        known = self.earliest.get(column)
        if known is None or (difference.date, difference.cut) < (known.date, known.cut):
            self.earliest[column] = difference
        self.cuts.setdefault(column, set()).update([difference.cut] if cuts is None else cuts)

    def compare(
        self,
        whole: pl.DataFrame,
        altered: pl.DataFrame,
        keys: Sequence[str],
        columns: Sequence[str],
        cut: date,
        how: str,
    ) -> None:
        """Take in what differs up to a cut; both frames sorted by their keys."""
        was, now = (frame.filter(pl.col("date") <= cut) for frame in (whole, altered))
        other = _first_other_row(was.select(keys), now.select(keys))
        if other is not None:
            row, is_gone = other
            was_there, is_there = ("a row", None) if is_gone else (None, "a row")
            self.add(Difference(ROWS, row["symbol"], row["date"], was_there, is_there, cut, how))
        elif not was.equals(now):
            pairs = was.select(*keys, pl.col(columns).name.suffix(WAS)).hstack(now.select(columns))
            self.compare_pairs(pairs.with_columns(pl.lit(cut).alias(CUT)), columns, how)

    def compare_pairs(self, pairs: pl.DataFrame, columns: Sequence[str], how: str) -> None:
        """Take in what differs in rows `_cut, symbol, date`, with each column as it is and as it was (`<column> was`)."""
        changed = pairs.select(differs(column).any().alias(column) for column in columns).row(0, named=True)
        for column in (name for name in columns if changed[name]):
            dtype = pairs.schema[column]
            rows = pairs.filter(differs(column) & ~in_last_bits(column, dtype)).sort(
                "date", CUT, "symbol", maintain_order=True
            )
            if rows.height < pairs.select(differs(column).sum()).item():
                self.rounding.add(column)
            if rows.height:
                row = rows.row(0, named=True)
                first = Difference(column, row["symbol"], row["date"], row[column + WAS], row[column], row[CUT], how)
                self.add(first, rows[CUT].unique())


def differs(column: str) -> pl.Expr:
    """Whether a column is not what it was; two nulls are the same."""
    return pl.col(column).ne_missing(pl.col(column + WAS))


def in_last_bits(column: str, dtype: pl.DataType) -> pl.Expr:
    """Whether both are numbers that agree but for their last bits."""
    if not dtype.is_float():
        return pl.lit(value=False)
    now, was = (pl.col(name).cast(pl.Float64) for name in (column, column + WAS))
    return ((now - was).abs() <= LAST_BITS * pl.max_horizontal(now.abs(), was.abs())).fill_null(value=False)


def _first_other_row(was: pl.DataFrame, now: pl.DataFrame) -> tuple[dict[str, Any], bool] | None:
    """The first row that only one of them has, and whether it is the first of them that has it."""
    shared = min(was.height, now.height)
    one, other = was.head(shared), now.head(shared)
    if not one.equals(other):
        same = pl.all_horizontal(one[name].eq_missing(other[name]) for name in was.columns)
        place = int(pl.select(same.arg_min()).item())
        return was.row(place, named=True), True
    if was.height == now.height:
        return None
    return (was if was.height > shared else now).row(shared, named=True), was.height > shared
