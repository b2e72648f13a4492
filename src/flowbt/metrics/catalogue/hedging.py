"""Signs of hedging in the open interest: puts that were added below the spot, and calls that may have paid for them.

A *protective put* is taken to be an out-of-the-money put of some weeks with a delta that insurance usually has; a *collar* is
one whose buyer sold a call of the same expiry against it. A chain shows neither the buyer nor that two contracts were traded
together, so all of this is a hypothesis (own definitions): the added puts may have been sold, and a call of about the same
size may be there by coincidence. On 121 sessions of IWM and TLT 0.07 and 0.09 of the added puts found a call; with the
day's calls dealt out anew at random it was 0.04 and 0.07. Where many more puts than calls are added, as in an index ETF, the
share cannot be high whatever the hedgers do.

At the close (`oi_lag` 1) what a day shows as added was added on the session before; before the next open (`oi_lag` 0), on the
day itself. Delta, spot and days to expiry are those of the day.
"""

from collections.abc import Sequence
from functools import partial
from importlib import import_module

import polars as pl

from flowbt.metrics.catalogue.greeks import unit_delta
from flowbt.metrics.catalogue.open_interest import call_contract_oi_change, put_contract_oi_change, put_oi_breach
from flowbt.metrics.engine.definition import metric


def _added(change: pl.Expr, delta: pl.Expr, spot: pl.Expr, condition: pl.Expr) -> pl.Expr:
    """What was added of a contract that the condition holds for, else 0; null where it cannot be told."""
    known = change.is_not_null() & delta.is_not_null() & spot.is_not_null()
    return pl.when(known).then(pl.when(condition).then(pl.max_horizontal(change, 0)).otherwise(0))


def _days_between(least: int, most: int) -> pl.Expr:
    return (pl.col("expiration") - pl.col("date")).dt.total_days().is_between(least, most)


@metric(grain="strike", unit="contracts")
def protective_put_added(
    min_put_delta: float = 0.10, max_put_delta: float = 0.45, min_dte: int = 7, max_dte: int = 90
) -> pl.Expr:
    """Contracts by which the strike's put grew, if it is one to protect with; else 0 (own definition).

    It is where it is out of the money, its delta without sign between `min_put_delta` and `max_put_delta`, and `min_dte` to
    `max_dte` calendar days are left. Null where the change of its open interest, its delta or the spot is unknown.
    """
    delta, spot = unit_delta.put(), pl.col("underlying_price")
    protects = (
        (pl.col("strike") < spot) & delta.is_between(-max_put_delta, -min_put_delta) & _days_between(min_dte, max_dte)
    )
    return _added(put_contract_oi_change(), delta, spot, protects)


@metric(grain="strike", unit="contracts")
def collar_call_added(
    min_call_delta: float = 0.10, max_call_delta: float = 0.40, min_dte: int = 7, max_dte: int = 90
) -> pl.Expr:
    """Contracts by which the strike's call grew, if it is one to pay for protection with; else 0 (own definition).

    It is where its delta is between `min_call_delta` and `max_call_delta`, and `min_dte` to `max_dte` calendar days are
    left. Null where the change of its open interest, its delta or the spot is unknown.
    """
    delta = unit_delta.call()
    pays = delta.is_between(min_call_delta, max_call_delta) & _days_between(min_dte, max_dte)
    return _added(call_contract_oi_change(), delta, pl.col("underlying_price"), pays)


@metric(grain="snapshot", unit="contracts", rows="live")
def protective_puts_added() -> pl.Expr:
    """Puts to protect with (`protective_put_added`) by which the open interest grew; what closed elsewhere is not set off.

    A hypothesis: they may have been sold as well as bought. Null where the session before, all deltas or the spot is
    unknown.
    """
    added = protective_put_added()
    return pl.when(added.is_not_null().any()).then(added.sum())


