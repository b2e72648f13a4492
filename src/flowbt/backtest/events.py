"""The event view: each plan on its own, one share of it, whatever else is open.

It answers whether the trade idea works, which a portfolio's limits would blur: from here come the hit rates. The plans
go through the kernel before costs, and the costs are put on the prices afterwards, so that what fills and when does
not depend on them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from flowbt.backtest import outcomes
from flowbt.backtest.costs import Costs
from flowbt.backtest.grid import BarGrid
from flowbt.backtest.plan_rows import to_arrays

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
}
"""Plans that filled: `plan` is the row in the frame of plans, `row` the symbol's row in the grid, `direction` +1 or
-1; `*_at` places on the grid; prices as filled, slippage included (a position still open: the mark, without);
`size` the share of the equity asked for."""


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


def fill_each(plans: pl.DataFrame, grid: BarGrid, costs: Costs, exchange: str) -> Outcomes:
    """Fill each plan on its own.

    Args:
        plans: `schema.PLAN_ROWS`.
        grid: bars; only its sessions exist.
        costs: slippage goes into the prices here; fees are charged later, on the sizes.
        exchange: whose calendar tells the session of `exit_on`.
    """
    from flowbt.backtest.kernel import fill_plans  # noqa: PLC0415 (numba takes a second to import)

    arrays = to_arrays(plans, grid, exchange)
    filled = fill_plans(grid.open, grid.high, grid.low, grid.close, arrays)
    exit_slippage = pl.when(pl.col("outcome") == outcomes.END).then(0.0).otherwise(costs.slippage)
    default_size = 1.0 / len(grid.symbols)
    fills = (
        pl.DataFrame(filled._asdict())
        .with_columns(plan=np.arange(plans.height), row=arrays.symbol, direction=arrays.side, size=plans["size"])
        .filter(pl.col("entry_at") >= 0)
        .with_columns(
            entry_price=pl.col("entry_price") * (1 + pl.col("direction") * costs.slippage),
            exit_price=pl.col("exit_price") * (1 - pl.col("direction") * exit_slippage),
            size=pl.col("size").fill_null(default_size),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in FILLS.items())
    )
    return Outcomes(pl.Series("code", filled.outcome), int(filled.missing.sum()), fills)


def describe(fills: pl.DataFrame, plans: pl.DataFrame, grid: BarGrid) -> pl.DataFrame:
    """The columns of `schema.TRADES` that do not depend on the size, in the order of the fills."""
    own = plans.select("symbol", "signal_date")[fills["plan"]]
    return own.with_columns(
        instrument=pl.lit(INSTRUMENT),
        side=fills.select(pl.when(pl.col("direction") > 0).then(pl.lit("long")).otherwise(pl.lit("short"))).to_series(),
        entry_date=grid.dates(fills["entry_at"].to_numpy()),
        entry_price=fills["entry_price"],
        exit_date=grid.dates(fills["exit_at"].to_numpy()),
        exit_price=fills["exit_price"],
        exit_reason=fills["outcome"].replace_strict(outcomes.EXIT_REASONS, return_dtype=pl.String),
    )


def one_share_each(fills: pl.DataFrame, plans: pl.DataFrame, grid: BarGrid, costs: Costs) -> pl.DataFrame:
    """The event view (`schema.TRADES`, `size` 1 share): profit and loss of each plan that filled, after costs.

    A position still open (`end`) is marked at the last close and has paid the fees of its entry only.
    """
    closed = pl.col("exit_reason") != "end"
    gain = fills["direction"] * (pl.col("exit_price") - pl.col("entry_price"))
    return (
        describe(fills, plans, grid)
        .with_columns(
            size=pl.lit(1.0),
            fees=costs.fees * (pl.col("entry_price") + pl.when(closed).then("exit_price").otherwise(0.0)),
        )
        .with_columns(pnl=gain - pl.col("fees"))
        .with_columns((pl.col("pnl") / pl.col("entry_price")).alias("return"))
    )
