"""Dividend plays: trading in deep in-the-money calls that is not flow.

On the session before an ex-date market makers buy and sell deep in-the-money calls among each other and exercise what they
have bought, to be paid the dividend of those calls that others forget to exercise. On IWM of 2026-06-12 that was 2.8 of 3.1
billion USD of premium; read as flow it is the most bullish day of the year.

What tells such a session, at its close and without a dividend calendar: it recycles *existing* open interest. Dozens of
strikes of deep calls, whose puts are worth next to nothing, each trade a small multiple (1.4 to 4.7 times) of what is held
there; other trading of deep calls hits a few strikes, or such as hold almost nothing. So, of the calls that could be in one
(delta of 0.9 or more, at least 10 held, the put worth at most 0.1% of the spot), those that *turned over* (traded more than
is held, at most 10 times it) hold at least 40% of the open interest and are at least 20. In four plays of IWM and TLT and
one of SPY that share was 0.59 to 1.00 and their number 41 to 100; in 226 other sessions of nine underlyings none had both,
the nearest a share of 0.40 with 14 calls or 0.50 with 12. The thresholds were chosen on these sessions; a chain with few
strikes can have a play that they miss.

The open interest published on the morning after is without the calls that were exercised, which confirms it
(`dividend_play_confirmed`).
"""

from collections.abc import Callable

import polars as pl

from flowbt.expiries import is_live
from flowbt.metrics.catalogue.flow import premium
from flowbt.metrics.engine.definition import metric, sided
from flowbt.metrics.engine.resolve import held_at_open, prior
from flowbt.metrics.engine.scope import SNAPSHOT_ID

MIN_DELTA = 0.9
MIN_HELD = 10
MAX_PUT = 0.001
TICK = 0.01
MAX_TURNOVER = 10


def _could_be_exercised(of: Callable[[str], pl.Expr], held: pl.Expr) -> pl.Expr:
    """Whether a call could be in a play; what was `held` must be the open interest of before the session."""
    worthless = pl.max_horizontal(MAX_PUT * of("underlying_price"), TICK)
    return (
        (of("call_delta") >= MIN_DELTA)
        & (held >= MIN_HELD)
        & (of("put_last") <= worthless)
        & of("underlying_price").is_not_null()
        & pl.col("oi_lag").is_not_null()
    )


def _turned_over(volume: pl.Expr, held: pl.Expr, could: pl.Expr) -> pl.Expr:
    return (could & (volume > held) & (volume <= MAX_TURNOVER * held)).fill_null(value=False)


@metric(grain="strike", unit="boolean")
def call_could_be_exercised() -> pl.Expr:
    """Whether the call is one that a dividend play would be done in: live, deep in the money, held, its put worth nothing."""
    could = _could_be_exercised(pl.col, held_at_open("call"))
    return (could & is_live()).fill_null(value=False)


@metric(grain="strike", unit="boolean")
def call_turned_over() -> pl.Expr:
    """Whether a call that a dividend play would be done in traded more than is held of it, and at most 10 times that."""
    return _turned_over(pl.col("call_volume"), held_at_open("call"), call_could_be_exercised())


def _share() -> pl.Expr:
    held = held_at_open("call")
    could = held.filter(call_could_be_exercised.over_all()).sum()
    traded = pl.col("call_volume").is_not_null().any()
    return pl.when(traded & (could > 0)).then(held.filter(call_turned_over.over_all()).sum() / could)


def _is_play(share: pl.Expr, calls: pl.Expr, min_turnover_share: float, min_play_calls: int) -> pl.Expr:
    return (share >= min_turnover_share).fill_null(value=False) & (calls >= min_play_calls)


@metric(grain="snapshot", unit="1")
def dividend_play_share() -> pl.Expr:
    """Of the open interest of calls that a dividend play would be done in, the share that turned over; null where there is none, or no volume is known (own definition)."""
    return _share()


@metric(grain="snapshot", unit="1")
def dividend_play_calls() -> pl.Expr:
    """How many of the calls that a dividend play would be done in turned over."""
    return call_turned_over.over_all().sum().cast(pl.Int64)


@metric(grain="snapshot", unit="boolean")
def is_dividend_play(min_turnover_share: float = 0.4, min_play_calls: int = 20) -> pl.Expr:
    """Whether the session is taken for a dividend play: `min_turnover_share` of that open interest turned over, in `min_play_calls` calls.

    Own definition. Null where the spot is unknown.
    """
    play = _is_play(dividend_play_share(), dividend_play_calls(), min_turnover_share, min_play_calls)
    return pl.when(pl.col("underlying_price").is_not_null()).then(play)


@metric(grain="snapshot", unit="USD")
def dividend_play_premium() -> pl.Expr:
    """Premium taken for a dividend play: that of the calls that turned over on such a session, else 0 (own definition)."""
    return pl.when(is_dividend_play.over_all()).then(turned_over_premium()).otherwise(0.0)


@metric(grain="snapshot", unit="contracts")
def dividend_play_volume() -> pl.Expr:
    """Call volume taken for a dividend play: that of the calls that turned over on such a session, else 0 (own definition)."""
    return pl.when(is_dividend_play.over_all()).then(turned_over_volume()).otherwise(0)


@metric(grain="snapshot", unit="USD")
def turned_over_premium() -> pl.Expr:
    """Premium of the calls that turned over; on most sessions they are no dividend play."""
    return premium.call().filter(call_turned_over.over_all()).sum()


@metric(grain="snapshot", unit="contracts")
def turned_over_volume() -> pl.Expr:
    """Volume of the calls that turned over; on most sessions they are no dividend play."""
    return pl.col("call_volume").filter(call_turned_over.over_all()).sum()


@sided(grain="strike", unit="boolean")
def dividend_play(side: str, min_turnover_share: float = 0.4, min_play_calls: int = 20) -> pl.Expr:
    """Whether the {side} is left out of the flow as part of a dividend play, which no put ever is (own definition)."""
    if side == "put":
        return pl.col("put_volume").is_not_null() & pl.lit(value=False)
    turned = call_turned_over.over_all()
    return turned & _is_play(_share(), turned.sum(), min_turnover_share, min_play_calls).over(SNAPSHOT_ID)


def _then(column: str) -> pl.Expr:
    """The column in the session that made the change of open interest."""
    return pl.when(pl.col("oi_lag") == 1).then(prior(column)).when(pl.col("oi_lag") == 0).then(pl.col(column))


@metric(grain="snapshot", unit="boolean", rows="traded")
def dividend_play_confirmed(min_collapsed: int = 10, min_collapsed_share: float = 0.5) -> pl.Expr:
    """Whether the session that changed the open interest was a dividend play, told by what was exercised.

    At the close that is the session *before*, before the next open it is the day's own (`oi_lag` 1 and 0). Of the calls that
    turned over in it at least `min_collapsed`, and at least `min_collapsed_share` of them, have lost half of their open interest
    or more. Null where no change of open interest is known.
    """
    held, left = prior("call_open_interest"), pl.col("call_open_interest")
    turned = _turned_over(_then("call_volume"), held, _could_be_exercised(_then, held)) & left.is_not_null()
    collapsed = turned & (left <= 0.5 * held)
    known = (left - held).is_not_null().any()
    return pl.when(known).then(
        (collapsed.sum() >= min_collapsed) & (collapsed.sum() >= min_collapsed_share * turned.sum())
    )
