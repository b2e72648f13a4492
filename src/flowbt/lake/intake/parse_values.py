"""Convert text to values, and report every cell that cannot be read by its column.

Cells are not guessed: anything that a layout does not declare (a percent sign, a date with the month first) is unreadable, and the row
is set aside with that reason. Only the date format may be inferred, if the file leaves no doubt (`flowbt.lake.intake.dates`). Programs
write NaN, infinity, and words such as `None` or `-` for "not known": such a cell becomes null and is counted, and its row is kept unless
the table requires the cell.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from flowbt.calendar import closing_time
from flowbt.expiries import repeated
from flowbt.lake.intake.dates import dated, read_moments
from flowbt.lake.intake.repairs import Unrepaired, repaired, unrepaired
from flowbt.lake.intake.rules import joined
from flowbt.lake.intake.runs import in_runs
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.translate import NO_NUMBER, ROW

_TRUTH = {word: truth for truth, words in ((True, "true t 1 yes"), (False, "false f 0 no")) for word in words.split()}


@dataclass(frozen=True)
class ParsedCells:
    """The cells of a block, converted.

    Attributes:
        rows: the rows whose cells could all be read, as typed values, with `row`.
        unreadable: the other rows as text, with `row`, and `reasons`: their codes, separated by blanks.
        repaired: number of repaired cells, by code.
        unknown: number of cells that were NaN or infinite and are null now, by code.
        unrepaired: numbers that could be read with a repair that is not declared.
        midnights: columns of moments, and whether all their moments are at midnight (`flowbt.lake.intake.dates`).
    """

    rows: pl.DataFrame
    unreadable: pl.DataFrame
    repaired: dict[str, int]
    unknown: dict[str, int] = field(default_factory=dict)
    unrepaired: tuple[Unrepaired, ...] = ()
    midnights: frozenset[tuple[str, bool]] = frozenset()


def read_cells(
    text: pl.DataFrame, columns: Mapping[str, pl.DataType], layout: Layout, required: Collection[str] = ()
) -> ParsedCells:
    """Convert text columns, under our names, to values of these dtypes; a column that is missing becomes null.

    Args:
        text: the columns and `row`; a column that already has its dtype is unchanged.
        columns: the possible columns and their dtypes.
        layout: how the vendor writes dates, numbers and "not known".
        required: columns in which NaN and infinity are kept, so that the rules reject them.
    """
    given = [name for name in columns if name in text.columns]
    numeric = [name for name in given if columns[name].is_numeric()]
    text, mended = repaired(text, numeric, layout.repairs)
    days = {name: dated(text[name], layout, name) for name in given if columns[name] == pl.Date()}
    midnights = frozenset((name, one.midnights) for name, one in days.items() if one.midnights is not None)
    typed = text.select(
        ROW,
        *(
            (days[name].days if name in days else _value(text[name], columns[name], layout)).alias(name)
            for name in given
        ),
    )
    bad = pl.DataFrame({name: text[name].is_not_null() & typed[name].is_null() for name in given})
    typed, bad, unknown = _unknown(text, typed, bad, required)
    failed = bad.select(pl.any_horizontal(pl.all())).to_series() if given else pl.Series([False] * text.height)
    unreadable = text.filter(failed)
    wanting = [
        one
        for name in numeric
        if text.schema[name] == pl.String() and bad[name].any()
        for one in unrepaired(text[name], bad[name], typed[name], text[ROW])
    ]
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
    return ParsedCells(rows, unreadable, mended, unknown, tuple(wanting), midnights)


def _as(column: pl.Expr, given: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    """The column as this dtype; text that was read as categories stays categorical."""
    return column if given == pl.Categorical() and wanted == pl.String() else column.cast(wanted)


def _value(cells: pl.Series, dtype: pl.DataType, layout: Layout) -> pl.Series:
    if cells.dtype == pl.Categorical() and dtype == pl.String():
        return cells
    if isinstance(dtype, pl.Datetime):
        return read_moments(cells, layout)
    if dtype.is_integer():
        return _whole_numbers(cells, dtype)
    if dtype == pl.Boolean() and cells.dtype == pl.String():
        return cells.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    return cells if cells.dtype == dtype else cells.cast(dtype, strict=False)


def _whole_numbers(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Whole numbers, written as `1000`, `1000.0` or `1e3`."""
    if cells.dtype == dtype:
        return cells
    if cells.dtype.is_float():
        whole, number = pl.Series([None] * len(cells), dtype=dtype), cells
    else:
        whole = cells.cast(dtype, strict=False)
        if whole.null_count() == cells.null_count():
            return whole
        number = cells.cast(pl.Float64, strict=False)
    rounded = pl.select(pl.when(number == number.round()).then(number)).to_series().cast(dtype, strict=False)
    return pl.select(pl.coalesce(whole, rounded)).to_series()


def _unknown(
    text: pl.DataFrame, typed: pl.DataFrame, bad: pl.DataFrame, required: Collection[str]
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Values with NaN and infinity as null, the bad cells without them, and the number of them by code."""
    counts: dict[str, int] = {}
    nulls, fine = [], []
    for name in bad.columns:
        dtype = typed.schema[name]
        if name in required or dtype == pl.String():
            continue
        floating = dtype.is_float()
        if floating and typed[name].is_finite().all():
            if not bad[name].any():
                continue
        elif not floating and not bad[name].any():
            continue
        number = typed[name] if floating else text[name].cast(pl.Float64, strict=False)
        words = text[name].str.contains(NO_NUMBER) if text.schema[name] == pl.String() else number.is_nan()
        nan = (words | number.is_nan()).fill_null(value=False)
        infinite = number.is_infinite().fill_null(value=False)
        masks = {"NOT_A_NUMBER": nan, "INFINITE": infinite}
        counts |= {f"{code}_{name.upper()}": int(mask.sum()) for code, mask in masks.items() if mask.any()}
        nulls.append(pl.when(~(nan | infinite)).then(pl.col(name)).alias(name))
        fine.append((pl.col(name) & ~(nan | infinite)).alias(name))
    if not counts:
        return typed, bad, {}
    return typed.with_columns(nulls), bad.with_columns(fine), counts


def _in_our_units(typed: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Values in our units, with null for numbers that mean "not known", and the columns that follow from them."""
    present = set(typed.columns)
    typed = typed.with_columns(
        pl.when(~pl.col(name).is_in(pl.Series(numbers, dtype=typed.schema[name]).implode()))
        .then(pl.col(name))
        .alias(name)
        for name, numbers in layout.missing.items()
        if name in present
    )
    typed = typed.with_columns(pl.col(name) / by for name, by in layout.divide_by.items() if name in present)
    typed = typed.with_columns(
        **{name: value for name, value in layout.values.items() if set(value.meta.root_names()) <= present}
    )
    if layout.quoted is not None and "date" in present and "quote_time" not in present:
        typed = typed.with_columns(quote_time=_quoted(typed["date"], layout))
    return typed


def _quoted(days: pl.Series, layout: Layout) -> pl.Series:
    """The quote time of each day, at the layout's distance in minutes from the close; half days close earlier."""
    unique = days.drop_nulls().unique()
    closes = [closing_time(day, layout.exchange) for day in unique]
    times = pl.Series(closes, dtype=pl.Datetime("us", "UTC")).dt.offset_by(f"{layout.quoted}m")
    # neighbouring rows mostly have the same day
    runs, lengths = in_runs(days.to_frame("day"), ["day"])
    moments = runs["day"].replace_strict(unique, times, default=None, return_dtype=pl.Datetime("us", "UTC"))
    return repeated(moments, lengths)
