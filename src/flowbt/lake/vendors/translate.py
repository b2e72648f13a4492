"""From a vendor's columns to ours: what a layout declares, carried out on a block of rows.

Cells of the file are still text here, or numbers and dates where the file has them typed (Parquet); what holds for all rows
without being in the file (a date on the command line, in the path, in a mapping) is a value already.
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
"""The number of a row in its file, the first below the header being 1."""

_REQUIRED_IN_FILE: Final[Mapping[str, tuple[str, str]]] = {
    "symbol": ("NO_SYMBOL", "the file does not contain its symbol: give it with --symbol"),
    "date": ("NO_DATE", "neither the file nor its path contains its date (YYYY-MM-DD): give it with --date"),
    "expiration": ("NO_EXPIRATION", "the file does not contain the expiration: give it with --expiration"),
}
NO_NUMBER: Final = r"(?i)^(?:[+-]?nan|nat|none|null|#?n/a|<na>|--?)$"
"""How programs and websites write a number, or a time, that there is not."""


def shared_values(source: Source, layout: Layout, options: ReadOptions) -> dict[str, Any]:
    """What holds for all rows of a file without being in it, as values: the user is believed first, then the path, then the layout.

    A date is a date here, however the file's own cells write theirs; what cannot be read as one is left out.
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
    """A date in a path: as the layout declares for paths, else as it declares for cells, else ISO 8601."""
    forms = (layout.path_date_format, *layout.dates, "%Y-%m-%d", "%Y%m%d")
    read = [pl.Series([text]).str.to_date(form, strict=False).item() for form in forms if form not in EPOCHS]
    first: date | None = next((day for day in read if day is not None), None)
    return first


def to_our_columns(
    block: pl.DataFrame, layout: Layout, shared: Mapping[str, Any], columns: Mapping[str, pl.DataType], first_row: int
) -> pl.DataFrame:
    """A block's rows under our names.

    Args:
        block: columns of text under the vendor's folded names.
        layout: what they mean.
        shared: values of all rows (`shared_values`), for columns that the file does not have.
        columns: those that the table may have, with `contract`.
        first_row: the number of the block's first row.

    Raises:
        RejectedFileError: neither the rows nor anything else say the symbol, the date or the expiration.
    """
    block = block.with_row_index(ROW, offset=first_row)
    if layout.empty:
        block = block.with_columns(pl.col(pl.String).replace(list(layout.empty), None))
    chosen = layout.chosen(block.columns)
    if layout.only is not None:
        # what a format says of all rows may stand in one that is left out
        block = block.select(ROW, **chosen, only=layout.only).filter(pl.col("only")).drop("only")
        chosen = {name: pl.col(name) for name in chosen}
    if layout.wide:
        rows = pl.concat([_side(block, chosen, side) for side in SIDES], how="diagonal")
    else:
        rows = block.select(ROW, **chosen)
    # a contract says whose it is: what the user says chooses among contracts, and names none
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
    """What a source may leave unsaid: the shares of a contract, and what the format declares of its open interest."""
    unsaid: dict[str, pl.Expr] = {}
    if vendor.table in {"chains", "prints"}:
        unsaid = {"multiplier": pl.lit(layout.constants.get("multiplier", 100.0)), "source": pl.lit(vendor.name)}
    if vendor.table == "chains" and "open_interest" in text.columns:
        lag = OI_LAGS[vendor.open_interest] if options.oi_lag is None else options.oi_lag
        unsaid["oi_lag"] = pl.lit(lag, pl.Int8)
    if options.oi_lag is not None:
        text = text.drop("oi_lag", strict=False)
    return text.with_columns(_or_else(text, name, value).alias(name) for name, value in unsaid.items())


def _or_else(text: pl.DataFrame, name: str, value: pl.Expr) -> pl.Expr:
    """A column with a value where it has none; NaN is none."""
    if name not in text.columns:
        return value
    column = pl.col(name)
    if text.schema[name] != pl.String():
        return column.fill_null(value)
    return pl.when(~column.str.contains(NO_NUMBER)).then(column).fill_null(value.cast(pl.String))


def _side(block: pl.DataFrame, chosen: Mapping[str, pl.Expr], side: str) -> pl.DataFrame:
    """The calls or the puts of wide rows, without those of which no cell is filled."""
    other = tuple(f"{name}_" for name in SIDES if name != side)
    chosen = {ours: theirs for ours, theirs in chosen.items() if not ours.startswith(other)}
    own = [ours.removeprefix(f"{side}_") for ours in chosen if ours.startswith(f"{side}_")]
    rows = block.select(ROW, **{ours.removeprefix(f"{side}_"): theirs for ours, theirs in chosen.items()})
    if "option_type" not in rows.columns:
        rows = rows.with_columns(pl.lit(side).alias("option_type"))
    return rows.filter(pl.any_horizontal(_filled(name, rows.schema[name]) for name in own))


def _filled(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a cell has a value; a side that is not listed is NaN where the two sides were joined by pandas."""
    column = pl.col(name)
    if dtype.is_float():
        return column.is_not_nan().fill_null(value=False)
    return (~column.str.contains(NO_NUMBER)).fill_null(value=False) if dtype == pl.String() else column.is_not_null()


def _standard_symbols(symbols: pl.Series) -> pl.Series:
    """Symbols in the lake's spelling; a block holds few different ones."""
    return _of_each(symbols, spell_symbols)


def _in_our_words(cells: pl.Series, layout: Layout) -> pl.Series:
    words = dict(layout.words.get(cells.name, {}))
    return _of_each(cells, lambda given: given.str.to_lowercase().replace(words))


def _of_each(cells: pl.Series, ours_of: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Text as we write it; each of the few different ones of a block is looked at once."""
    given = cells.unique().drop_nulls()
    ours = pl.select(ours_of(pl.lit(given))).to_series() if len(given) else given
    if given.equals(ours, check_names=False):
        return cells
    return cells.replace_strict(given, ours, default=None, return_dtype=pl.String)
