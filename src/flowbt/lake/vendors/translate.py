"""From a vendor's columns to ours, still as text: what a layout says, carried out on a block of rows."""

import re
from collections.abc import Mapping

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Source
from flowbt.lake.vendors.base import Layout, ReadOptions
from flowbt.schema import SIDES

ROW = "row"
"""The number of a row in its file, the first below the header being 1."""

_SAID_BY_PATH: Mapping[str, tuple[str, str]] = {
    "symbol": ("NO_SYMBOL", "the file does not say its symbol: say it with --symbol"),
    "date": ("NO_DATE", "neither the file nor its path says its date (YYYY-MM-DD): say it with --date"),
    "expiration": ("NO_EXPIRATION", "the file does not say when its contracts expire: say it with --expiration"),
}


def said_outside(source: Source, layout: Layout, options: ReadOptions) -> dict[str, str]:
    """What the user or the path says of all rows of a file, the user being believed first."""
    match = re.search(layout.path, source.place, re.IGNORECASE) if layout.path else None
    said = {name: text for name, text in (match.groupdict() if match else {}).items() if text}
    if options.date is not None:
        said["date"] = options.date.isoformat()
    elif "date" in said and layout.path_date_format != "%Y-%m-%d":
        day = pl.Series([said["date"]]).str.to_date(layout.path_date_format, strict=False).item()
        if day is None:
            del said["date"]
        else:
            said["date"] = day.isoformat()
    if "time" in said and "date" in said:
        clock = pl.Series([said["time"]]).str.to_time(layout.path_time_format, strict=False).item()
        if clock is not None:
            said["quote_time"] = f"{said['date']}T{clock.isoformat()}"
    if options.expiration is not None:
        said["expiration"] = options.expiration.isoformat()
    if options.symbol is not None:
        said["symbol"] = options.symbol
    return said


def to_our_columns(
    block: pl.DataFrame, layout: Layout, said: Mapping[str, str], columns: Mapping[str, pl.DataType], first_row: int
) -> pl.DataFrame:
    """A block's rows under our names.

    Args:
        block: columns of text under the vendor's folded names.
        layout: what they mean.
        said: what is said of all rows (`said_outside`); it fills what the rows do not say.
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
    known = {*rows.columns, *(["symbol"] if "contract" in rows.columns else [])}
    rows = rows.with_columns(
        pl.lit(value).alias(name) for name, value in said.items() if name in columns and name not in known
    )
    told = set(rows.columns) | ({"expiration", "symbol"} if "contract" in rows.columns else set())
    for name in ("symbol", "date", "expiration"):
        if name in columns and name not in told and not (name == "date" and "time" in told):
            code, message = _SAID_BY_PATH[name]
            raise RejectedFileError(code, message)
    return rows.with_columns(
        *(pl.col(name).str.to_uppercase() for name in ("symbol", "root") if name in rows.columns),
        *(_in_our_words(name, layout) for name in ("option_type", "side", "kind") if name in rows.columns),
    )


def _side(block: pl.DataFrame, chosen: Mapping[str, pl.Expr], side: str) -> pl.DataFrame:
    """The calls or the puts of wide rows, without those of which no cell is filled."""
    other = tuple(f"{name}_" for name in SIDES if name != side)
    chosen = {ours: theirs for ours, theirs in chosen.items() if not ours.startswith(other)}
    own = [ours.removeprefix(f"{side}_") for ours in chosen if ours.startswith(f"{side}_")]
    rows = block.select(ROW, **{ours.removeprefix(f"{side}_"): theirs for ours, theirs in chosen.items()})
    if "option_type" not in rows.columns:
        rows = rows.with_columns(pl.lit(side).alias("option_type"))
    return rows.filter(pl.any_horizontal(pl.col(own).is_not_null()))


def _in_our_words(name: str, layout: Layout) -> pl.Expr:
    lower = pl.col(name).str.to_lowercase()
    words = layout.words.get(name, {})
    return (lower.replace(dict(words)) if words else lower).alias(name)
