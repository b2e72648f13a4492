"""Plans as arrays for the kernel; what no order can be made of is marked here, with the reason.

Dates become places on the grid, nulls become what never happens: NaN for a price that is not given, a place beyond the
grid for a date that is not given. A level goes before an offset where a plan has both. A number that is not finite is
not the same as null: a stop that came out as NaN was meant to be there, so the plan is invalid.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.backtest import plan_status as outcomes
from flowbt.backtest.bar_grid import BarGrid, Prices
from flowbt.calendar import next_session
from flowbt.schema import PLAN_ROWS, conform

Flags = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]

NEVER = 2**31
"""Sessions to wait for an exit that a plan does not have; further than any grid goes."""


class PlanArrays(NamedTuple):
    """One element per plan; prices in USD, NaN where not given; places on the sessions of a `BarGrid`.

    `outcome` is `READY` for the kernel to fill or says why not; `symbol` is the row of the grid; `first` the session
    after the signal; `expiry` the session of `exit_on`, beyond the grid if later or not given.
    """

    outcome: Flags
    symbol: Places
    side: Places
    kind: Places
    level: Prices
    first: Places
    valid_for: Places
    target: Prices
    target_offset: Prices
    stop: Prices
    stop_offset: Prices
    exit_after: Places
    expiry: Places


def to_plan_rows(plans: pl.DataFrame) -> pl.DataFrame:
    """Any frame of plans with exactly the columns of `schema.PLAN_ROWS`, by date and symbol, else in the given order."""
    return conform(plans, PLAN_ROWS).sort("signal_date", "symbol", maintain_order=True)


def to_arrays(plans: pl.DataFrame, grid: BarGrid, exchange: str) -> PlanArrays:
    """The plans (`schema.PLAN_ROWS`) as the kernel takes them, in their order.

    A plan whose symbol has no bars at all is `NO_BAR`.
    """
    rows = plans.select(
        outcome=_obstacle(),
        symbol=pl.col("symbol").replace_strict(
            list(grid.symbols), list(range(len(grid.symbols))), default=-1, return_dtype=pl.Int64
        ),
        side=pl.col("side").cast(pl.Int64).fill_null(0),
        kind=pl.col("entry").replace_strict(outcomes.ENTRY_KINDS, default=outcomes.MARKET, return_dtype=pl.Int64),
        valid_for=pl.col("valid_for").cast(pl.Int64).fill_null(1),
        exit_after=pl.col("exit_after").cast(pl.Int64).fill_null(NEVER),
    ).with_columns(
        outcome=pl.when((pl.col("outcome") == outcomes.READY) & (pl.col("symbol") < 0))
        .then(pl.lit(outcomes.NO_BAR, pl.Int8))
        .otherwise("outcome")
    )
    beyond = len(grid.sessions)
    # a day after the grid that is not a session belongs to the grid's last session; any later one is beyond it
    later = (plans["exit_on"] >= next_session(grid.sessions[-1], exchange)).fill_null(value=True)
    given = {name: rows[name].to_numpy() for name in rows.columns}
    prices = {
        name: plans[name].fill_null(np.nan).to_numpy() for name in ("target", "target_offset", "stop", "stop_offset")
    }
    return PlanArrays(
        **given,
        **prices,
        level=plans["entry_level"].fill_null(np.nan).to_numpy(),
        first=grid.places(plans["signal_date"]),
        expiry=np.where(later.to_numpy(), beyond, grid.places(plans["exit_on"]) - 1),
    )


def _obstacle() -> pl.Expr:
    """Why no order can be made of a plan, else `READY`. Null is a value not given; what must be given is tested so."""
    level = pl.col("entry_level")
    bad_entry = ~pl.col("entry").is_in(list(outcomes.ENTRY_KINDS)).fill_null(value=False) | (
        pl.col("entry") != "market"
    ) & ~(level.is_finite() & (level > 0)).fill_null(value=False)
    exits = [pl.col(name) for name in ("target", "target_offset", "stop", "stop_offset")]
    size = pl.col("size")
    checks = {
        outcomes.BAD_KEY: pl.col("symbol").is_null() | pl.col("signal_date").is_null(),
        outcomes.BAD_SIDE: ~pl.col("side").is_in([1, -1]).fill_null(value=False),
        outcomes.BAD_ENTRY: bad_entry,
        outcomes.BAD_EXIT: pl.any_horizontal((~value.is_finite()).fill_null(value=False) for value in exits),
        outcomes.BAD_HORIZON: pl.min_horizontal("valid_for", "exit_after") < 1,
        outcomes.BAD_SIZE: size.is_nan() | (size <= 0) | (size > 1),
    }
    return pl.coalesce(
        *(pl.when(failed).then(pl.lit(code, pl.Int8)) for code, failed in checks.items()),
        pl.lit(outcomes.READY, pl.Int8),
    )
