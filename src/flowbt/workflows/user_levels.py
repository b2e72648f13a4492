"""Somebody's levels out of a file: one row a level, or one row a day with a column for each kind.

    symbol,date,kind,level[,expiration]           SPY,2026-05-26,call wall,755
    date,...,call_wall,put_wall,max_pain          2026-05-26,...,755,730,720

Of a file of the second sort the columns are taken that are named as levels are, or those that are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.errors import FlowbtError, RejectedFileError, UnknownNameError
from flowbt.evaluation.levels import LEVELS, is_known, spelled
from flowbt.lake.reading import Shape, Source, folded, open_file
from flowbt.lake.user_table import OwnColumn, read_own_file
from flowbt.schema import conform, spell_symbols

SYMBOLS: Final = ("symbol", "ticker", "underlying")
DATES: Final = ("date", "timestamp", "datetime", "day", "time")
KINDS: Final = ("kind", "type", "level_type", "name", "label")
VALUES: Final = ("level", "price", "strike", "value")
EXPIRATIONS: Final = ("expiration", "expiry", "expiration_date")
BARS: Final = ("open", "high", "low", "close", "adj_close", "volume")
"""Columns of prices, which may stand beside levels."""


@dataclass(frozen=True)
class LevelFile:
    """Levels of a file.

    Attributes:
        rows: `flowbt.evaluation.levels.LEVELS`.
        columns: those that were taken as kinds, where the file has a column for each.
        unreadable: rows left out because a cell could not be read.
    """

    rows: pl.DataFrame
    columns: tuple[str, ...]
    unreadable: int


def read_levels(
    path: Path,
    *,
    symbols: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    date_format: str | None = None,
) -> LevelFile:
    """The levels of a file.

    Args:
        path: CSV, JSON rows or Parquet.
        symbols: those wanted; one names the symbol of a file that says none.
        kinds: those wanted; of a file with a column for each, the columns.
        date_format: how dates are written, where the file leaves a doubt.

    Raises:
        FlowbtError: no such file or column, no levels, or a file that does not say its symbol.
    """
    names = _names(path)
    long = "level" in names or (_any(KINDS, names) and _any(VALUES, names))
    columns = () if long else _kind_columns(path, names, kinds)
    wanted = {
        "symbol": OwnColumn(SYMBOLS, pl.String(), required=False),
        "date": OwnColumn(DATES, pl.Date()),
        "expiration": OwnColumn(EXPIRATIONS, pl.Date(), required=False),
    }
    if long:
        wanted |= {
            "kind": OwnColumn(KINDS, pl.String(), required=False),
            "level": OwnColumn(VALUES, pl.Float64()),
        }
    else:
        wanted |= {name: OwnColumn((name,), pl.Float64()) for name in columns}
    read, unreadable = read_own_file(path, wanted, date_format)
    if "symbol" not in read.columns:
        if not symbols or len(symbols) != 1:
            raise FlowbtError(f"'{path}' does not say whose levels they are: name the symbol, as in --symbols SPY")
        read = read.with_columns(symbol=pl.lit(symbols[0]))
    read = read.with_columns(spell_symbols(pl.col("symbol")))
    if long:
        rows = read if "kind" in read.columns else read.with_columns(kind=pl.lit("level"))
    else:
        kept = [name for name in ("symbol", "date", "expiration") if name in read.columns]
        rows = read.unpivot(on=list(columns), index=kept, variable_name="kind", value_name="level")
    rows = conform(rows, LEVELS).drop_nulls(["symbol", "date", "kind", "level"])
    rows = _of_symbols(path, rows, symbols)
    if long and kinds:
        rows = _of_kinds(path, rows, kinds)
    if not rows.height:
        raise FlowbtError(f"'{path}' holds no levels")
    return LevelFile(rows, columns, unreadable)


def _names(path: Path) -> list[str]:
    if not path.is_file():
        raise FlowbtError(f"there is no file '{path}'")
    try:
        return open_file(Source(path)).names(Shape(frozenset({"date"})))
    except RejectedFileError as error:
        raise FlowbtError(f"'{path}' cannot be read: {error}") from None


def _any(wanted: Sequence[str], names: Sequence[str]) -> bool:
    return any(name in names for name in wanted)


def _kind_columns(path: Path, names: Sequence[str], kinds: Sequence[str] | None) -> tuple[str, ...]:
    """The columns that are kinds of levels."""
    others = {*SYMBOLS, *DATES, *EXPIRATIONS, *BARS}
    if kinds is None:
        found = tuple(name for name in names if is_known(name) and name not in others)
        if not found:
            raise FlowbtError(
                f"'{path}' has neither a column level nor one that is named as a level is (call_wall, max_pain); it has "
                f"{', '.join(names)}: name those that are levels, as in --kinds {next(iter(set(names) - others), 'wall')}"
            )
        return found
    for kind in kinds:
        if folded(kind) not in names:
            raise UnknownNameError("column", kind, names, where=f"'{path}'", hint=f"it has {', '.join(names)}")
    return tuple(dict.fromkeys(map(folded, kinds)))


def _of_symbols(path: Path, rows: pl.DataFrame, symbols: Sequence[str] | None) -> pl.DataFrame:
    held = rows["symbol"].unique().sort().to_list()
    for symbol in symbols or []:
        if symbol not in held:
            raise UnknownNameError("symbol", symbol, held, where=f"'{path}'", hint=f"it has {', '.join(held[:10])}")
    return rows.filter(pl.col("symbol").is_in(list(symbols))) if symbols else rows


def _of_kinds(path: Path, rows: pl.DataFrame, kinds: Sequence[str]) -> pl.DataFrame:
    held = {spelled(kind): kind for kind in rows["kind"].unique().sort()}
    for kind in kinds:
        if spelled(kind) not in held:
            raise UnknownNameError("kind", kind, held, where=f"'{path}'", hint=f"it has {', '.join(held)}")
    return rows.filter(pl.col("kind").is_in([held[spelled(kind)] for kind in kinds]))
