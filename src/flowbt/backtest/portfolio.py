"""The portfolio view: the plans that filled share one account, and the account's value is the line of equity.

One position per symbol at a time, `size` of the equity into each, never more than there is: `allocation.py` decides
that and says of each plan it skipped why. P&L, returns and the account's value are vectorbt's (`accounting.py`); what
vectorbt does not know (signal date, reason of the exit) is joined back from the plans.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from flowbt.backtest import outcomes
from flowbt.backtest.costs import Costs
from flowbt.backtest.events import describe
from flowbt.backtest.grid import BarGrid, Prices


@dataclass(frozen=True)
class Account:
    """What the shared account did.

    Attributes:
        trades: `schema.TRADES`, by entry.
        equity: date, equity, cash, exposure, drawdown, buy_and_hold; one row per session (see `trade_together`).
        skipped: plan (row in the frame of plans) and code (`outcomes.SKIPPED`) of the plans filled but not taken.
    """

    trades: pl.DataFrame
    equity: pl.DataFrame
    skipped: pl.DataFrame


def trade_together(
    fills: pl.DataFrame, plans: pl.DataFrame, grid: BarGrid, costs: Costs, initial_cash: float
) -> Account:
    """Trade the fills from one account.

    Columns of `equity`, at each session's close: `equity` and `cash` in USD (`cash` with the proceeds of short
    sales); `exposure`, the absolute value of all positions as a fraction of the equity (null where that is not
    positive); `drawdown`, the equity over its highest so far less 1, so 0 or negative; `buy_and_hold` in USD, the same
    cash put in equal parts into the same symbols at their first close, without costs.

    Args:
        fills: `events.FILLS`.
        plans: the frame of plans they point to.
        grid: the bars.
        costs: fees are charged here; slippage is in the fills' prices already.
        initial_cash: USD.
    """
    from flowbt.backtest.accounting import keep_books  # noqa: PLC0415 (vectorbt takes seconds to import)
    from flowbt.backtest.allocation import ORDER_RECORDS, FillArrays, allocate  # noqa: PLC0415 (numba)

    ordered = fills.sort("entry_at", "entry_phase", "plan")
    arrays = FillArrays(*(ordered[name].to_numpy() for name in FillArrays._fields))
    room = np.empty(2 * ordered.height, ORDER_RECORDS)
    verdict, written = allocate(arrays, grid.marks, initial_cash, costs.fees, room)
    # vectorbt wants each column's orders together; a stable sort keeps them in time
    records = room[:written][np.argsort(room[:written]["col"], kind="stable")]
    records["id"] = np.arange(written)
    books = keep_books(records, grid, initial_cash)

    verdicts = pl.Series(verdict)
    # vectorbt lists the trades by symbol, and within one by entry
    taken = ordered.filter(verdicts == outcomes.TAKEN).sort("row", maintain_order=True)
    sums = {
        "size": books.trades["size"],
        "fees": books.trades["entry_fees"] + books.trades["exit_fees"],
        "pnl": books.trades["pnl"],
        "return": books.trades["return"],
    }
    trades = describe(taken, plans, grid).with_columns(pl.Series(name, values) for name, values in sums.items())
    skipped = ordered.select("plan", code=verdicts).filter(pl.col("code") != outcomes.TAKEN)
    by_entry = taken.select(pl.arg_sort_by("entry_at", "entry_phase", "plan")).to_series()
    return Account(trades[by_entry], _equity(books.value, books.cash, books.gross, grid, initial_cash), skipped)


def _equity(value: Prices, cash: Prices, gross: Prices, grid: BarGrid, initial_cash: float) -> pl.DataFrame:
    equity = pl.col("equity")
    return pl.DataFrame(
        {
            "date": pl.Series(grid.sessions, dtype=pl.Date),
            "equity": value,
            "cash": cash,
            "exposure": gross,
            "buy_and_hold": buy_and_hold(grid, initial_cash),
        }
    ).select(
        "date",
        "equity",
        "cash",
        pl.when(equity > 0).then(pl.col("exposure") / equity).alias("exposure"),
        (equity / equity.cum_max() - 1).alias("drawdown"),
        "buy_and_hold",
    )


def buy_and_hold(grid: BarGrid, initial_cash: float) -> Prices:
    """The value in USD of equal parts of the cash put into each symbol at its first close of the grid and held.

    The part of a symbol without a bar yet lies in cash. No costs.
    """
    marks = grid.marks
    first = np.take_along_axis(marks, np.argmax(~np.isnan(marks), axis=1)[:, None], axis=1)
    growth: Prices = np.where(np.isnan(marks), 1.0, marks / first)
    mean: Prices = growth.mean(axis=0)
    return initial_cash * mean
