"""What is held: open interest of live contracts, by side, its changes, and where it piles up.

Positioning counts live contracts only: what expires on the day is dead after the close. The open interest of row t is
the one known at the close of t; at most sources that is the close of t-1 (`oi_lag` 1), so a change "today" is what the
day before did.
"""

import polars as pl

from flowbt.metrics.catalogue import metric
from flowbt.metrics.resolve import prior
from flowbt.metrics.sums import HELD, sum_of


@metric(grain="snapshot", unit="contracts", rows="live")
def call_open_interest() -> pl.Expr:
    """Open interest of live calls; null where the source gives none at all."""
    return sum_of("call_open_interest", HELD)


@metric(grain="snapshot", unit="contracts", rows="live")
def put_open_interest() -> pl.Expr:
    """Open interest of live puts; null where the source gives none at all."""
    return sum_of("put_open_interest", HELD)


@metric(grain="snapshot", unit="1")
def put_call_oi_ratio() -> pl.Expr:
    """Puts held per call held, all live expiries; null where no calls are held."""
    return pl.when(call_open_interest() > 0).then(put_open_interest() / call_open_interest())


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
