"""What is held: open interest of live contracts, by side, and its changes.

Positioning counts live contracts only, those whose last trading day (`flowbt.expiries`) is later than the session. The open interest of session t is
the one known at the decision (`flowbt.metrics.engine.known_open_interest`). At the close of t that is the one of the close of t-1 (`oi_lag` 1), so
a change "today" is what the day before did; before the open of t+1 it is that of the close of t (`oi_lag` 0), and a change is
what the session itself did: whether its volume opened positions or unwound them.

A contract's open interest cannot change by more than traded. Where it does (*breach*), the source revised a number,
dates its open interest otherwise than declared, or options were exercised: flagged, never dropped.
"""

import polars as pl

from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.null_sums import HELD, sum_of
from flowbt.metrics.engine.resolve import held_at_open, prior


@metric(grain="snapshot", unit="contracts", rows="live")
def call_open_interest() -> pl.Expr:
    """Open interest of live calls, which trade beyond the session; null where the source gives none at all."""
    return sum_of("call_open_interest", HELD)


@metric(grain="snapshot", unit="contracts", rows="live")
def put_open_interest() -> pl.Expr:
    """Open interest of live puts, which trade beyond the session; null where the source gives none at all."""
    return sum_of("put_open_interest", HELD)


@metric(grain="snapshot", unit="1")
def put_call_oi_ratio() -> pl.Expr:
    """Puts held per call held, all live expiries; null where no calls are held."""
    return pl.when(call_open_interest() > 0).then(put_open_interest() / call_open_interest())


def _volume_oi_ratio(side: str) -> pl.Expr:
    held = held_at_open(side)
    return pl.when(held > 0).then(pl.col(f"{side}_volume") / held)


@metric(grain="strike", unit="1")
def call_volume_oi_ratio() -> pl.Expr:
    """Calls traded today per call held when the session began; above 1, positions must have been opened. Null where none is held or either is unknown."""
    return _volume_oi_ratio("call")


@metric(grain="strike", unit="1")
def put_volume_oi_ratio() -> pl.Expr:
    """Puts traded today per put held when the session began; above 1, positions must have been opened. Null where none is held or either is unknown."""
    return _volume_oi_ratio("put")


@metric(grain="strike", unit="contracts")
def call_contract_oi_change() -> pl.Expr:
    """Change of the call's open interest since one session before; a new listing starts at 0.

    Null where the lake lacks the snapshot of one session before.
    """
    return pl.col("call_open_interest") - prior("call_open_interest")


@metric(grain="strike", unit="contracts")
def put_contract_oi_change() -> pl.Expr:
    """Change of the put's open interest since one session before; a new listing starts at 0.

    Null where the lake lacks the snapshot of one session before.
    """
    return pl.col("put_open_interest") - prior("put_open_interest")


def _sum_or_null(values: pl.Expr) -> pl.Expr:
    """The sum, but null (not 0) where every value is unknown."""
    return pl.when(values.is_not_null().any()).then(values.sum())


@metric(grain="snapshot", unit="contracts", rows="live")
def call_oi_change() -> pl.Expr:
    """Calls added (or closed, negative) since one session before, over live contracts; expired ones are left out."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="snapshot", unit="contracts", rows="live")
def put_oi_change() -> pl.Expr:
    """Puts added (or closed, negative) since one session before, over live contracts; expired ones are left out."""
    return _sum_or_null(put_contract_oi_change())


@metric(grain="expiry", unit="contracts", rows="live")
def expiry_call_oi_change() -> pl.Expr:
    """Calls of the expiry added (or closed, negative) since one session before; null where unknown."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="expiry", unit="contracts", rows="live")
def expiry_put_oi_change() -> pl.Expr:
    """Puts of the expiry added (or closed, negative) since one session before; null where unknown."""
    return _sum_or_null(put_contract_oi_change())


@metric(grain="level", unit="contracts", rows="live")
def call_oi_change_at_strike() -> pl.Expr:
    """Calls added at the strike price since one session before, over all live expiries; null where unknown."""
    return _sum_or_null(call_contract_oi_change())


@metric(grain="level", unit="contracts", rows="live")
def put_oi_change_at_strike() -> pl.Expr:
    """Puts added at the strike price since one session before, over all live expiries; null where unknown."""
    return _sum_or_null(put_contract_oi_change())


def _breach(side: str, change: pl.Expr) -> pl.Expr:
    """Whether the change is more than the volume of the session that made it, which `oi_lag` tells."""
    volume, lag = f"{side}_volume", pl.col("oi_lag")
    traded = pl.when(lag == 1).then(prior(volume)).when(lag == 0).then(pl.col(volume))
    return change.abs() > traded


@metric(grain="strike", unit="boolean")
def call_oi_breach() -> pl.Expr:
    """Whether the call's open interest changed by more than traded in the session that made the change.

    That session is the one before where `oi_lag` is 1, today where it is 0. Null where change, lag or volume is unknown.
    """
    return _breach("call", call_contract_oi_change())


@metric(grain="strike", unit="boolean")
def put_oi_breach() -> pl.Expr:
    """Whether the put's open interest changed by more than traded in the session that made the change.

    That session is the one before where `oi_lag` is 1, today where it is 0. Null where change, lag or volume is unknown.
    """
    return _breach("put", put_contract_oi_change())


def _breaches() -> pl.Expr:
    return call_oi_breach().sum() + put_oi_breach().sum()


@metric(grain="snapshot", unit="1", rows="live")
def oi_breaches() -> pl.Expr:
    """How many live contracts' open interest changed by more than traded; null where no contract's is known."""
    known = (call_oi_breach().is_not_null() | put_oi_breach().is_not_null()).any()
    return pl.when(known).then(_breaches()).cast(pl.Int64)


@metric(grain="snapshot", unit="1", rows="live")
def oi_breach_share() -> pl.Expr:
    """Share, of the live contracts with a changed open interest, of those in which it changed by more than traded.

    Small where the source dates its open interest as declared. Null where no change, or no volume behind one, is known.
    """
    calls = (call_contract_oi_change() != 0) & call_oi_breach().is_not_null()
    puts = (put_contract_oi_change() != 0) & put_oi_breach().is_not_null()
    changed = calls.sum() + puts.sum()
    return pl.when(changed > 0).then(_breaches() / changed)
