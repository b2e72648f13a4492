"""Dividend plays: trading in deep in-the-money calls that carries no view on the underlying.

On the session before an ex-date, market makers trade deep in-the-money calls with each other and exercise the ones they
bought, to collect the dividend on calls that other holders forget to exercise. On IWM on 2026-06-12 this was 2.8 of 3.1
billion USD of premium; read as flow, it would be the most bullish day of the year.

Such a session can be recognised at its close, without a dividend calendar, because it recycles *existing* open
interest. Dozens of strikes of deep calls, whose puts are nearly worthless, each trade a small multiple (1.4 to 4.7
times) of their open interest. Other trading in deep calls hits a few strikes, or strikes with almost no open interest.

The rule looks at calls that could be part of a play: delta of 0.9 or more, open interest of at least 10, and a put
worth at most 0.1% of the spot. A call *turned over* if it traded more than its open interest, and at most 10 times as
much. The session is a dividend play if the calls that turned over hold at least 40% of that open interest and number at
least 20.

In four plays of IWM and TLT and one of SPY the share was 0.59 to 1.00 and the number 41 to 100. In 226 other sessions
of nine underlyings none met both conditions; the closest had a share of 0.40 with 14 calls, or 0.50 with 12. The
thresholds were chosen on these sessions; in a chain with few strikes a play can go undetected.

The open interest published the next morning no longer contains the exercised calls, which confirms the play
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
"""Highest price of the put, as a fraction of the spot: its time value is then too small to stop an exercise."""
TICK = 0.01
"""A put at one tick counts as worthless whatever the spot."""
MAX_TURNOVER = 10
"""Above this the volume is new trading, not existing open interest passed around."""


def _could_be_exercised(of: Callable[[str], pl.Expr], open_interest: pl.Expr) -> pl.Expr:
    """Whether a call could be part of a play; `open_interest` must be that of before the session."""
    worthless = pl.max_horizontal(MAX_PUT * of("underlying_price"), TICK)
    return (
        (of("call_delta") >= MIN_DELTA)
        & (open_interest >= MIN_HELD)
        & (of("put_last") <= worthless)
        & of("underlying_price").is_not_null()
        & pl.col("oi_lag").is_not_null()
    )


def _turned_over(volume: pl.Expr, open_interest: pl.Expr, could: pl.Expr) -> pl.Expr:
    return (could & (volume > open_interest) & (volume <= MAX_TURNOVER * open_interest)).fill_null(value=False)


@metric(grain="strike", unit="boolean")
def call_could_be_exercised() -> pl.Expr:
    """Whether the call could be part of a dividend play: live, deep in the money, with open interest and a nearly worthless put."""
    could = _could_be_exercised(pl.col, held_at_open("call"))
    return (could & is_live()).fill_null(value=False)


@metric(grain="strike", unit="boolean")
def call_turned_over() -> pl.Expr:
    """Whether a call that could be part of a dividend play traded more than its open interest, and at most 10 times as much."""
    return _turned_over(pl.col("call_volume"), held_at_open("call"), call_could_be_exercised())


def _share() -> pl.Expr:
    open_interest = held_at_open("call")
    could = open_interest.filter(call_could_be_exercised.over_all()).sum()
    has_volume = pl.col("call_volume").is_not_null().any()
    return pl.when(has_volume & (could > 0)).then(open_interest.filter(call_turned_over.over_all()).sum() / could)


def _is_play(share: pl.Expr, calls: pl.Expr, min_turnover_share: float, min_play_calls: int) -> pl.Expr:
    return (share >= min_turnover_share).fill_null(value=False) & (calls >= min_play_calls)


@metric(grain="snapshot", unit="1")
def dividend_play_share() -> pl.Expr:
    """Share of open interest that turned over, among calls that could be part of a dividend play (own definition).

    Null where there is no such call, or where no volume is known.
    """
    return _share()


@metric(grain="snapshot", unit="1")
def dividend_play_calls() -> pl.Expr:
    """Number of calls that turned over, among those that could be part of a dividend play."""
    return call_turned_over.over_all().sum().cast(pl.Int64)


@metric(grain="snapshot", unit="boolean")
def is_dividend_play(min_turnover_share: float = 0.4, min_play_calls: int = 20) -> pl.Expr:
    """Whether the session is classified as a dividend play: `min_turnover_share` of the open interest turned over, in at least `min_play_calls` calls.

    Own definition; the open interest is that of calls that could be part of a play (`call_could_be_exercised`). Null
    where the spot is unknown.
    """
    play = _is_play(dividend_play_share(), dividend_play_calls(), min_turnover_share, min_play_calls)
    return pl.when(pl.col("underlying_price").is_not_null()).then(play)


@metric(grain="snapshot", unit="USD")
def dividend_play_premium() -> pl.Expr:
    """Premium attributed to a dividend play: that of the calls that turned over in such a session, else 0 (own definition)."""
    return pl.when(is_dividend_play.over_all()).then(turned_over_premium()).otherwise(0.0)


@metric(grain="snapshot", unit="contracts")
def dividend_play_volume() -> pl.Expr:
    """Call volume attributed to a dividend play: that of the calls that turned over in such a session, else 0 (own definition)."""
    return pl.when(is_dividend_play.over_all()).then(turned_over_volume()).otherwise(0)


@metric(grain="snapshot", unit="USD")
def turned_over_premium() -> pl.Expr:
    """Premium of the calls that turned over; in most sessions this is not a dividend play."""
    return premium.call().filter(call_turned_over.over_all()).sum()


@metric(grain="snapshot", unit="contracts")
def turned_over_volume() -> pl.Expr:
    """Volume of the calls that turned over; in most sessions this is not a dividend play."""
    return pl.col("call_volume").filter(call_turned_over.over_all()).sum()


@sided(grain="strike", unit="boolean")
def dividend_play(side: str, min_turnover_share: float = 0.4, min_play_calls: int = 20) -> pl.Expr:
    """Whether the {side} is excluded from the flow as part of a dividend play; puts never are (own definition)."""
    if side == "put":
        return pl.col("put_volume").is_not_null() & pl.lit(value=False)
    turned = call_turned_over.over_all()
    return turned & _is_play(_share(), turned.sum(), min_turnover_share, min_play_calls).over(SNAPSHOT_ID)


def _then(column: str) -> pl.Expr:
    """The column in the session that made the change of open interest."""
    return pl.when(pl.col("oi_lag") == 1).then(prior(column)).when(pl.col("oi_lag") == 0).then(pl.col(column))


@metric(grain="snapshot", unit="boolean", rows="traded")
def dividend_play_confirmed(min_collapsed: int = 10, min_collapsed_share: float = 0.5) -> pl.Expr:
    """Whether the session that changed the open interest was a dividend play, confirmed by the contracts exercised.

    At the close that session is the *previous* one, before the next open it is the day's own (`oi_lag` 1 and 0).
    Confirmed: of the calls that turned over in it, at least `min_collapsed`, and at least `min_collapsed_share` of
    them, lost half of their open interest or more. Null where no change of open interest is known.
    """
    before, after = prior("call_open_interest"), pl.col("call_open_interest")
    turned = _turned_over(_then("call_volume"), before, _could_be_exercised(_then, before)) & after.is_not_null()
    collapsed = turned & (after <= 0.5 * before)
    has_change = (after - before).is_not_null().any()
    return pl.when(has_change).then(
        (collapsed.sum() >= min_collapsed) & (collapsed.sum() >= min_collapsed_share * turned.sum())
    )
