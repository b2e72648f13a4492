"""Price levels from the chain: strikes where open interest and gamma are largest, over all live expiries together.

The word wall is used for two things. Here a *wall* is the strike with the largest gamma exposure, and a *peak* the
strike with the largest open interest. Ties go to the lowest strike.
"""

from typing import Literal

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.metrics.catalogue.exposure import call_gamma_held, put_gamma_held
from flowbt.metrics.engine.definition import metric

By = Literal["gamma", "open_interest"]
Of = Literal["side", "net"]
Where = Literal["all", "above", "below"]


@metric(grain="level", unit="contracts", rows="live")
def call_oi_at_strike() -> pl.Expr:
    """Call open interest at the strike price, all live expiries."""
    return pl.col("call_open_interest").sum()


@metric(grain="level", unit="contracts", rows="live")
def put_oi_at_strike() -> pl.Expr:
    """Put open interest at the strike price, all live expiries."""
    return pl.col("put_open_interest").sum()


@metric(grain="level", unit="shares per USD", rows="live")
def call_gamma_at_strike() -> pl.Expr:
    """Gamma of the call open interest at the strike price, all live expiries."""
    return call_gamma_held().sum()


@metric(grain="level", unit="shares per USD", rows="live")
def put_gamma_at_strike() -> pl.Expr:
    """Gamma of the put open interest at the strike price, all live expiries."""
    return put_gamma_held().sum()


def _strike_of_largest(values: pl.Expr, where: pl.Expr | None = None) -> pl.Expr:
    """Strike of the largest value, the lowest of ties; null where no value is above 0."""
    counted = values > 0 if where is None else (values > 0) & where
    return pl.col("strike").filter(counted).get(values.filter(counted).arg_max(), null_on_oob=True)


_ABOVE = pl.col("strike") > pl.col("underlying_price")
_BELOW = pl.col("strike") < pl.col("underlying_price")


@metric(grain="snapshot", unit="USD")
def call_oi_peak() -> pl.Expr:
    """Strike with the largest call open interest, all live expiries."""
    return _strike_of_largest(call_oi_at_strike())


@metric(grain="snapshot", unit="USD")
def put_oi_peak() -> pl.Expr:
    """Strike with the largest put open interest, all live expiries."""
    return _strike_of_largest(put_oi_at_strike())


def _wall(side: str, by: By, of: Of, where: Where) -> pl.Expr:
    calls, puts = (
        (call_gamma_at_strike(), put_gamma_at_strike()) if by == "gamma" else (call_oi_at_strike(), put_oi_at_strike())
    )
    own, other = (calls, puts) if side == "call" else (puts, calls)
    position = {"all": None, "above": _ABOVE, "below": _BELOW}[where]
    return _strike_of_largest(own if of == "side" else own - other, position)


@metric(grain="snapshot", unit="USD")
def call_wall(by: By = "gamma", of: Of = "side", where: Where = "all") -> pl.Expr:
    """Call wall: strike with the largest call gamma exposure, all live expiries; dealers long calls sell most into a rise there.

    `by=open_interest`: the largest call open interest instead (a peak). `of=net`: the largest excess of calls over
    puts. `where=above`, `where=below`: only strikes above or below the spot. Null where no value is above 0.
    """
    return _wall("call", by, of, where)


@metric(grain="snapshot", unit="USD")
def put_wall(by: By = "gamma", of: Of = "side", where: Where = "all") -> pl.Expr:
    """Put wall: strike with the largest put gamma exposure, all live expiries.

    `by=open_interest`: the largest put open interest instead (a peak). `of=net`: the largest excess of puts over calls.
    `where=above`, `where=below`: only strikes above or below the spot. Null where no value is above 0.
    """
    return _wall("put", by, of, where)


@metric(grain="snapshot", unit="USD")
def absolute_gamma_strike() -> pl.Expr:
    """Strike with the largest total gamma of calls and puts, unsigned: where the underlying is most likely to be pinned."""
    return _strike_of_largest(call_gamma_at_strike().abs() + put_gamma_at_strike().abs())


@metric(grain="snapshot", unit="USD")
def contention_strike() -> pl.Expr:
    """Strike with the largest out-of-the-money call open interest: the level that call holders need the price to reach."""
    return _strike_of_largest(call_oi_at_strike(), _ABOVE)


@metric(grain="snapshot", unit="USD")
def next_call_peak() -> pl.Expr:
    """Strike with the largest call open interest above the contention strike: the next target if that breaks."""
    return _strike_of_largest(call_oi_at_strike(), pl.col("strike") > contention_strike())


@metric(grain="snapshot", unit="USD")
def put_floor(rank: int = 1) -> pl.Expr:
    """Strike with the largest put open interest below the spot; `rank=2` gives the second largest, and so on."""
    open_interest = put_oi_at_strike()
    if rank == 1:
        return _strike_of_largest(open_interest, _BELOW)
    if rank < 1:
        raise DefinitionError(f"put_floor(rank={rank}) is not valid: ranks start at 1, the largest")
    counted = (open_interest > 0) & _BELOW
    by_size = pl.col("strike").filter(counted)
    by_size = by_size.sort_by(open_interest.filter(counted), descending=True, maintain_order=True)
    return by_size.get(rank - 1, null_on_oob=True)
