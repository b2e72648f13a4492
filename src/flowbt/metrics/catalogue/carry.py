"""What holding the underlying costs or pays until expiry, as the chain itself implies it.

A wrong forward biases every computed volatility and greek: with a rate of 4% and no dividends the gamma exposure of TLT,
which pays as much, has the wrong sign on one day in four. So what is computed takes the forward of each expiry from its
quotes, by put-call parity; a snapshot without quotes, from the deltas of its source, if they are given (the median over
contracts of moderate delta and 20 to 400 days); and where neither says it, from `dividend_yield`.
"""

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Final, Literal

import numpy as np
import polars as pl

from flowbt.lake.flags import LEAST_VOLATILITY
from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.prices import two_sided_middle
from flowbt.metrics.engine.scope import EXPIRY_ID, SNAPSHOT_ID

Carry = Literal["implied", "yield"]

MODERATE: Final = (0.2, 0.8)
"""Of deltas, without their sign: nearer 0 or 1 the last digit given decides."""
TENORS: Final = (20 / 365, 400 / 365)
FEWEST: Final = 10
INPUTS: Final = ("call_delta", "call_iv", "put_delta", "put_iv")
VOLATILITIES: Final = (INPUTS.index("call_iv"), INPUTS.index("put_iv"))


def years() -> pl.Expr:
    """Time to expiry in years of 365 days."""
    return (pl.col("expiration") - pl.col("date")).dt.total_days() / 365


@metric(grain="strike", unit="1 per year")
def implied_yield(rate: float = 0.04) -> pl.Expr:
    """Dividend yield, cost of borrowing the shares included, that the chain implies at this `rate`.

    From the quotes of the expiry, the median of the three strikes at which call and put are worth most nearly the same; for
    a snapshot none of whose expiries has them, from the deltas of its source. Null where neither says it.
    """
    return pl.map_batches(_inputs(), partial(_implied, rate=rate), return_dtype=pl.Float64)


@metric(grain="strike", unit="1 per year")
def yield_where_lacking(rate: float = 0.04) -> pl.Expr:
    """The yield that the chain implies (`implied_yield`), where the snapshot lacks any volatility, delta or gamma; else null.

    Where it lacks none nothing is to be computed, and a yield that nobody needs costs as much as all else.
    """
    given = [pl.col(name) for name in (*INPUTS, "call_gamma", "put_gamma")]
    work = partial(_implied_where_lacking, rate=rate, given=len(given))
    return pl.map_batches([*given, *_inputs()], work, return_dtype=pl.Float64)


def _inputs() -> list[pl.Expr]:
    excess = two_sided_middle("call") - two_sided_middle("put")
    rows = [pl.col(EXPIRY_ID), pl.col(SNAPSHOT_ID), pl.col("underlying_price"), pl.col("strike"), years(), excess]
    return [*rows, *(pl.col(name) for name in INPUTS)]


def _implied_where_lacking(columns: Sequence[pl.Series], rate: float, given: int) -> pl.Series:
    numbers = pl.DataFrame({str(place): column for place, column in enumerate(columns[:given])})
    lacks = pl.any_horizontal(pl.all().is_null(), *((pl.col(str(place)) < LEAST_VOLATILITY) for place in VOLATILITIES))
    lacking = numbers.select(lacks.fill_null(value=True).alias("lacks")).to_series()
    if not lacking.any():
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, len(lacking))
    snapshots = columns[given + 1]
    wanted = snapshots.is_in(snapshots.filter(lacking).unique().implode())
    implied = _implied(columns[given:], rate)
    return implied.set(~wanted, None)


def _implied(columns: Sequence[pl.Series], rate: float) -> pl.Series:
    expiry, snapshot, spot, strike, time, excess = columns[:6]
    # numba takes a third of a second to import, which only those who need it wait for
    parity = import_module("flowbt.pricing.parity")
    arrays = [column.cast(pl.Float64).to_numpy() for column in (strike, time, spot, excess)]
    found = pl.Series("found", parity.parity_yield(expiry.to_numpy(), *arrays, rate)).fill_nan(None)
    rows = pl.DataFrame({"found": found, "snapshot": snapshot})
    unsaid = rows.select(pl.col("found").is_null().all().over("snapshot")).to_series()
    if not unsaid.any():
        return found
    by_delta = _by_delta(columns, unsaid, rate)
    return rows.join(by_delta, on="snapshot", how="left", maintain_order="left").select(
        pl.when(unsaid).then("of_deltas").otherwise("found").alias("found")
    )["found"]


def _by_delta(columns: Sequence[pl.Series], wanted: pl.Series, rate: float) -> pl.DataFrame:
    """`snapshot, of_deltas`: the median yield over the contracts of these rows, null of fewer than `FEWEST`."""
    names = ("snapshot", "spot", "strike", "years")
    rows = pl.DataFrame(dict(zip((*names, *INPUTS), (*columns[1:5], *columns[6:]), strict=True))).filter(wanted)
    delta_yield = import_module("flowbt.pricing.parity").delta_yield
    parts = []
    for side in ("call", "put"):
        delta, volatility = pl.col(f"{side}_delta"), pl.col(f"{side}_iv")
        usable = rows.filter(
            delta.abs().is_between(*MODERATE),
            volatility >= LEAST_VOLATILITY,
            pl.col("years").is_between(*TENORS),
            pl.col("spot") > 0,
        )
        arrays = [usable[name].to_numpy() for name in ("spot", "strike", "years", f"{side}_iv", f"{side}_delta")]
        found = np.asarray(delta_yield(*arrays, side == "call", rate))
        parts.append(usable.select("snapshot").with_columns(pl.Series("found", found).fill_nan(None)))
    found_of = pl.concat(parts).drop_nulls().group_by("snapshot")
    median = pl.when(pl.len() >= FEWEST).then(pl.col("found").median())
    return found_of.agg(median.alias("of_deltas"))


def dividend_yield_of(carry: Carry, rate: float, dividend_yield: float, *, always: bool = True) -> pl.Expr:
    """The dividend yield of each contract: the one that the chain implies, or else the one given.

    Unless `always`, it is asked for only where the source lacks a number (`yield_where_lacking`).
    """
    if carry == "implied":
        implied = implied_yield if always else yield_where_lacking
        return implied.over_all(rate=rate).fill_null(dividend_yield)
    return pl.col("strike") * 0 + dividend_yield


@metric(grain="expiry", unit="USD")
def forward_price(rate: float = 0.04, dividend_yield: float = 0.0, carry: Carry = "implied") -> pl.Expr:
    """Price of the underlying for delivery at expiry, as the chain implies it (`implied_yield`)."""
    paid = dividend_yield_of(carry, rate, dividend_yield)
    return (pl.col("underlying_price") * ((rate - paid) * years()).exp()).first()
