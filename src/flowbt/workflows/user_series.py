"""Any series of one's own, with the prices it is said to predict: a published indicator needs no option chain."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.lake.user_table import OwnColumn, read_own_file
from flowbt.schema import PRICE_BARS, conform

DATES = ("date", "timestamp", "datetime", "day", "time")
CLOSES = ("close", "price", "last", "value")


@dataclass(frozen=True)
class Series:
    """A series and the bars beside it.

    Attributes:
        values: `symbol, date, score`.
        bars: `flowbt.schema.PRICE_BARS`, of one symbol.
        unreadable: rows of the two files that could not be read.
        without_price: days of the series that have no price.
    """

    values: pl.DataFrame
    bars: pl.DataFrame
    unreadable: int
    without_price: int


def read_series(
    path: Path,
    column: str,
    *,
    date_column: str | None = None,
    date_format: str | None = None,
    prices: Path | None = None,
    price_column: str | None = None,
) -> Series:
    """The series and its prices, from two files or from one.

    Args:
        path: a file with a date and the series.
        column: which of its columns it is.
        date_column: its dates; the usual names by default.
        date_format: how they are written, where the file leaves a doubt.
        prices: a file with prices; by default the series' own.
        price_column: its price, taken as the close; by default the bars that the file holds, or its column close or price.

    Raises:
        FlowbtError: a file or a column that is not there, a date that comes twice, no day in common.
    """
    dates = OwnColumn((date_column,) if date_column else DATES, pl.Date())
    columns = {"date": dates, "value": OwnColumn((column,), pl.Float64())}
    values, lost = read_own_file(path, columns, date_format)
    own = prices is None or prices == path
    bars, also_lost = _read_bars(
        prices or path, dates if own else OwnColumn(DATES, pl.Date()), price_column, date_format if own else None
    )
    for name, frame in ((path, values), (prices or path, bars)):
        twice = frame.filter(pl.col("date").is_duplicated())["date"]
        if len(twice):
            raise FlowbtError(f"'{name}' has {twice[0]} more than once: give one row a day")
    values = values.drop_nulls("date").select(pl.lit(path.stem).alias("symbol"), "date", pl.col("value").alias("score"))
    matched = values.filter(pl.col("score").is_not_null()).join(bars, on="date", how="semi")
    if not matched.height:
        raise FlowbtError(f"'{path}' and '{prices or path}' have no day in common")
    without = values.drop_nulls("score").height - matched.height
    bars = bars.with_columns(symbol=pl.lit(path.stem))
    return Series(values, conform(bars, PRICE_BARS).sort("date"), lost + (0 if own else also_lost), without)


def _read_bars(
    path: Path, dates: OwnColumn, price_column: str | None, date_format: str | None
) -> tuple[pl.DataFrame, int]:
    number = pl.Float64()
    close = OwnColumn((price_column,) if price_column else CLOSES, number)
    columns = {"date": dates, "close": close}
    if price_column is None:
        columns |= {
            name: OwnColumn(names, number, required=False)
            for name, names in {
                "open": ("open",),
                "high": ("high",),
                "low": ("low",),
                "adj_close": ("adj_close", "adj._close", "adjclose", "adjusted_close"),
            }.items()
        }
    bars, lost = read_own_file(path, columns, date_format)
    priced = bars.drop_nulls(["date", "close"])
    wrong = priced.filter(pl.col("close") <= 0)
    if wrong.height:
        raise FlowbtError(f"'{path}': the price of {wrong['date'][0]} is {wrong['close'][0]:g}; prices are above 0")
    absent = [name for name in ("open", "high", "low") if name not in priced.columns]
    return priced.with_columns(pl.lit(None, number).alias(name) for name in absent), lost
