"""Positioning: open interest of live contracts, by side, and its changes.

Positioning counts live contracts only, those whose last trading day (`flowbt.expiries`) is later than the session. The
open interest of session t is the one known at the decision (`flowbt.metrics.engine.known_open_interest`). At the close
of t that is the open interest of the close of t-1 (`oi_lag` 1), so a change "today" is what the day before did. Before
the open of t+1 it is that of the close of t (`oi_lag` 0), and a change is what the session itself did: whether its
volume opened or closed positions.

A contract's open interest cannot change by more than its volume. Where it does (a *breach*), the source revised a
number, dates its open interest differently than declared, or options were exercised. Breaches are flagged, never
dropped.
"""

import polars as pl

from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.null_sums import HELD, sum_of
from flowbt.metrics.engine.resolve import held_at_open, prior


@metric(grain="snapshot", unit="contracts", rows="live")
def call_open_interest() -> pl.Expr:
    """Open interest of live calls, which trade beyond the session; null where the source gives none."""
    return sum_of("call_open_interest", HELD)


@metric(grain="snapshot", unit="contracts", rows="live")
def put_open_interest() -> pl.Expr:
    """Open interest of live puts, which trade beyond the session; null where the source gives none."""
    return sum_of("put_open_interest", HELD)


@metric(grain="snapshot", unit="1")
def put_call_oi_ratio() -> pl.Expr:
    """Put/call ratio by open interest, all live expiries; null where there is no call open interest."""
    return pl.when(call_open_interest() > 0).then(put_open_interest() / call_open_interest())


def _volume_oi_ratio(side: str) -> pl.Expr:
    open_interest = held_at_open(side)
    return pl.when(open_interest > 0).then(pl.col(f"{side}_volume") / open_interest)


@metric(grain="strike", unit="1")
def call_volume_oi_ratio() -> pl.Expr:
    """Call volume divided by the open interest at the start of the session; above 1, positions must have been opened.

    Null where that open interest is 0, or where either is unknown.
    """
    return _volume_oi_ratio("call")


@metric(grain="strike", unit="1")
def put_volume_oi_ratio() -> pl.Expr:
    """Put volume divided by the open interest at the start of the session; above 1, positions must have been opened.

    Null where that open interest is 0, or where either is unknown.
    """
    return _volume_oi_ratio("put")


@metric(grain="strike", unit="contracts")
def call_contract_oi_change() -> pl.Expr:
    """Change in the call's open interest since the previous session; a new listing starts at 0.

    Null where the lake lacks the snapshot of the previous session.
    """
    return pl.col("call_open_interest") - prior("call_open_interest")


@metric(grain="strike", unit="contracts")
def put_contract_oi_change() -> pl.Expr:
    """Change in the put's open interest since the previous session; a new listing starts at 0.

    Null where the lake lacks the snapshot of the previous session.
    """
    return pl.col("put_open_interest") - prior("put_open_interest")


def _sum_or_null(values: pl.Expr) -> pl.Expr:
    """The sum, but null (not 0) where every value is unknown."""
    return pl.when(values.is_not_null().any()).then(values.sum())


@metric(grain="snapshot", unit="contracts", rows="live")
def call_oi_change() -> pl.Expr:
    """Change in call open interest since the previous session, over live contracts; expired contracts are excluded."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="snapshot", unit="contracts", rows="live")
def put_oi_change() -> pl.Expr:
    """Change in put open interest since the previous session, over live contracts; expired contracts are excluded."""
    return _sum_or_null(put_contract_oi_change())


@metric(grain="expiry", unit="contracts", rows="live")
def expiry_call_oi_change() -> pl.Expr:
    """Change in the expiry's call open interest since the previous session; null where unknown."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="expiry", unit="contracts", rows="live")
def expiry_put_oi_change() -> pl.Expr:
    """Change in the expiry's put open interest since the previous session; null where unknown."""
    return _sum_or_null(put_contract_oi_change())


@metric(grain="level", unit="contracts", rows="live")
def call_oi_change_at_strike() -> pl.Expr:
    """Change in call open interest at the strike price since the previous session, all live expiries; null where unknown."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="level", unit="contracts", rows="live")
def put_oi_change_at_strike() -> pl.Expr:
    """Change in put open interest at the strike price since the previous session, all live expiries; null where unknown."""
    return _sum_or_null(put_contract_oi_change())


def _breach(side: str, change: pl.Expr) -> pl.Expr:
    """Whether the change exceeds the volume of the session that made it, identified by `oi_lag`."""
    volume, lag = f"{side}_volume", pl.col("oi_lag")
    traded = pl.when(lag == 1).then(prior(volume)).when(lag == 0).then(pl.col(volume))
    return change.abs() > traded


@metric(grain="strike", unit="boolean")
def call_oi_breach() -> pl.Expr:
    """Whether the call's open interest changed by more than was traded in the session that made the change.

    That session is the previous one where `oi_lag` is 1, and today where it is 0. Null where change, lag or volume is
    unknown.
    """
    return _breach("call", call_contract_oi_change())


@metric(grain="strike", unit="boolean")
def put_oi_breach() -> pl.Expr:
    """Whether the put's open interest changed by more than was traded in the session that made the change.

    That session is the previous one where `oi_lag` is 1, and today where it is 0. Null where change, lag or volume is
    unknown.
    """
    return _breach("put", put_contract_oi_change())


def _breaches() -> pl.Expr:
    return call_oi_breach().sum() + put_oi_breach().sum()


@metric(grain="snapshot", unit="1", rows="live")
def oi_breaches() -> pl.Expr:
    """Number of live contracts whose open interest changed by more than was traded; null where unknown for all."""
    is_known = (call_oi_breach().is_not_null() | put_oi_breach().is_not_null()).any()
    return pl.when(is_known).then(_breaches()).cast(pl.Int64)


@metric(grain="snapshot", unit="1", rows="live")
def oi_breach_share() -> pl.Expr:
    """Share of live contracts with a changed open interest in which it changed by more than was traded.

    Small where the source dates its open interest as declared. Null where no change, or no volume behind a change, is
    known.
    """
    calls = (call_contract_oi_change() != 0) & call_oi_breach().is_not_null()
    puts = (put_contract_oi_change() != 0) & put_oi_breach().is_not_null()
    changed = calls.sum() + puts.sum()
    return pl.when(changed > 0).then(_breaches() / changed)
