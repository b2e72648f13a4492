"""The event view: each plan on its own, one share of it, whatever else is open.

It answers whether the trade idea works, which a portfolio's limits would blur: from here come the hit rates. The plans
go through the kernel before costs, and the costs are put on the prices afterwards, so that what fills and when does
not depend on them.

A position is carried over splits and collects dividends: bought before a 10:1 split, one share is sold as ten. It
receives the dividends whose ex-date is after its entry and not after its exit; a short pays them. Whoever buys on the
ex-date, even at its open, gets none, and whoever sells on it does.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from flowbt.backtest import plan_status as outcomes
from flowbt.backtest.bar_grid import BarGrid, as_days
from flowbt.backtest.costs import Costs
from flowbt.backtest.markets import Markets
from flowbt.backtest.plan_rows import to_arrays
from flowbt.exchanges import DEFAULT_EXCHANGE

INSTRUMENT = "underlying"

FILLS = {
    "plan": pl.Int64(),
    "row": pl.Int64(),
    "direction": pl.Int64(),
    "outcome": pl.Int8(),
    "entry_at": pl.Int64(),
    "entry_phase": pl.Int8(),
    "entry_price": pl.Float64(),
    "exit_at": pl.Int64(),
    "exit_phase": pl.Int8(),
    "exit_price": pl.Float64(),
    "size": pl.Float64(),
    "shares": pl.Float64(),
    "split_ratio": pl.Float64(),
    "dividends": pl.Float64(),
}
"""Plans that filled: `plan` is the row in the frame of plans, `row` the symbol's row in the grid, `direction` +1 or
-1; `*_at` places on the grid of all markets; prices as filled on their own day, slippage included (a position still
open: the mark, without); `size` the share of the equity asked for; `shares` what one share of the grid's first session
was at the entry; `split_ratio` the shares at the exit for one at the entry; `dividends` USD for one share at the entry,
received if positive."""


@dataclass(frozen=True)
class Outcomes:
    """What came of each plan.

    Attributes:
        code: `outcomes` code of each plan, in the plans' order.
        missing_bars: sessions without a bar while a position was open, summed over the plans.
        fills: `FILLS`, those that filled, in the plans' order.
    """

    code: pl.Series
    missing_bars: int
    fills: pl.DataFrame


def fill_each(plans: pl.DataFrame, markets: Markets, costs: Costs) -> Outcomes:
    """Fill each plan on its own, on the sessions of its symbol's exchange.

    Args:
        plans: `schema.PLAN_ROWS`.
        markets: bars; only their sessions exist.
        costs: slippage goes into the prices here; fees are charged later, on the sizes.
    """
    elsewhere = DEFAULT_EXCHANGE if DEFAULT_EXCHANGE in markets.own else next(iter(markets.own))
    exchange = plans.select(
        pl.col("symbol").replace_strict(markets.exchange_of, default=elsewhere, return_dtype=pl.String)
    ).to_series()
    numbered = plans.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("plan"))
    parts = [
        _fill_on(numbered.filter(exchange == name), grid, markets.grid, costs, name)
        for name, grid in markets.own.items()
    ]
    code = pl.concat([part.select("plan", "outcome") for part in parts]).sort("plan")["outcome"].alias("code")
    missing = sum(int(part["missing"].sum()) for part in parts)
    fills = pl.concat(parts).filter(pl.col("entry_at") >= 0).sort("plan")
    return Outcomes(code, missing, fills.select(pl.col(name).cast(dtype) for name, dtype in FILLS.items()))


def _fill_on(plans: pl.DataFrame, own: BarGrid, whole: BarGrid, costs: Costs, exchange: str) -> pl.DataFrame:
    """What came of the plans of one exchange: `FILLS` with `missing`, those not filled among them."""
    from flowbt.backtest.kernel import fill_plans  # noqa: PLC0415 (numba takes a second to import)

    arrays = to_arrays(plans, own, exchange)
    filled = fill_plans(own.open, own.high, own.low, own.close, own.shares, arrays)
    row, entered, left = arrays.symbol, filled.entry_at, filled.exit_at
    before, after = own.shares[row, entered], own.shares[row, left]
    received = arrays.side * (own.dividends[row, left] - own.dividends[row, entered]) / before
    place = np.searchsorted(as_days(whole.sessions), as_days(own.sessions))
    row_of = np.searchsorted(whole.symbols, own.symbols)
    exit_slippage = pl.when(pl.col("outcome") == outcomes.END).then(0.0).otherwise(costs.slippage)
    return (
        pl.DataFrame(filled._asdict())
        .with_columns(
            plan=plans["plan"],
            row=row_of[row],
            direction=arrays.side,
            size=plans["size"].fill_null(1.0 / len(whole.symbols)),
            shares=before,
            split_ratio=after / before,
            dividends=received,
            entry_at=np.where(entered < 0, -1, place[entered]),
            exit_at=place[left],
        )
        .with_columns(
            entry_price=pl.col("entry_price") * (1 + pl.col("direction") * costs.slippage),
            exit_price=pl.col("exit_price") * (1 - pl.col("direction") * exit_slippage),
        )
    )


def describe(fills: pl.DataFrame, plans: pl.DataFrame, grid: BarGrid) -> pl.DataFrame:
    """The columns of `schema.TRADES` that do not depend on the size, in the order of the fills; `dividends` of one share."""
    own = plans.select("symbol", "signal_date")[fills["plan"]]
    return own.with_columns(
        instrument=pl.lit(INSTRUMENT),
        side=fills.select(pl.when(pl.col("direction") > 0).then(pl.lit("long")).otherwise(pl.lit("short"))).to_series(),
        entry_date=grid.dates(fills["entry_at"].to_numpy()),
        entry_price=fills["entry_price"],
        exit_date=grid.dates(fills["exit_at"].to_numpy()),
        exit_price=fills["exit_price"],
        exit_reason=fills["outcome"].replace_strict(outcomes.EXIT_REASONS, return_dtype=pl.String),
        split_ratio=fills["split_ratio"],
        dividends=fills["dividends"],
    )


def one_share_each(fills: pl.DataFrame, plans: pl.DataFrame, grid: BarGrid, costs: Costs) -> pl.DataFrame:
    """The event view (`schema.TRADES`, `size` 1 share): profit and loss of each plan that filled, after costs.

    A position still open (`end`) is marked at the last close and has paid the fees of its entry only.
    """
    closed = pl.col("exit_reason") != "end"
    left = pl.col("exit_price") * pl.col("split_ratio")
    gain = fills["direction"] * (left - pl.col("entry_price"))
    return (
        describe(fills, plans, grid)
        .with_columns(
            size=pl.lit(1.0),
            fees=costs.fees * (pl.col("entry_price") + pl.when(closed).then(left).otherwise(0.0)),
        )
        .with_columns(pnl=gain - pl.col("fees") + pl.col("dividends"))
        .with_columns((pl.col("pnl") / pl.col("entry_price")).alias("return"))
        .with_columns(price_return())
    )


def price_return() -> pl.Expr:
    """The return of a trade without its dividends."""
    return (pl.col("return") - pl.col("dividends") / (pl.col("size") * pl.col("entry_price"))).alias("price_return")
