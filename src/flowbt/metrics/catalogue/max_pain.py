"""Max pain: the price at which the holders of an expiry's options would be paid least.

With calls worth max(x - K, 0) and puts max(K - x, 0) at expiry, the payout as a function of the price x is convex and
piecewise linear; its slope just above the strike K is (calls held at or below K) minus (puts held above K). The payout is
least where the slope turns from negative to positive, so one cumulative sum over the sorted strikes finds it, exactly,
in whole contracts. Where the slope is 0 between two strikes the minimum is flat and has two ends.

Expiries are never pooled, nor the roots of one day (SPX settles in the morning, SPXW at the close): each has its own settlement. At snapshot grain these are the numbers of the nearest live expiry.
"""

import polars as pl

from flowbt.expiries import LAST_TRADING_DAY
from flowbt.metrics.engine.definition import metric


def slope_above() -> pl.Expr:
    """Slope of the payout just above each strike, in contracts: calls at or below it less puts above it."""
    calls, puts = pl.col("call_open_interest").fill_null(0), pl.col("put_open_interest").fill_null(0)
    return (calls + puts).cum_sum() - puts.sum()


def _held() -> pl.Expr:
    return (pl.col("call_open_interest").sum() + pl.col("put_open_interest").sum()) > 0


@metric(grain="expiry", unit="USD", rows="live")
def max_pain_low() -> pl.Expr:
    """Lower end of the prices at which the expiry's holders are paid least; null where nothing is held."""
    return pl.when(_held()).then(pl.col("strike").filter(slope_above() >= 0).first())


@metric(grain="expiry", unit="USD", rows="live")
def max_pain_high() -> pl.Expr:
    """Upper end of the prices at which the expiry's holders are paid least; the same as the lower where it is one strike."""
    turning = pl.col("strike").filter(slope_above() > 0).first()
    return pl.when(_held()).then(pl.coalesce(turning, pl.col("strike").last()))


@metric(grain="expiry", unit="USD")
def max_pain() -> pl.Expr:
    """The listed strike at which the expiry's holders are paid least; of a flat minimum, the end nearest the spot.

    Null where nothing is held. At snapshot grain: that of the nearest live expiry.
    """
    spot_price, low, high = pl.col("underlying_price"), max_pain_low(), max_pain_high()
    nearer_high = (high - spot_price).abs() < (low - spot_price).abs()
    return pl.when(nearer_high).then(high).otherwise(low)


@metric(grain="expiry", unit="USD")
def max_pain_width() -> pl.Expr:
    """How wide the minimum is: 0 where one strike is least, else the distance between its two ends."""
    return max_pain_high() - max_pain_low()


@metric(grain="expiry", unit="1")
def max_pain_gap() -> pl.Expr:
    """How far the spot lies above max pain, as a fraction of max pain: (spot - max pain) / max pain."""
    return (pl.col("underlying_price") - max_pain()) / max_pain()


@metric(grain="expiry", unit="days")
def days_to_expiry() -> pl.Expr:
    """Calendar days from the session to the expiration, as the source dates it."""
    return (pl.col("expiration") - pl.col("date")).dt.total_days()


@metric(grain="expiry", unit="date")
def last_trading_day() -> pl.Expr:
    """Last session on which contracts of the expiry trade (`flowbt.expiries`).

    It is the expiration, or the session before where that is a Saturday or a holiday; of AM-settled index options the session
    before that.
    """
    return pl.col(LAST_TRADING_DAY)


def is_live_expiry() -> pl.Expr:
    """Whether an expiry is live after the close; to read at snapshot grain, beside numbers of expiries."""
    return last_trading_day() > pl.col("date")


@metric(grain="snapshot", unit="date")
def nearest_expiration() -> pl.Expr:
    """The nearest expiry that is still live after the close: its last trading day is later than the session."""
    return pl.col("expiration").filter(is_live_expiry()).first()


@metric(grain="snapshot", unit="USD")
def max_pain_term_structure(expiries: int = 4) -> pl.Expr:
    """Highest less lowest max pain of the next `expiries` live expiries: near 0, the term structure is flat."""
    nearest = max_pain().filter(is_live_expiry()).head(expiries)
    return nearest.max() - nearest.min()


@metric(grain="expiry", unit="USD")
def strike_step() -> pl.Expr:
    """Smallest distance between two strikes listed for the expiry."""
    return pl.col("strike").unique().sort().diff().min()


@metric(grain="snapshot", unit="boolean")
def max_pain_flat(expiries: int = 4, spot_share: float = 0.0025) -> pl.Expr:
    """Whether the max pain of the next `expiries` live expiries is one price, but for the grid of strikes (own definition).

    It is where the highest exceeds the lowest by no more than one strike step (the widest of these expiries', since each
    is read off its own grid) or `spot_share` of the spot. Null where fewer than two are known, or where the step does not
    settle it and the spot is unknown.
    """
    live = is_live_expiry()
    nearest, step = max_pain().filter(live).head(expiries), strike_step().filter(live).head(expiries)
    spread = nearest.max() - nearest.min()
    within_share = spread <= spot_share * pl.col("underlying_price").first()
    return pl.when(nearest.count() > 1).then((spread <= step.filter(nearest.is_not_null()).max()) | within_share)