@metric(grain="snapshot", unit="contracts", rows="live")
def collared_puts_added(least_ratio: float = 0.8, most_ratio: float = 1.25, delta_within: float = 0.15) -> pl.Expr:
    """Those of the protective puts added that an added call of the same expiry may have turned into a collar (own definition).

    One call for one put: `least_ratio` to `most_ratio` as many calls were added as puts, and their deltas without sign differ
    by `delta_within` at most. The largest put chooses first, the call nearest in size (`flowbt.metrics.catalogue.collars`). A
    hypothesis: no chain says that the two were traded together. Null where `protective_puts_added` is, or where the same is
    unknown of all calls.
    """
    puts, calls = protective_put_added(), collar_call_added()
    matched = pl.map_groups(
        [
            pl.col("expiration").to_physical(),
            puts.cast(pl.Float64),
            unit_delta.put(),
            calls.cast(pl.Float64),
            unit_delta.call(),
        ],
        partial(_collared, least_ratio=least_ratio, most_ratio=most_ratio, delta_within=delta_within),
        return_dtype=pl.Float64,
        returns_scalar=True,
    )
    known = puts.is_not_null().any() & calls.is_not_null().any()
    return pl.when(known).then(matched.cast(pl.Int64))


def _collared(columns: Sequence[pl.Series], least_ratio: float, most_ratio: float, delta_within: float) -> pl.Series:
    # numba, behind it, takes a third of a second to import, which only those who need it wait for
    collared = import_module("flowbt.metrics.catalogue.collars").collared
    # writable, since for numba a read-only array is another type, which it compiles once more
    contracts = collared(*(column.to_numpy(writable=True) for column in columns), least_ratio, most_ratio, delta_within)
    return pl.Series([contracts], dtype=pl.Float64)


@metric(grain="snapshot", unit="1")
def collar_share() -> pl.Expr:
    """Share of the protective puts added that may be part of a collar; a hypothesis (own definition).

    Null where none was added or it cannot be told.
    """
    added = protective_puts_added()
    return pl.when(added > 0).then(collared_puts_added() / added)


@metric(grain="snapshot", unit="name")
def hedging_reading(plain_below: float = 0.15, collars_above: float = 0.40) -> pl.Expr:
    """How the added puts read by their collar share: plain puts, mixed, collars; a hypothesis (own definition).

    `plain puts` is a share below `plain_below`, `collars` one above `collars_above`. Null where no puts to protect with were
    added, or where the session before is lacking.
    """
    share = collar_share()
    return (
        pl.when(share < plain_below)
        .then(pl.lit("plain puts"))
        .when(share <= collars_above)
        .then(pl.lit("mixed"))
        .when(share > collars_above)
        .then(pl.lit("collars"))
    )


@metric(grain="snapshot", unit="1", rows="live")
def protective_put_breadth() -> pl.Expr:
    """Over how many contracts the protective puts added are spread, each counted by its share: 1 where one has them all.

    One over the sum of squared shares (Herfindahl). Null where none was added.
    """
    added = protective_put_added().cast(pl.Float64)
    squares = (added * added).sum()
    return pl.when(squares > 0).then(added.sum() * added.sum() / squares)


@metric(grain="snapshot", unit="1", rows="live")
def protective_put_breach_share() -> pl.Expr:
    """Share of the contracts with protective puts added in which more were added than traded (`put_oi_breach`).

    Null where none was added or no volume of the session that added them is known.
    """
    return put_oi_breach().filter(protective_put_added() > 0).mean()


@metric(grain="history", unit="1")
def hedging_confidence(lookback: int = 20, min_history: int = 5) -> pl.Expr:
    """How far the reading of the hedging can be trusted, from 0 to 1 (own definition).

    The product of three: 1 - `protective_put_breach_share`, since a source that revised or missed a day shows additions that
    were none; 1 - 1 / `protective_put_breadth`, since one large contract is one decision; and the puts added over their
    median in the `lookback` sessions before, at most 1, since a share of little is a coincidence. It does not judge whether
    the hypothesis itself is true. Null where there is no reading or no breach share, or with fewer than `min_history`
    sessions of the `lookback` known.
    """
    added = protective_puts_added()
    usual = added.cast(pl.Float64).shift(1).rolling_median(lookback, min_samples=min_history)
    size = pl.when(usual > 0).then(pl.min_horizontal(added / usual, 1.0)).when(usual == 0).then(1.0)
    confidence = (1 - protective_put_breach_share()) * (1 - 1 / protective_put_breadth()) * size
    return pl.when(hedging_reading().is_not_null()).then(confidence)
