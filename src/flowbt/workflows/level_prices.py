"""The prices that levels are set beside: the lake's bars, or those of a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake.user_table import OwnColumn, read_own_file
from flowbt.schema import PRICE_BARS, conform, spell_symbols
from flowbt.workflows.user_levels import DATES, SYMBOLS

CLOSES: Final = ("close", "price", "last", "value")
ADJUSTED: Final = ("adj_close", "adj._close", "adjclose", "adjusted_close")


def read_price_bars(
    path: Path, symbols: Sequence[str], *, price_column: str | None = None, date_format: str | None = None
) -> pl.DataFrame:
    """The bars of a file (`flowbt.schema.PRICE_BARS`); `high` and `low` are null where it has only one price a day.

    Args:
        path: CSV, JSON rows or Parquet.
        symbols: of the levels; a file that says no symbol is of the one there is.
        price_column: the price of the day, taken as its close; by default the bars that the file holds.
        date_format: how dates are written, where the file leaves a doubt.

    Raises:
        FlowbtError: no such file or column, several symbols and a file that says none, a day twice, a price that is none.
    """
    number = pl.Float64()
    wanted = {
        "symbol": OwnColumn(SYMBOLS, pl.String(), required=False),
        "date": OwnColumn(DATES, pl.Date()),
        "close": OwnColumn((price_column,) if price_column else CLOSES, number),
    }
    if price_column is None:
        wanted |= {name: OwnColumn((name,), number, required=False) for name in ("open", "high", "low")}
        wanted["adj_close"] = OwnColumn(ADJUSTED, number, required=False)
    try:
        read, _ = read_own_file(path, wanted, date_format)
    except UnknownNameError as error:
        if price_column is not None:
            raise
        raise FlowbtError(f"{error}: name the column of the day's price with --price-column") from None
    if "symbol" not in read.columns:
        if len(symbols) != 1:
            raise FlowbtError(
                f"'{path}' does not say whose prices they are, and there are levels of {', '.join(symbols)}: give it a "
                "column symbol, or choose one with --symbols"
            )
        read = read.with_columns(symbol=pl.lit(symbols[0]))
    bars = conform(read.with_columns(spell_symbols(pl.col("symbol"))), PRICE_BARS)
    bars = bars.filter(pl.col("symbol").is_in(list(symbols))).drop_nulls(["date", "close"]).unique()
    wrong = bars.filter(pl.min_horizontal("close", "high", "low") <= 0)
    if wrong.height:
        raise FlowbtError(f"'{path}': a price of {wrong['date'][0]} is not above 0")
    twice = bars.filter(pl.struct("symbol", "date").is_duplicated()).sort("date")
    if twice.height:
        raise FlowbtError(f"'{path}' has {twice['symbol'][0]} of {twice['date'][0]} more than once: give one row a day")
    return bars.sort("symbol", "date")
