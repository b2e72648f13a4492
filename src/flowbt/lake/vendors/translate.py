"""Convert a block of rows from the vendor's columns to ours, as a layout declares.

Cells of the file are still text here, or numbers and dates if the file has them typed (Parquet). Values that all rows share without being
in the file (a date on the command line, in the path, in a mapping file) are already typed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Source
from flowbt.lake.vendors.date_formats import EPOCHS
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import OI_LAGS, ReadOptions, VendorFormat
from flowbt.schema import SIDES, spell_symbols

ROW = "row"
"""The number of a row in its file, counted from 1 below the header."""

_REQUIRED_IN_FILE: Final[Mapping[str, tuple[str, str]]] = {
    "symbol": ("NO_SYMBOL", "the file does not contain its symbol: give it with --symbol"),
    "date": ("NO_DATE", "neither the file nor its path contains its date (YYYY-MM-DD): give it with --date"),
    "expiration": ("NO_EXPIRATION", "the file does not contain the expiration: give it with --expiration"),
}
NO_NUMBER: Final = r"(?i)^(?:[+-]?nan|nat|none|null|#?n/a|<na>|--?)$"
"""How programs and websites write a missing number or time."""


def shared_values(source: Source, layout: Layout, options: ReadOptions) -> dict[str, Any]:
    """Values that all rows of a file share without being in it: from the user's options, else from the path, else from the layout.

    Dates are `date` and times are moments in UTC; a date in the path that cannot be read is left out.
    """
    match = re.search(layout.path, source.full_path, re.IGNORECASE) if layout.path else None
    groups = {name: text for name, text in (match.groupdict() if match else {}).items() if text}
    shared: dict[str, Any] = dict(layout.constants)
    if "symbol" in groups:
        shared["symbol"] = groups["symbol"]
    shared |= {
        name: day
        for name in ("date", "expiration")
        if name in groups and (day := _day(groups[name], layout)) is not None
    }
    if options.date is not None:
        shared["date"] = options.date
    if "time" in groups and "date" in shared:
        clock = pl.Series([groups["time"]]).str.to_time(layout.path_time_format, strict=False).item()
        if clock is not None:
            moment = datetime.combine(shared["date"], clock, ZoneInfo(layout.zone))
            shared["quote_time"] = moment.astimezone(UTC)
    if options.expiration is not None:
        shared["expiration"] = options.expiration
    if options.symbol is not None:
        shared["symbol"] = options.symbol
    return shared


def _day(text: str, layout: Layout) -> date | None:
    """A date in a path: in the layout's format for paths, else in its formats for cells, else in ISO 8601 or YYYYMMDD."""
    forms = (layout.path_date_format, *layout.dates, "%Y-%m-%d", "%Y%m%d")
    read = [pl.Series([text]).str.to_date(form, strict=False).item() for form in forms if form not in EPOCHS]
    first: date | None = next((day for day in read if day is not None), None)
    return first


def to_our_columns(
    block: pl.DataFrame, layout: Layout, shared: Mapping[str, Any], columns: Mapping[str, pl.DataType], first_row: int
) -> pl.DataFrame:
    """A block's rows under our names.

    Args:
        block: text columns under the vendor's folded names.
        layout: what they mean.
        shared: values of all rows (`shared_values`), for columns that the file does not have.
        columns: the columns that the table may have, and `contract`.
        first_row: the number of the block's first row.

    Raises:
        RejectedFileError: the symbol, the date or the expiration is neither in the rows nor given in another way.
    """
    block = block.with_row_index(ROW, offset=first_row)
    if layout.empty:
        block = block.with_columns(pl.col(pl.String).replace(list(layout.empty), None))
    chosen = layout.chosen(block.columns)
    if layout.only is not None:
        # a value that applies to all rows may be in a row that is left out
        block = block.select(ROW, **chosen, only=layout.only).filter(pl.col("only")).drop("only")
        chosen = {name: pl.col(name) for name in chosen}
    if layout.wide:
        rows = pl.concat([_side(block, chosen, side) for side in SIDES], how="diagonal")
    else:
        rows = block.select(ROW, **chosen)
    # a contract has its own symbol: the user's symbol selects contracts and does not rename them
    given = {name for name in rows.columns if rows[name].null_count() < max(rows.height, 1)}
    given |= {"symbol"} if "contract" in rows.columns else set()
    rows = rows.with_columns(
        pl.lit(value).alias(name) for name, value in shared.items() if name in columns and name not in given
    )
    available = set(rows.columns) | ({"expiration", "symbol"} if "contract" in rows.columns else set())
    for name in ("symbol", "date", "expiration"):
        if name in columns and name not in available and not (name == "date" and "time" in available):
            code, message = _REQUIRED_IN_FILE[name]
            raise RejectedFileError(code, message)
    return rows.with_columns(
        *(_standard_symbols(rows[name]) for name in ("symbol", "root") if name in rows.columns),
        *(_in_our_words(rows[name], layout) for name in ("option_type", "side", "kind") if name in rows.columns),
    )


