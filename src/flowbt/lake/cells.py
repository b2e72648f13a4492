"""Text becomes values, and every cell that cannot be read is told by name.

A cell is never guessed at: what a layout does not declare (a percent sign, a date with the month first) is unreadable, and
its row is set aside with that reason. Only how dates are written may be inferred, and only where the file leaves no doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import closing_time
from flowbt.errors import RejectedFileError
from flowbt.lake.rules import joined
from flowbt.lake.vendors.base import Layout, Repair
from flowbt.lake.vendors.translate import ROW

_TRUTH = {word: truth for truth, words in ((True, "true t 1 yes"), (False, "false f 0 no")) for word in words.split()}
_ISO = "%Y-%m-%d"
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_DAY_FIRST: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH_FIRST: Final = ("%m/%d/%Y", "%m-%d-%Y")
_REPAIRS: Final[Mapping[Repair, str]] = {
    "thousands": r"^[^,]*\d,\d{3}(?:\D|$)",
    "currency": r"[$€£]",
    "percent": r"%$",
    "parentheses": r"^\(.*\)$",
}
"""What a cell looks like that wants mending."""


@dataclass(frozen=True)
class Cells:
    """Cells read.

    Attributes:
        rows: typed, of those rows of which every cell could be read, with `row`.
        unreadable: text of the others, with `row`, and `reasons`: their codes, separated by blanks.
        repaired: how many cells were mended, by code.
    """

    rows: pl.DataFrame
    unreadable: pl.DataFrame
    repaired: dict[str, int]


def with_known_dates(layout: Layout, text: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Layout:
    """The layout with how the file writes its dates, found out from its first rows where nothing else says it.

    Raises:
        RejectedFileError: `AMBIGUOUS_DATE`, where the day and the month could be each other.
    """
    if layout.dates:
        return layout
    names = [name for name, dtype in columns.items() if dtype == pl.Date() and text.schema.get(name) == pl.String()]
    cells = (
        pl.concat([text[name].drop_nulls().unique().alias("cell") for name in names]).unique()
        if names
        else pl.Series([], dtype=pl.String)
    )
    written = cells.str.extract_groups(r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-]\d{4}(?:[T ].*)?$")
    numbers = written.struct.unnest().select(pl.all().cast(pl.Int64)).drop_nulls() if len(cells) else pl.DataFrame()
    if not numbers.height or numbers.height * 2 < len(cells):
        return layout
    high = numbers.select(pl.all().max()).row(0)
    day_first, month_first = high[0] > 12, high[1] > 12
    if day_first == month_first:
        example = cells.filter(written.struct.field("a").is_not_null())[0]
        raise RejectedFileError(
            "AMBIGUOUS_DATE",
            f"'{example}' may have the day or the month first: say it with --date-format, as in '%d/%m/%Y'",
        )
    return replace(layout, dates=_DAY_FIRST if day_first else _MONTH_FIRST)


def read_cells(text: pl.DataFrame, columns: Mapping[str, pl.DataType], layout: Layout) -> Cells:
    """Columns of text, under our names, as values of these dtypes; a column that is not given becomes null.

    Args:
        text: with a column `row`.
        columns: what may be given, and as what it is read.
        layout: how the vendor writes dates, numbers and "not known".
    """
    given = [name for name in columns if name in text.columns]
    numeric = [name for name in given if columns[name].is_numeric()]
    text, repaired = _repaired(text, numeric, layout.repairs)
    typed = text.select(ROW, *(_value(text[name], columns[name], layout).alias(name) for name in given))
    bad = pl.DataFrame({name: text[name].is_not_null() & typed[name].is_null() for name in given})
    failed = bad.select(pl.any_horizontal(pl.all())).to_series() if given else pl.Series([False] * text.height)
    unreadable = text.filter(failed)
    rows = _in_our_units(typed, layout)
    rows = rows.select(
        ROW,
        *(
            (_as(pl.col(name), rows.schema[name], dtype) if name in rows.columns else pl.lit(None, dtype).alias(name))
            for name, dtype in columns.items()
        ),
    )
    codes = bad.select(joined(pl.when(pl.col(name)).then(pl.lit(f"UNREADABLE_{name.upper()}")) for name in given))
    unreadable = unreadable.with_columns(codes.to_series().filter(failed).alias("reasons"))
    if failed.any():
        rows = rows.filter(~failed)
    return Cells(rows, unreadable, repaired)


def _as(column: pl.Expr, given: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    """The column as this dtype; text that came by its few values stays so."""
    return column if given == pl.Categorical() and wanted == pl.String() else column.cast(wanted)


def _value(cells: pl.Series, dtype: pl.DataType, layout: Layout) -> pl.Series:
    if cells.dtype != pl.String():
        as_given = cells.dtype == pl.Categorical() and dtype == pl.String()
        return cells if as_given else cells.cast(dtype, strict=False)
    if dtype == pl.Date():
        days = _days_since_1970(cells.str.to_date((layout.dates or (_ISO,))[0], strict=False))
        if days.null_count() == cells.null_count():
            return days
        return _each_once(cells, dtype, lambda unique: _dates(unique, layout.dates))
    if isinstance(dtype, pl.Datetime):
        return _each_once(cells, dtype, lambda unique: _times(unique, layout))
    if dtype == pl.Boolean():
        return cells.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    return _whole_numbers(cells, dtype) if dtype.is_integer() else cells.cast(dtype, strict=False)


def _whole_numbers(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Whole numbers, be they written `1000`, `1000.0` or `1e3`."""
    whole = cells.cast(dtype, strict=False)
    if whole.null_count() == cells.null_count():
        return whole
    number = cells.cast(pl.Float64, strict=False)
    rounded = pl.select(pl.when(number == number.round()).then(number)).to_series().cast(dtype, strict=False)
    return pl.select(pl.coalesce(whole, rounded)).to_series()


