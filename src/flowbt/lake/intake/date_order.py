"""Infer whether dates have the day or the month first, but only if the rows leave no doubt.

1. A column is used if most of its cells are three numbers with the year last. Other columns may have ISO dates.
2. `13/01/2026` has the day first, `01/13/2026` the month. The order in one column applies to all of them.
3. A file with both orders, or with neither, is refused: `AMBIGUOUS_DATE`.
4. Two-digit years are recognised in the same way, except after a number above 12: in `13/01/26` the 13 may be the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.vendors.layout import Layout

_DAY_FIRST: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH_FIRST: Final = ("%m/%d/%Y", "%m-%d-%Y")
WRITTEN_AS: Final = (
    *("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%m/%d/%y", "%d/%m/%y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%y-%m-%d", "%y%m%d"),
)
"""Date formats that occur in files, in addition to those that are always read."""
_WRITTEN: Final = r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<year>\d{4}|\d{2})(?:[T ].*)?$"


@dataclass(frozen=True)
class _Column:
    """A column whose cells are mostly three numbers with the year last.

    Attributes:
        example: one of these cells.
        short: whether all years have two digits.
        day_first: whether a first number is above 12.
        month_first: whether a second number is above 12.
    """

    example: str
    short: bool
    day_first: bool
    month_first: bool


def with_known_dates(layout: Layout, text: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Layout:
    """The layout with the file's date format, inferred from its first rows if nothing else specifies it.

    Raises:
        RejectedFileError: `AMBIGUOUS_DATE`, if the day and the month could be swapped.
    """
    if layout.dates:
        return layout
    names = [name for name, dtype in columns.items() if isinstance(dtype, pl.Date | pl.Datetime)]
    unclear = {
        name: column
        for name in names
        if text.schema.get(name) == pl.String() and (column := _column_of(text[name].drop_nulls().unique())) is not None
    }
    if not unclear:
        return layout
    day_first = any(column.day_first for column in unclear.values())
    month_first = any(column.month_first for column in unclear.values())
    if day_first == month_first:
        name, column = next(iter(unclear.items()))
        either = " or ".join(
            f"--date-format '{_with_years(forms, short=column.short)[0]}'" for forms in (_DAY_FIRST, _MONTH_FIRST)
        )
        raise RejectedFileError(
            "AMBIGUOUS_DATE",
            f"'{column.example}' in {name} may have the day or the month first: give the order with {either}",
        )
    forms = _DAY_FIRST if day_first else _MONTH_FIRST
    # two digits come before four, because they cannot be read from a year of four
    lengths = sorted({column.short for column in unclear.values()}, reverse=True)
    return replace(layout, dates=tuple(form for short in lengths for form in _with_years(forms, short=short)))


def _with_years(forms: tuple[str, ...], *, short: bool) -> tuple[str, ...]:
    return tuple(form.replace("%Y", "%y") for form in forms) if short else forms


def _column_of(cells: pl.Series) -> _Column | None:
    """The order that the cells show; None if most of them are written in another way."""
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