def with_defaults(text: pl.DataFrame, vendor: VendorFormat, layout: Layout, options: ReadOptions) -> pl.DataFrame:
    """A block with defaults for the columns that a source may lack: the shares per contract, the source, and the lag of open interest."""
    defaults: dict[str, pl.Expr] = {}
    if vendor.table in {"chains", "prints"}:
        defaults = {"multiplier": pl.lit(layout.constants.get("multiplier", 100.0)), "source": pl.lit(vendor.name)}
    if vendor.table == "chains" and "open_interest" in text.columns:
        lag = OI_LAGS[vendor.open_interest] if options.oi_lag is None else options.oi_lag
        defaults["oi_lag"] = pl.lit(lag, pl.Int8)
    if options.oi_lag is not None:
        text = text.drop("oi_lag", strict=False)
    return text.with_columns(_or_else(text, name, value).alias(name) for name, value in defaults.items())


def _or_else(text: pl.DataFrame, name: str, value: pl.Expr) -> pl.Expr:
    """A column with a default for cells without a value; NaN is not a value."""
    if name not in text.columns:
        return value
    column = pl.col(name)
    if text.schema[name] != pl.String():
        return column.fill_null(value)
    return pl.when(~column.str.contains(NO_NUMBER)).then(column).fill_null(value.cast(pl.String))


def _side(block: pl.DataFrame, chosen: Mapping[str, pl.Expr], side: str) -> pl.DataFrame:
    """The calls or the puts of wide rows, without rows whose cells of that side are all empty."""
    other = tuple(f"{name}_" for name in SIDES if name != side)
    chosen = {ours: theirs for ours, theirs in chosen.items() if not ours.startswith(other)}
    own = [ours.removeprefix(f"{side}_") for ours in chosen if ours.startswith(f"{side}_")]
    rows = block.select(ROW, **{ours.removeprefix(f"{side}_"): theirs for ours, theirs in chosen.items()})
    if "option_type" not in rows.columns:
        rows = rows.with_columns(pl.lit(side).alias("option_type"))
    return rows.filter(pl.any_horizontal(_filled(name, rows.schema[name]) for name in own))


def _filled(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a cell has a value; if pandas joined the two sides, the cells of a side that is not listed are NaN."""
    column = pl.col(name)
    if dtype.is_float():
        return column.is_not_nan().fill_null(value=False)
    return (~column.str.contains(NO_NUMBER)).fill_null(value=False) if dtype == pl.String() else column.is_not_null()


def _standard_symbols(symbols: pl.Series) -> pl.Series:
    """Symbols in the lake's spelling."""
    return _of_each(symbols, spell_symbols)


def _in_our_words(cells: pl.Series, layout: Layout) -> pl.Series:
    words = dict(layout.words.get(cells.name, {}))
    return _of_each(cells, lambda given: given.str.to_lowercase().replace(words))


def _of_each(cells: pl.Series, ours_of: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Text in our spelling; each of the few distinct values of a block is converted once."""
    given = cells.unique().drop_nulls()
    ours = pl.select(ours_of(pl.lit(given))).to_series() if len(given) else given
    if given.equals(ours, check_names=False):
        return cells
    return cells.replace_strict(given, ours, default=None, return_dtype=pl.String)
