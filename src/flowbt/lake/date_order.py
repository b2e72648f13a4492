"""Whether a file of US or European dates has the day or the month first: inferred, and only where its rows leave no doubt.

1. Each column is judged by its own cells: `13/01/2026` has the day first, `01/13/2026` the month.
2. A column without such a cell follows the others if they agree.
3. If they do not agree, or if there are none, the file is refused: `AMBIGUOUS_DATE`.
4. Two-digit years are recognised likewise, except after a number above 12: in `13/01/26` the 13 may be the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.vendors.base import Layout

_FORMS: Final = {
    "day": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
    "month": ("%m/%d/%Y", "%m-%d-%Y"),
    "day, two-digit years": ("%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
    "month, two-digit years": ("%m/%d/%y", "%m-%d-%y"),
}
WRITTEN_AS: Final = (
    *("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%m/%d/%y", "%d/%m/%y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%y-%m-%d", "%y%m%d"),
)
"""Formats that dates are met in, beside those that are always read."""
_WRITTEN: Final = r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>\d{4}|\d{2})(?:[T ].*)?$"


@dataclass(frozen=True)
class _Column:
    """A column of which most cells are three numbers, the year last.

    Attributes:
        example: such a cell.
        short: whether all years have two digits.
        day_first: whether a first number is above 12.
        month_first: whether a second number is above 12.
    """

    example: str
    short: bool
    day_first: bool
    month_first: bool

    def forms(self, *, day_first: bool) -> tuple[str, ...]:
        return _FORMS[("day" if day_first else "month") + (", two-digit years" if self.short else "")]


def with_known_dates(layout: Layout, text: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Layout:
    """The layout with how the file writes its dates, inferred from its first rows where nothing else specifies it.

    Raises:
        RejectedFileError: `AMBIGUOUS_DATE`, where the day and the month could be each other.
    """
    if layout.dates:
        return layout
    names = [name for name, dtype in columns.items() if isinstance(dtype, pl.Date | pl.Datetime)]
    found = {
        name: column
        for name in names
        if text.schema.get(name) == pl.String() and (column := _column_of(text[name].drop_nulls().unique())) is not None
    }
    sure = {name: column.day_first for name, column in found.items() if column.day_first != column.month_first}
    orders = set(sure.values())
    forms: dict[str, tuple[str, ...]] = {}
    for name, column in found.items():
        contradictory = column.day_first and column.month_first
        if contradictory or (name not in sure and len(orders) != 1):
            either = " or ".join(f"--date-format '{column.forms(day_first=first)[0]}'" for first in (True, False))
            raise RejectedFileError(
                "AMBIGUOUS_DATE",
                f"'{column.example}' in {name} may have the day or the month first: give the order with {either}",
            )
        forms[name] = column.forms(day_first=sure.get(name, orders == {True}))
    if len(set(forms.values())) == 1:
        return replace(layout, dates=next(iter(forms.values())))
    return replace(layout, dates_of=forms)


def _column_of(cells: pl.Series) -> _Column | None:
    """What the cells show; None where most of them are written in another way."""
    if not len(cells):
        return None
    parts = cells.str.extract_groups(_WRITTEN).struct.unnest()
    numbers = parts.select(pl.col("a", "b").cast(pl.Int64), pl.col("year").str.len_chars()).drop_nulls()
    if not numbers.height or numbers.height * 2 <= len(cells):
        return None
    day_first, month_first, short = numbers.select(
        (pl.col("a") > 12).any().alias("day_first"),
        (pl.col("b") > 12).any().alias("month_first"),
        (pl.col("year") == 2).all().alias("short"),
    ).row(0)
    if short and day_first:
        return None  # the year may be first
    return _Column(str(cells.filter(parts["a"].is_not_null())[0]), short, day_first, month_first)
