"""Moves that no split or dividend on file explains: a missing action, a wrong price, or a real event.

A bar has jumped where its open or its close is more than `flowbt.lake.flags.JUMP` above or below the last close before it,
splits and dividends on file counted. The trades over such a move are only as good as the two prices.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from flowbt.backtest.bar_grid import BarGrid, Prices
from flowbt.backtest.markets import Exchanges, open_markets
from flowbt.documents import Result, keyed
from flowbt.lake.flags import JUMP
from flowbt.schema import PLAN_ROWS

JUMPS: Final = {
    "symbol": pl.String(),
    "previous": pl.Date(),
    "date": pl.Date(),
    "from": pl.Float64(),
    "to": pl.Float64(),
    "move": pl.Float64(),
    "source": pl.String(),
    "events": pl.Int64(),
    "trades": pl.Int64(),
}
"""`from` is the price on `previous`, `to` that on `date`, USD as they are; `move` is the change as a fraction, splits and
dividends on file counted; `source` is `bars` or `chain` (the price of the underlying in the chains); `events` and `trades`
are how many plans and trades of the account were decided before and left on or after `date`."""


@dataclass(frozen=True, kw_only=True)
class TradeJump(Result):
    """A move that no split or dividend on file explains.

    Attributes:
        symbol: whose price moved.
        previous: the last session before the move.
        day: the session of the move.
        before: the price on `previous`, USD.
        after: the price on `day`, USD.
        move: the change as a fraction, splits and dividends on file counted.
        source: `bars` or `chain` (the price of the underlying in the chains).
        events: plans decided before the move and exited on or after it.
        trades: trades of the account, likewise.
    """

    symbol: str
    previous: date
    day: date = keyed("date")
    before: float = keyed("from")
    after: float = keyed("to")
    move: float
    source: str
    events: int
    trades: int

    @staticmethod
    def rows(jumps: pl.DataFrame) -> "tuple[TradeJump, ...]":
        """The rows of a frame (`JUMPS`)."""
        renamed = jumps.select(*JUMPS).rename({"date": "day", "from": "before", "to": "after"})
        return tuple(TradeJump(**row) for row in renamed.iter_rows(named=True))


def jumps_of(grid: BarGrid, events: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """The jumps of the bars (`JUMPS`), by symbol and date.

    Args:
        grid: the bars, with the splits and dividends on file.
        events: `schema.TRADES`, each plan on its own.
        trades: `schema.TRADES`, of the account.
    """
    return count_across(unexplained_moves(grid), events, trades)


def find_jumps(bars: pl.DataFrame, actions: pl.DataFrame | None, exchanges: Exchanges) -> pl.DataFrame:
    """The jumps of these bars, without the counts; arguments as in `simulation.simulate`."""
    return unexplained_moves(open_markets(pl.DataFrame(schema=PLAN_ROWS), bars, actions, exchanges, None, None).grid)


def unexplained_moves(grid: BarGrid) -> pl.DataFrame:
    """The jumps of the bars, without the counts: `symbol, previous, date, from, to, move, source`."""
    known = np.where(np.isnan(grid.close), -1, np.arange(len(grid.sessions)))
    last = np.roll(np.maximum.accumulate(known, axis=1), 1, axis=1)
    last[:, 0] = -1
    row, at = np.nonzero((last >= 0) & ~np.isnan(grid.close))
    before = last[row, at]

    def moved(prices: Prices) -> Prices:
        received = grid.dividends[row, at] - grid.dividends[row, before]
        worth = prices[row, at] * grid.shares[row, at] + received
        moves: Prices = worth / (grid.close[row, before] * grid.shares[row, before]) - 1
        return moves

    at_open, at_close = moved(grid.open), moved(grid.close)
    opened, closed = (is_jump(moves) for moves in (at_open, at_close))
    found = np.nonzero(opened | closed)[0]
    by_open, row, at, before = opened[found], row[found], at[found], before[found]
    frame = pl.DataFrame(
        {
            "symbol": pl.Series([grid.symbols[place] for place in row], dtype=pl.String),
            "previous": grid.dates(before),
            "date": grid.dates(at),
            "from": grid.close[row, before],
            "to": np.where(by_open, grid.open[row, at], grid.close[row, at]),
            "move": np.where(by_open, at_open[found], at_close[found]),
        }
    )
    return frame.with_columns(source=pl.lit("bars")).sort("symbol", "date")


def jumps_of_chains(prices: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """The jumps of the underlying's price in the chains, without the counts, as `unexplained_moves`.

    Args:
        prices: `symbol, date, price` (USD), by symbol and date; nulls are passed over.
        actions: `schema.CORPORATE_ACTIONS`.
    """
    pairs = prices.drop_nulls("price").with_columns(
        pl.col("price").shift(1).over("symbol").alias("from"), pl.col("date").shift(1).over("symbol").alias("previous")
    )
    moved = pairs.filter(is_jump(pl.col("price") / pl.col("from") - 1))
    rows = []
    for symbol, day, price, start, previous in moved.select("symbol", "date", "price", "from", "previous").iter_rows():
        between = actions.filter((pl.col("symbol") == symbol) & (pl.col("date") > previous) & (pl.col("date") <= day))
        values = {kind: between.filter(pl.col("kind") == kind)["value"] for kind in ("split", "dividend")}
        move = (price + values["dividend"].sum()) * values["split"].product() / start - 1
        rows.append((symbol, previous, day, start, price, move))
    schema = {name: JUMPS[name] for name in ("symbol", "previous", "date", "from", "to", "move")}
    found = pl.DataFrame(rows, schema=schema, orient="row").filter(is_jump(pl.col("move")))
    return found.with_columns(source=pl.lit("chain"))


def is_jump(moves: Any) -> Any:
    """Whether moves, as fractions (an array or an expression), are beyond `JUMP` in either direction; 35% up is as far as 26% down."""
    return (moves > JUMP) | (moves < 1 / (1 + JUMP) - 1)


def count_across(jumps: pl.DataFrame, events: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """The jumps with the number of events and trades decided before them and left on or after them (`JUMPS`)."""
    counted = [
        {
            "events": across(events, symbol, day).height,
            "trades": across(trades, symbol, day).height,
        }
        for symbol, day in jumps.select("symbol", "date").iter_rows()
    ]
    counts = pl.DataFrame(counted, schema={"events": pl.Int64, "trades": pl.Int64})
    return pl.concat([jumps, counts], how="horizontal").select(pl.col(name).cast(kind) for name, kind in JUMPS.items())


def across(trades: pl.DataFrame, symbol: str, day: date) -> pl.DataFrame:
    """The trades in a symbol that were decided before a day and left on or after it."""
    mine = (pl.col("symbol") == symbol) & (pl.col("signal_date") < day) & (pl.col("exit_date") >= day)
    return trades.filter(mine)
