"""Cost of carry: the dividend yield and forward price that the chain itself implies.

A wrong forward biases every computed volatility and greek: with a rate of 4% and no dividends, the gamma exposure of
TLT, which pays about as much, has the wrong sign on one day in four. The forward of each expiry is therefore taken from
its quotes, by put-call parity. A snapshot without quotes uses the deltas of its source, if given (the median over
contracts of moderate delta with 20 to 400 days left). Where neither is available, `dividend_yield` applies.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Final, Literal

import numpy as np
import polars as pl

from flowbt.conventions import RISK_FREE_RATE
from flowbt.lake.flags import LEAST_VOLATILITY
from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.prices import two_sided_middle
from flowbt.metrics.engine.scope import EXPIRY_ID, SNAPSHOT_ID

Carry = Literal["implied", "yield"]

MODERATE: Final = (0.2, 0.8)
"""Absolute deltas that are used; nearer 0 or 1 the last published digit dominates the result."""
TENORS: Final = (20 / 365, 400 / 365)
"""Years to expiry that are used; the delta of a shorter contract hardly depends on the yield."""
FEWEST: Final = 10
"""Contracts needed for a median by delta."""
GIVEN: Final = ("call_delta", "call_iv", "put_delta", "put_iv")
GAMMAS: Final = ("call_gamma", "put_gamma")
QUOTES: Final = ("call_bid", "call_ask", "put_bid", "put_ask")
INPUTS: Final = (EXPIRY_ID, SNAPSHOT_ID, "underlying_price", "strike", "expiration", "date", *QUOTES, *GIVEN)


def years() -> pl.Expr:
    """Time to expiry in years of 365 days."""
    return (pl.col("expiration") - pl.col("date")).dt.total_days() / 365


@metric(grain="strike", unit="1 per year")
def implied_yield(rate: float = RISK_FREE_RATE) -> pl.Expr:
    """Dividend yield that the chain implies at this `rate`, stock borrowing costs included.

    From the quotes of the expiry: the median of the three strikes at which call and put are closest in price. For a
    snapshot in which no expiry has such quotes, from the deltas of its source. Null where neither is available.
    """
    return pl.map_batches(INPUTS, partial(_implied, rate=rate, computed=_computed()), return_dtype=pl.Float64)


@metric(grain="strike", unit="1 per year")
def yield_where_lacking(rate: float = RISK_FREE_RATE) -> pl.Expr:
    """Dividend yield that the chain implies (`implied_yield`), where the snapshot lacks any volatility, delta or gamma; else null.

    Where nothing is missing, nothing has to be computed, and solving for an unused yield would cost as much as
    everything else.
    """
    work = partial(_implied_where_lacking, rate=rate, computed=_computed())
    return pl.map_batches([*INPUTS, *GAMMAS], work, return_dtype=pl.Float64)


def _computed() -> dict[str, pl.Expr]:
    """Inputs of put-call parity, computed only where a yield is needed."""
    excess = two_sided_middle("call") - two_sided_middle("put")
    return {"years": years(), "excess": excess}


def _implied_where_lacking(columns: Sequence[pl.Series], rate: float, computed: Mapping[str, pl.Expr]) -> pl.Series:
    numbers = pl.DataFrame(dict(zip((*INPUTS, *GAMMAS), columns, strict=True)))
    given = pl.col(*GIVEN, *GAMMAS).is_null()
    lacks = pl.any_horizontal(given, *(pl.col(name) < LEAST_VOLATILITY for name in ("call_iv", "put_iv")))
    lacking = numbers.select(lacks.fill_null(value=True).alias("lacks")).to_series()
    if not lacking.any():
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, len(lacking))
    snapshots = numbers[SNAPSHOT_ID]
    wanted = snapshots.is_in(snapshots.filter(lacking).unique().implode())
    implied = _implied(columns[: len(INPUTS)], rate, computed)
    return implied.set(~wanted, None)


def _implied(columns: Sequence[pl.Series], rate: float, computed: Mapping[str, pl.Expr]) -> pl.Series:
    inputs = pl.DataFrame(dict(zip(INPUTS, columns, strict=True))).with_columns(**computed)
    # imported here because numba takes a third of a second to load, and most requests do not need it
    parity = import_module("flowbt.pricing.parity")
    arrays = [inputs[name].cast(pl.Float64).to_numpy() for name in ("strike", "years", "underlying_price", "excess")]
    by_parity = pl.Series("yield", parity.parity_yield(inputs[EXPIRY_ID].to_numpy(), *arrays, rate)).fill_nan(None)
    rows = pl.DataFrame({"yield": by_parity, "snapshot": inputs[SNAPSHOT_ID]})
    without_quotes = rows.select(pl.col("yield").is_null().all().over("snapshot")).to_series()
    if not without_quotes.any():
        return by_parity
    by_delta = _by_delta(inputs.filter(without_quotes), rate)
    return rows.join(by_delta, on="snapshot", how="left", maintain_order="left").select(
        pl.when(without_quotes).then("by_delta").otherwise("yield").alias("yield")
    )["yield"]


def _by_delta(rows: pl.DataFrame, rate: float) -> pl.DataFrame:
    """The median yield implied by the deltas of these rows (`snapshot, by_delta`); null with fewer than `FEWEST` contracts."""
    rows = rows.rename({SNAPSHOT_ID: "snapshot", "underlying_price": "spot"})
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
        yields = np.asarray(delta_yield(*arrays, side == "call", rate))
        parts.append(usable.select("snapshot").with_columns(pl.Series("yield", yields).fill_nan(None)))
    by_snapshot = pl.concat(parts).drop_nulls().group_by("snapshot")
    median = pl.when(pl.len() >= FEWEST).then(pl.col("yield").median())
    return by_snapshot.agg(median.alias("by_delta"))


def dividend_yield_of(carry: Carry, rate: float, dividend_yield: float, *, always: bool = True) -> pl.Expr:
    """The dividend yield of each contract: the implied one where available, else the given one.

    Unless `always`, it is computed only where the source lacks a number (`yield_where_lacking`).
    """
    if carry == "implied":
        implied = implied_yield if always else yield_where_lacking
        return implied.over_all(rate=rate).fill_null(dividend_yield)
    return pl.col("strike") * 0 + dividend_yield


@metric(grain="expiry", unit="USD")
def forward_price(rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied") -> pl.Expr:
    """Forward price of the underlying for delivery at expiry, as the chain implies it (`implied_yield`).

    Spot times exp((rate - yield) * years), as for an asset with a known yield (Hull, Options, Futures and Other
    Derivatives, ch. 5).
    """
    paid = dividend_yield_of(carry, rate, dividend_yield)
    return (pl.col("underlying_price") * ((rate - paid) * years()).exp()).first()
