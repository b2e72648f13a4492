"""The portfolio view: the plans that filled share one account, and the account's value is the line of equity.

One position per symbol at a time, `size` of the equity into each, never more than there is: `allocation.py` decides
that and says of each plan it skipped why. P&L, returns and the account's value are vectorbt's (`accounting.py`); what
vectorbt does not know (signal date, reason of the exit, splits and dividends) is joined back from the plans.

**Total and price return.** Returns are total returns: dividends received and paid are in the P&L, the cash and the
equity. The price return of a trade is what it would be without its dividends, splits counted in both.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flowbt.backtest import plan_status as outcomes
from flowbt.backtest.bar_grid import BarGrid, Prices
from flowbt.backtest.costs import Costs
from flowbt.backtest.events import describe, price_return
from flowbt.backtest.markets import Markets
from flowbt.schema import EQUITY, conform

if TYPE_CHECKING:
    from flowbt.backtest.accounting import Books


@dataclass(frozen=True)
class Account:
    """What the shared account did.

    Attributes:
        trades: `schema.TRADES`, by entry.
        equity: `schema.EQUITY`, one row per session.
        skipped: plan (row in the frame of plans) and code (`outcomes.SKIPPED`) of the plans filled but not taken.
    """

    trades: pl.DataFrame
    equity: pl.DataFrame
    skipped: pl.DataFrame


def trade_together(
    fills: pl.DataFrame, plans: pl.DataFrame, markets: Markets, costs: Costs, initial_cash: float
) -> Account:
    """Trade the fills from one account.

    Args:
        fills: `events.FILLS`.
        plans: the frame of plans they point to.
        markets: the bars.
        costs: fees are charged here; slippage is in the fills' prices already.
        initial_cash: USD.
    """
    from flowbt.backtest.accounting import keep_books  # noqa: PLC0415 (vectorbt takes seconds to import)
    from flowbt.backtest.allocation import ORDER_RECORDS, FillArrays, allocate  # noqa: PLC0415 (numba)

    grid = markets.grid
    opens = pl.Series("opens", markets.opening_order()[fills["row"].to_numpy()], pl.Int64)
    ordered = fills.with_columns(opens).sort("entry_at", "opens", "entry_phase", "plan")
    # one share of the first session is so many at the entry and at the exit
    in_first_shares = ordered.with_columns(
        entry_price=pl.col("entry_price") * pl.col("shares"),
        exit_price=pl.col("exit_price") * pl.col("shares") * pl.col("split_ratio"),
    )
    arrays = FillArrays(*(in_first_shares[name].to_numpy() for name in FillArrays._fields))
    room = np.empty(2 * ordered.height, ORDER_RECORDS)
    verdict, written = allocate(arrays, grid.marks, grid.dividends, initial_cash, costs.fees, room)
    # vectorbt wants each column's orders together; a stable sort keeps them in time
    records = room[:written][np.argsort(room[:written]["col"], kind="stable")]
    records["id"] = np.arange(written)
    books = keep_books(records, grid, initial_cash)

    verdicts = pl.Series(verdict)
    # vectorbt lists the trades by symbol, and within one by entry
    taken = ordered.filter(verdicts == outcomes.TAKEN).sort("row", maintain_order=True)
    sums = {
        "size": books.trades["size"] * taken["shares"].to_numpy(),
        "fees": books.trades["entry_fees"] + books.trades["exit_fees"],
        "pnl": books.trades["pnl"],
    }
    invested = pl.col("size") * pl.col("entry_price")
    trades = (
        describe(taken, plans, grid)
        .with_columns(pl.Series(name, values) for name, values in sums.items())
        .with_columns(dividends=pl.col("dividends") * pl.col("size"))
        .with_columns(pnl=pl.col("pnl") + pl.col("dividends"))
        .with_columns((pl.col("pnl") / invested).alias("return"))
        .with_columns(price_return())
    )
    skipped = ordered.select("plan", code=verdicts).filter(pl.col("code") != outcomes.TAKEN)
    by_entry = taken.select(pl.arg_sort_by("entry_at", "opens", "entry_phase", "plan")).to_series()
    return Account(trades[by_entry], _equity(books, grid, initial_cash), skipped)


def _equity(books: "Books", grid: BarGrid, initial_cash: float) -> pl.DataFrame:
    equity = pl.col("equity")
    frame = pl.DataFrame(
        {
            "date": pl.Series(grid.sessions, dtype=pl.Date),
            "equity": books.value,
            "cash": books.cash,
            "exposure": books.gross,
            "buy_and_hold": buy_and_hold(grid, initial_cash),
            "dividends": books.dividends,
        }
    ).with_columns(
        pl.when(equity > 0).then(pl.col("exposure") / equity).alias("exposure"),
        (equity / equity.cum_max() - 1).alias("drawdown"),
    )
    return conform(frame, EQUITY)


def buy_and_hold(grid: BarGrid, initial_cash: float) -> Prices:
    """The value in USD of equal parts of the cash put into each symbol at its first close of the grid and held.

    Splits are carried, and dividends are reinvested at the close of their ex-date: it is a total return. The part of a
    symbol without a bar yet lies in cash. No costs.
    """
    marks = grid.marks
    first = np.take_along_axis(marks, np.argmax(~np.isnan(marks), axis=1)[:, None], axis=1)
    # nothing is received at the first close, at which the shares are bought
    held = ~np.isnan(marks[:, :-1])
    more_shares = np.ones_like(marks)
    more_shares[:, 1:] += np.where(held, np.diff(grid.dividends, axis=1) / marks[:, 1:], 0.0)
    more_shares = more_shares.cumprod(axis=1)
    growth: Prices = np.where(np.isnan(marks), 1.0, marks / first * more_shares)
    mean: Prices = growth.mean(axis=0)
    return initial_cash * mean
