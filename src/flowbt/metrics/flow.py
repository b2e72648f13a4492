"""What traded today: volume and premium, by side and against each other.

Flow counts every contract of the day, those that expire on it included. An end-of-day chain does not say who bought, so
premium is unsigned: call premium minus put premium, not buying minus selling.

**Dividend plays** are not flow. On the session before an ex-date market makers trade deep in-the-money calls with each
other, far above the open interest, to capture the dividend of calls that others forget to exercise; on real IWM chains of
2026-06-12 that was 2.7 of 3.1 billion USD of premium. Without a dividend calendar the chain gives this much: calls of
delta 0.9 or more with more volume than open interest that make up most of the day's gross premium. A day on which they do
is taken for one, and they are left out unless `dividend_plays=include`. The share that counts as most, 0.8, rests on that one event
(0.89) and on what was no play (up to 0.73, TLT on 2026-08-11): read it beside `dividend_play_share`.
"""

from typing import Literal

import polars as pl

from flowbt.metrics.catalogue import metric
from flowbt.metrics.sums import VOLUMES, sum_known, sum_of

DividendPlays = Literal["exclude", "include"]


def _price(side: str) -> pl.Expr:
    """VWAP, else the last trade (of today, since it is only asked of what traded), else the middle of the quote."""
    mid = (pl.col(f"{side}_bid") + pl.col(f"{side}_ask")) / 2
    return pl.coalesce(f"{side}_vwap", f"{side}_last", mid)


def _premium(side: str) -> pl.Expr:
    volume = pl.col(f"{side}_volume")
    return pl.when(volume > 0).then(_price(side) * volume * pl.col("multiplier"))


@metric(grain="strike", unit="USD")
def call_premium() -> pl.Expr:
    """Premium traded in the strike's call: price times volume times multiplier; null where it did not trade.

    The price is the VWAP where the source has one, else the last trade, else the middle of the closing quote.
    """
    return _premium("call")


@metric(grain="strike", unit="USD")
def put_premium() -> pl.Expr:
    """Premium traded in the strike's put: price times volume times multiplier; null where it did not trade."""
    return _premium("put")


def _is_candidate(min_delta: float) -> pl.Expr:
    return (pl.col("call_delta") >= min_delta) & (pl.col("call_volume") > pl.col("call_open_interest"))


@metric(grain="snapshot", unit="USD")
def candidate_premium(min_delta: float = 0.9) -> pl.Expr:
    """Premium of the calls that could be a dividend play: delta of at least `min_delta`, volume above open interest."""
    return pl.when(_is_candidate(min_delta)).then(call_premium()).sum()


@metric(grain="snapshot", unit="contracts")
def candidate_volume(min_delta: float = 0.9) -> pl.Expr:
    """Volume of the calls that could be a dividend play: delta of at least `min_delta`, volume above open interest."""
    return pl.when(_is_candidate(min_delta)).then(pl.col("call_volume")).sum()


@metric(grain="snapshot", unit="1")
def dividend_play_share() -> pl.Expr:
    """Share of the day's gross premium in calls that could be a dividend play; null where nothing traded (own definition)."""
    gross = total_call_premium() + total_put_premium()
    return pl.when(gross > 0).then(candidate_premium() / gross)


def _is_play(min_share: float) -> pl.Expr:
    return dividend_play_share() >= min_share


@metric(grain="snapshot", unit="USD")
def dividend_play_premium(min_share: float = 0.8) -> pl.Expr:
    """Premium taken for a dividend play: that of the candidates where they are `min_share` of the day's gross, else 0 (own definition)."""
    return pl.when(_is_play(min_share)).then(candidate_premium()).otherwise(0.0)


@metric(grain="snapshot", unit="contracts")
def dividend_play_volume(min_share: float = 0.8) -> pl.Expr:
    """Call volume taken for a dividend play: that of the candidates where they are `min_share` of the gross, else 0 (own definition)."""
    return pl.when(_is_play(min_share)).then(candidate_volume()).otherwise(0)


def _sum_of_premium(premium: pl.Expr) -> pl.Expr:
    return sum_known(premium, (call_premium(), put_premium()), VOLUMES)


@metric(grain="snapshot", unit="USD")
def total_call_premium() -> pl.Expr:
    """Call premium traded, dividend plays included; null where no price or volume is known."""
    return _sum_of_premium(call_premium())


@metric(grain="snapshot", unit="USD")
def total_put_premium() -> pl.Expr:
    """Put premium traded; null where no price or volume is known."""
    return _sum_of_premium(put_premium())


@metric(grain="snapshot", unit="contracts")
def total_call_volume() -> pl.Expr:
    """Call contracts traded, dividend plays included."""
    return sum_of("call_volume", VOLUMES)


def _call_premium_counted(dividend_plays: DividendPlays) -> pl.Expr:
    return total_call_premium() if dividend_plays == "include" else total_call_premium() - dividend_play_premium()


@metric(grain="snapshot", unit="USD")
def net_premium(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call premium traded minus put premium traded. Unsigned: an end-of-day chain has no trade side."""
    return _call_premium_counted(dividend_plays) - total_put_premium()


@metric(grain="snapshot", unit="USD")
def gross_premium(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call premium traded plus put premium traded."""
    return _call_premium_counted(dividend_plays) + total_put_premium()


@metric(grain="snapshot", unit="1")
def net_premium_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Net premium over gross premium, from -1 (only puts traded) to 1 (only calls); null where nothing traded."""
    gross = gross_premium(dividend_plays=dividend_plays)
    return pl.when(gross > 0).then(net_premium(dividend_plays=dividend_plays) / gross)


@metric(grain="snapshot", unit="USD")
def net_premium_otm() -> pl.Expr:
    """Net premium of out-of-the-money contracts only, where premium is a bet on a move and not parity."""
    calls = _sum_of_premium(call_premium().filter(pl.col("strike") > pl.col("underlying_price")))
    puts = _sum_of_premium(put_premium().filter(pl.col("strike") < pl.col("underlying_price")))
    return pl.when(pl.col("underlying_price").first().is_not_null()).then(calls - puts)


@metric(grain="snapshot", unit="contracts")
def call_volume(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call contracts traded."""
    return total_call_volume() if dividend_plays == "include" else total_call_volume() - dividend_play_volume()


@metric(grain="snapshot", unit="contracts")
def put_volume() -> pl.Expr:
    """Put contracts traded."""
    return sum_of("put_volume", VOLUMES)


@metric(grain="snapshot", unit="1")
def put_call_volume_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Put contracts traded per call contract, all expiries; null where no call traded.

    An index ETF is put-heavy every day: judge it against the symbol's own history, not against 1.
    """
    calls = call_volume(dividend_plays=dividend_plays)
    return pl.when(calls > 0).then(put_volume() / calls)


@metric(grain="snapshot", unit="1")
def flow_to_stock_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Put/call ratio of the volume over that of the open interest; above 1, flow is more put-heavy than what is held.

    Null where either is, or where no puts are held.
    """
    held = pl.col("put_call_oi_ratio")
    return pl.when(held > 0).then(put_call_volume_ratio(dividend_plays=dividend_plays) / held)