def _each_once(cells: pl.Series, dtype: pl.DataType, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Columns of dates hold few different ones: each is read once."""
    unique = cells.drop_nulls().unique()
    if not len(unique):
        return pl.Series(cells.name, [None] * len(cells), dtype)
    return cells.replace_strict(unique, read(unique), default=None, return_dtype=dtype)


def _dates(cells: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Dates as text; a time of day behind one is left out."""
    days = cells.str.replace(r"[T ]+\d{1,2}:.*$", "")
    tries = [days.str.to_date(form, strict=False) for form in formats or (_ISO,)]
    return _days_since_1970(pl.select(pl.coalesce(tries)).to_series())


def _days_since_1970(days: pl.Series) -> pl.Series:
    """The days without those of years that no chain is of, as the year 24."""
    if not len(days) or (days.is_null() | days.is_between(_FIRST, _LAST)).all():
        return days
    return pl.select(pl.when(days.is_between(_FIRST, _LAST)).then(days)).to_series()


def _times(cells: pl.Series, layout: Layout) -> pl.Series:
    """Moments as text, ISO 8601; one that bears no offset is in the layout's zone."""
    offset = cells.str.contains(r":\d\d.*(?:[Zz]|[+-]\d\d(?::?\d\d)?)$")
    utc = cells.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    if offset.all() or layout.zone == "UTC":
        return utc
    bare = utc.dt.replace_time_zone(None)
    local = bare.dt.replace_time_zone(layout.zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone(
        "UTC"
    )
    return pl.select(pl.when(offset).then(utc).otherwise(local)).to_series()


def _repaired(
    text: pl.DataFrame, numeric: Sequence[str], repairs: Sequence[Repair]
) -> tuple[pl.DataFrame, dict[str, int]]:
    counts: dict[str, int] = {}
    columns = [name for name in numeric if text.schema[name] == pl.String()]
    for repair in repairs:
        wanting = {name: text[name].str.contains(_REPAIRS[repair]).fill_null(value=False) for name in columns}
        n = sum(int(found.sum()) for found in wanting.values())
        if not n:
            continue
        counts[f"REPAIRED_{repair.upper()}"] = n
        text = text.with_columns(
            pl.when(found).then(_mended(pl.col(name), repair)).otherwise(pl.col(name)).alias(name)
            for name, found in wanting.items()
            if found.any()
        )
    return text, counts


def _mended(cell: pl.Expr, repair: Repair) -> pl.Expr:
    if repair == "thousands":
        return cell.str.replace_all(",", "", literal=True)
    if repair == "currency":
        return cell.str.replace_all(r"[$€£]\s*", "")
    if repair == "percent":
        number = cell.str.strip_suffix("%").str.strip_chars().cast(pl.Float64, strict=False) / 100
        return pl.coalesce(number.cast(pl.String), cell)
    return "-" + cell.str.strip_chars("()")


def _in_our_units(typed: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Values with those that mean "not known" as nulls, in our units, and what follows from them."""
    held = set(typed.columns)
    typed = typed.with_columns(
        pl.when(~pl.col(name).is_in(pl.Series(numbers, dtype=typed.schema[name]).implode()))
        .then(pl.col(name))
        .alias(name)
        for name, numbers in layout.missing.items()
        if name in held
    )
    typed = typed.with_columns(pl.col(name) / by for name, by in layout.divide_by.items() if name in held)
    typed = typed.with_columns(
        **{name: value for name, value in layout.values.items() if set(value.meta.root_names()) <= held}
    )
    if layout.quoted is not None and "date" in held and "quote_time" not in held:
        typed = typed.with_columns(quote_time=_quoted(typed["date"], layout))
    return typed


def _quoted(days: pl.Series, layout: Layout) -> pl.Series:
    """The moment so many minutes from the close of each day; half days close earlier."""
    unique = days.drop_nulls().unique()
    closes = [closing_time(day) for day in unique]
    times = pl.Series(closes, dtype=pl.Datetime("us", "UTC")).dt.offset_by(f"{layout.quoted}m")
    return days.replace_strict(unique, times, default=None, return_dtype=pl.Datetime("us", "UTC"))
