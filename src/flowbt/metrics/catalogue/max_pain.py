"""Max pain: the settlement price at which an expiry's option holders would be paid least in total.

With calls worth max(x - K, 0) and puts max(K - x, 0) at expiry, the payout as a function of the price x is convex and
piecewise linear. Its slope just above the strike K is (call open interest at or below K) minus (put open interest above
K). The payout is smallest where the slope turns from negative to positive, so one cumulative sum over the sorted
strikes finds it exactly, in whole contracts. Where the slope is 0 between two strikes, the minimum is flat and has two
ends.

Expiries are never pooled, nor are roots that expire on the same day (SPX settles in the morning, SPXW at the close):
each has its own settlement. At snapshot grain these metrics are those of the nearest live expiry.
"""

import polars as pl

from flowbt.expiries import LAST_TRADING_DAY
from flowbt.metrics.engine.definition import metric


def slope_above() -> pl.Expr:
    """Slope of the payout just above each strike, in contracts: calls at or below it minus puts above it."""
    calls, puts = pl.col("call_open_interest").fill_null(0), pl.col("put_open_interest").fill_null(0)
    return (calls + puts).cum_sum() - puts.sum()


def _has_open_interest() -> pl.Expr:
    return (pl.col("call_open_interest").sum() + pl.col("put_open_interest").sum()) > 0


@metric(grain="expiry", unit="USD", rows="live")
def max_pain_low() -> pl.Expr:
    """Lower end of the max-pain range: the lowest price at which the expiry's holders are paid least; null without open interest."""
    return pl.when(_has_open_interest()).then(pl.col("strike").filter(slope_above() >= 0).first())


@metric(grain="expiry", unit="USD", rows="live")
def max_pain_high() -> pl.Expr:
    """Upper end of the max-pain range; equal to the lower end where a single strike is the minimum."""
    turning = pl.col("strike").filter(slope_above() > 0).first()
    return pl.when(_has_open_interest()).then(pl.coalesce(turning, pl.col("strike").last()))


@metric(grain="expiry", unit="USD")
def max_pain() -> pl.Expr:
    """Max pain of the expiry: the listed strike at which holders are paid least; if several are, the end nearest the spot.

    Null where there is no open interest. At snapshot grain: that of the nearest live expiry.
    """
    spot_price, low, high = pl.col("underlying_price"), max_pain_low(), max_pain_high()
    nearer_high = (high - spot_price).abs() < (low - spot_price).abs()
    return pl.when(nearer_high).then(high).otherwise(low)


@metric(grain="expiry", unit="USD")
def max_pain_width() -> pl.Expr:
    """Width of the max-pain range: 0 where a single strike is the minimum, else the distance between its two ends."""
    return max_pain_high() - max_pain_low()


@metric(grain="expiry", unit="1")
def max_pain_gap() -> pl.Expr:
    """Distance of the spot from max pain, as a fraction of max pain: (spot - max pain) / max pain."""
    return (pl.col("underlying_price") - max_pain()) / max_pain()


@metric(grain="expiry", unit="days")
def days_to_expiry() -> pl.Expr:
    """Calendar days from the session to the expiration, as the source dates it."""
    return (pl.col("expiration") - pl.col("date")).dt.total_days()


@metric(grain="expiry", unit="date")
def last_trading_day() -> pl.Expr:
    """Last session on which contracts of the expiry trade (`flowbt.expiries`).

    This is the expiration date, or the session before if that is a Saturday or a holiday; for AM-settled index options,
    one session earlier still.
    """
    return pl.col(LAST_TRADING_DAY)


def is_live_expiry() -> pl.Expr:
    """Whether the expiry is live after the close; for use at snapshot grain, together with expiry-grain metrics."""
    return last_trading_day() > pl.col("date")


@metric(grain="snapshot", unit="date")
def nearest_expiration() -> pl.Expr:
    """Nearest expiry that is still live after the close: its last trading day is later than the session."""
    return pl.col("expiration").filter(is_live_expiry()).first()


@metric(grain="snapshot", unit="USD")
def max_pain_term_structure(expiries: int = 4) -> pl.Expr:
    """Highest minus lowest max pain of the next `expiries` live expiries; near 0, the term structure is flat."""
    nearest = max_pain().filter(is_live_expiry()).head(expiries)
    return nearest.max() - nearest.min()


@metric(grain="expiry", unit="USD")
def strike_step() -> pl.Expr:
    """Smallest distance between two strikes listed for the expiry."""
    return pl.col("strike").unique().sort().diff().min()


@metric(grain="snapshot", unit="boolean")
def max_pain_flat(expiries: int = 4, spot_share: float = 0.0025) -> pl.Expr:
    """Whether max pain of the next `expiries` live expiries is the same price, allowing for the strike grid (own definition).

    True where highest minus lowest is at most one strike step (the widest of these expiries', because each is read off
    its own grid) or at most `spot_share` of the spot. Null where fewer than two are known, or where the step does not
    decide and the spot is unknown.
    """
    live = is_live_expiry()
    nearest, step = max_pain().filter(live).head(expiries), strike_step().filter(live).head(expiries)
    spread = nearest.max() - nearest.min()
    within_share = spread <= spot_share * pl.col("underlying_price").first()
    return pl.when(nearest.count() > 1).then((spread <= step.filter(nearest.is_not_null()).max()) | within_share)
