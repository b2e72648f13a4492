"""Signs of hedging in the open interest: puts added below the spot, and calls that may have paid for them.

A *protective put* is defined as an out-of-the-money put with 7 to 90 days left and a delta typical of insurance. In a
*collar* the put buyer sells a call of the same expiry to pay for it. A chain shows neither who bought nor that two
contracts were traded together, so all of this is a hypothesis (own definitions): the added puts may have been sold, and
a call of similar size may have been added by coincidence. Over 121 sessions of IWM and TLT, calls could be matched to
7% and 9% of the added puts; with the day's calls reshuffled at random it was 4% and 7%. Where many more puts than calls
are added, as in an index ETF, the share cannot be high whatever the hedgers do.

At the close (`oi_lag` 1) the contracts a day shows as added were added on the session before; before the next open
(`oi_lag` 0), on the day itself. Delta, spot and days to expiry are those of the day.
"""

from collections.abc import Sequence
from functools import partial
from importlib import import_module

import polars as pl

from flowbt.metrics.catalogue.greeks import unit_delta
from flowbt.metrics.catalogue.open_interest import call_contract_oi_change, put_contract_oi_change, put_oi_breach
from flowbt.metrics.engine.definition import metric


def _added(change: pl.Expr, delta: pl.Expr, spot: pl.Expr, condition: pl.Expr) -> pl.Expr:
    """Open interest added to a contract that meets the condition, else 0; null where that is unknown."""
    is_known = change.is_not_null() & delta.is_not_null() & spot.is_not_null()
    return pl.when(is_known).then(pl.when(condition).then(pl.max_horizontal(change, 0)).otherwise(0))


def _days_between(least: int, most: int) -> pl.Expr:
    return (pl.col("expiration") - pl.col("date")).dt.total_days().is_between(least, most)


@metric(grain="strike", unit="contracts")
def protective_put_added(
    min_put_delta: float = 0.10, max_put_delta: float = 0.45, min_dte: int = 7, max_dte: int = 90
) -> pl.Expr:
    """Increase in the put's open interest if it is a protective put, else 0 (own definition).

    Protective: out of the money, absolute delta between `min_put_delta` and `max_put_delta`, and `min_dte` to `max_dte`
    calendar days left. Null where the change of open interest, the delta or the spot is unknown.
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
    """Increase in the call's open interest if it could finance a protective put, else 0 (own definition).

    It could if its delta is between `min_call_delta` and `max_call_delta`, and `min_dte` to `max_dte` calendar days are
    left. Null where the change of open interest, the delta or the spot is unknown.
    """
    delta = unit_delta.call()
    pays = delta.is_between(min_call_delta, max_call_delta) & _days_between(min_dte, max_dte)
    return _added(call_contract_oi_change(), delta, pl.col("underlying_price"), pays)


@metric(grain="snapshot", unit="contracts", rows="live")
def protective_puts_added() -> pl.Expr:
    """Protective puts added: total increase in their open interest; decreases in other puts are not netted (`protective_put_added`).

    A hypothesis: they may have been sold as well as bought. Null where the session before, all deltas or the spot is
    unknown.
    """
    added = protective_put_added()
    return pl.when(added.is_not_null().any()).then(added.sum())


@metric(grain="snapshot", unit="contracts", rows="live")
def collared_puts_added(least_ratio: float = 0.8, most_ratio: float = 1.25, delta_within: float = 0.15) -> pl.Expr:
    """Protective puts added that could be matched with an added call of the same expiry, as in a collar (own definition).

    One call per put: the number of calls added is `least_ratio` to `most_ratio` times the number of puts, and their
    absolute deltas differ by at most `delta_within`. The largest put is matched first, with the call nearest in size
    (`flowbt.metrics.catalogue.collars`). A hypothesis: a chain does not show that the two were traded together. Null
    where `protective_puts_added` is, or where the added calls are unknown.
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
    is_known = puts.is_not_null().any() & calls.is_not_null().any()
    return pl.when(is_known).then(matched.cast(pl.Int64))


def _collared(columns: Sequence[pl.Series], least_ratio: float, most_ratio: float, delta_within: float) -> pl.Series:
    # imported here because numba takes a third of a second to load, and most requests do not need it
    collared = import_module("flowbt.metrics.catalogue.collars").collared
    # writable, because numba treats a read-only array as another type and would compile again for it
    contracts = collared(*(column.to_numpy(writable=True) for column in columns), least_ratio, most_ratio, delta_within)
    return pl.Series([contracts], dtype=pl.Float64)


@metric(grain="snapshot", unit="1")
def collar_share() -> pl.Expr:
    """Share of the protective puts added that could be part of a collar; a hypothesis (own definition).

    Null where no protective put was added, or where the matches are unknown.
    """
    added = protective_puts_added()
    return pl.when(added > 0).then(collared_puts_added() / added)


@metric(grain="snapshot", unit="name")
def hedging_reading(plain_below: float = 0.15, collars_above: float = 0.40) -> pl.Expr:
    """How the added puts look, by their collar share: plain puts, mixed or collars; a hypothesis (own definition).

    `plain puts`: a share below `plain_below`; `collars`: above `collars_above`; `mixed`: between. Null where no
    protective puts were added, or where the session before is missing.
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
    """Effective number of contracts that the protective puts added are spread over: 1 if a single contract has them all.

    The inverse of the sum of squared shares (Herfindahl-Hirschman). Null where no protective put was added.
    """
    added = protective_put_added().cast(pl.Float64)
    squares = (added * added).sum()
    return pl.when(squares > 0).then(added.sum() * added.sum() / squares)


@metric(grain="snapshot", unit="1", rows="live")
def protective_put_breach_share() -> pl.Expr:
    """Share of contracts with protective puts added in which more were added than traded (`put_oi_breach`).

    Null where no protective put was added, or where no volume is known for the session that added them.
    """
    return put_oi_breach().filter(protective_put_added() > 0).mean()


@metric(grain="history", unit="1")
def hedging_confidence(lookback: int = 20, min_history: int = 5) -> pl.Expr:
    """Confidence in the hedging reading, from 0 to 1 (own definition).

    The product of three factors. First, 1 - `protective_put_breach_share`: a source that revised or missed a day shows
    additions that did not happen. Second, 1 - 1 / `protective_put_breadth`: one large contract is one decision. Third,
    the puts added divided by their median over the `lookback` sessions before, capped at 1: a share of a small number
    is a coincidence. It does not judge whether the hypothesis itself is true. Null where there is no reading or no
    breach share, or where fewer than `min_history` of the `lookback` sessions are known.
    """
    added = protective_puts_added()
    usual = added.cast(pl.Float64).shift(1).rolling_median(lookback, min_samples=min_history)
    size = pl.when(usual > 0).then(pl.min_horizontal(added / usual, 1.0)).when(usual == 0).then(1.0)
    confidence = (1 - protective_put_breach_share()) * (1 - 1 / protective_put_breadth()) * size
    return pl.when(hedging_reading().is_not_null()).then(confidence)
