"""Strikes that stand out: where open interest and gamma pile up, over all live expiries together.

Two things bear the word wall. Here a *wall* is the strike of the largest gamma exposure, a *peak* that of the largest
open interest. Of strikes that tie, the lowest is taken.
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
    """Gamma of the calls held at the strike price, all live expiries."""
    return call_gamma_held().sum()


@metric(grain="level", unit="shares per USD", rows="live")
def put_gamma_at_strike() -> pl.Expr:
    """Gamma of the puts held at the strike price, all live expiries."""
    return put_gamma_held().sum()


def _strike_of_largest(values: pl.Expr, where: pl.Expr | None = None) -> pl.Expr:
    """The strike of the largest value, the lowest of those that tie; null where no value is above 0."""
    counted = values > 0 if where is None else (values > 0) & where
    return pl.col("strike").filter(counted).get(values.filter(counted).arg_max(), null_on_oob=True)


_ABOVE = pl.col("strike") > pl.col("underlying_price")
_BELOW = pl.col("strike") < pl.col("underlying_price")


@metric(grain="snapshot", unit="USD")
def call_oi_peak() -> pl.Expr:
    """Strike of the largest call open interest, all live expiries."""
    return _strike_of_largest(call_oi_at_strike())


@metric(grain="snapshot", unit="USD")
def put_oi_peak() -> pl.Expr:
    """Strike of the largest put open interest, all live expiries."""
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
    """Strike of the largest call gamma exposure, all live expiries: where dealers, if long calls, sell a rise hardest.

    `by=open_interest`: of the largest call open interest (then it is a peak). `of=net`: of the largest excess of calls over
    puts. `where=above`, `where=below`: of the strikes above, below the spot only. Null where nothing is above 0.
    """
    return _wall("call", by, of, where)


@metric(grain="snapshot", unit="USD")
def put_wall(by: By = "gamma", of: Of = "side", where: Where = "all") -> pl.Expr:
    """Strike of the largest put gamma exposure, all live expiries.

    `by=open_interest`: of the largest put open interest (then it is a peak). `of=net`: of the largest excess of puts over
    calls. `where=above`, `where=below`: of the strikes above, below the spot only. Null where nothing is above 0.
    """
    return _wall("put", by, of, where)


@metric(grain="snapshot", unit="USD")
def absolute_gamma_strike() -> pl.Expr:
    """Strike of the largest call and put gamma together, whoever holds it: where the underlying is most likely pinned."""
    return _strike_of_largest(call_gamma_at_strike().abs() + put_gamma_at_strike().abs())


@metric(grain="snapshot", unit="USD")
def contention_strike() -> pl.Expr:
    """Strike of the largest out-of-the-money call open interest: the level the call holders need."""
    return _strike_of_largest(call_oi_at_strike(), _ABOVE)


@metric(grain="snapshot", unit="USD")
def next_call_peak() -> pl.Expr:
    """Strike of the largest call open interest above the contention strike: the target if it breaks."""
    return _strike_of_largest(call_oi_at_strike(), pl.col("strike") > contention_strike())


@metric(grain="snapshot", unit="USD")
def put_floor(rank: int = 1) -> pl.Expr:
    """Strike of the largest out-of-the-money put open interest below the spot; `rank=2`, the second largest, and so on."""
    held = put_oi_at_strike()
    if rank == 1:
        return _strike_of_largest(held, _BELOW)
    if rank < 1:
        raise DefinitionError(f"put_floor(rank={rank}): the largest has rank 1")
    counted = (held > 0) & _BELOW
    falling = pl.col("strike").filter(counted).sort_by(held.filter(counted), descending=True, maintain_order=True)
    return falling.get(rank - 1, null_on_oob=True)
