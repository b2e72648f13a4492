"""The numbers behind the report's charts."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from flowbt.documents import Result
from flowbt.flow.day import Day
from flowbt.metrics.catalogue.zero_gamma import spot_grid

AROUND: Final = 0.15
"""How far from the spot open interest is shown, as a fraction of it."""
SESSIONS: Final = 63
EXPIRIES: Final = 12


@dataclass(frozen=True)
class StrikeHoldings(Result):
    """Open interest of a strike in all live expiries, in contracts.

    Attributes:
        strike: strike price.
        calls: open call contracts.
        puts: open put contracts.
    """

    strike: float
    calls: int
    puts: int


@dataclass(frozen=True)
class SessionFlow(Result):
    """A session of the history; numbers are None where unknown.

    Attributes:
        date: the session.
        net_premium: call premium minus put premium, in the currency of the exchange.
        put_call_volume_ratio: put volume over call volume.
        score: of the flow verdict, from -1 (bearish) to 1 (bullish).
        verdict: -1, 0 or 1.
    """

    date: dt.date
    net_premium: float | None
    put_call_volume_ratio: float | None
    score: float | None
    verdict: int | None


@dataclass(frozen=True)
class ExpiryMaxPain(Result):
    """Max pain of an expiry, the strikes that are as good (`low` to `high`), and the expected move; all in price units.

    Attributes:
        expiration: of the expiry.
        max_pain: its max pain.
        low: lower end of the max-pain range.
        high: upper end.
        expected_move: one expected move until expiration, in price units.
    """

    expiration: dt.date
    max_pain: float
    low: float
    high: float
    expected_move: float | None


@dataclass(frozen=True)
class GammaPoint(Result):
    """The gamma exposure (currency per 1% move) if the underlying were at `spot`.

    Attributes:
        spot: assumed price of the underlying.
        gex: gamma exposure there, per 1% move.
    """

    spot: float
    gex: float


@dataclass(frozen=True)
class ChartData(Result):
    """Rows of each chart; empty where unknown.

    Attributes:
        oi_by_strike: strikes within `AROUND` of the spot that have open interest.
        history: the last `SESSIONS` sessions, the day's own last.
        max_pain: the next `EXPIRIES` expiries whose max pain is known.
        gex_profile: gamma exposure over a grid of prices.
    """

    oi_by_strike: tuple[StrikeHoldings, ...] = ()
    history: tuple[SessionFlow, ...] = ()
    max_pain: tuple[ExpiryMaxPain, ...] = ()
    gex_profile: tuple[GammaPoint, ...] = ()


def chart_data(day: Day) -> ChartData:
    """The rows that the charts of a day are drawn from."""
    spot = day.spot
    strikes = day.strikes.select(
        "strike",
        pl.col("call_oi_at_strike").fill_null(0).alias("calls"),
        pl.col("put_oi_at_strike").fill_null(0).alias("puts"),
    )
    if spot:
        strikes = strikes.filter(pl.col("strike").is_between(spot * (1 - AROUND), spot * (1 + AROUND)))
    with_interest = strikes.filter((pl.col("calls") > 0) | (pl.col("puts") > 0))
    sessions = day.history.tail(SESSIONS).select("date", "net_premium", "put_call_volume_ratio", "score", "verdict")
    expiries = day.expiries.head(EXPIRIES).select(
        "expiration",
        "max_pain",
        pl.col("max_pain_low").alias("low"),
        pl.col("max_pain_high").alias("high"),
        "expected_move",
    )
    return ChartData(
        oi_by_strike=tuple(StrikeHoldings(*row) for row in with_interest.iter_rows()),
        history=tuple(SessionFlow(*row) for row in sessions.iter_rows()),
        max_pain=tuple(ExpiryMaxPain(*row) for row in expiries.filter(pl.col("max_pain").is_not_null()).iter_rows()),
        gex_profile=_profile(day),
    )


def _profile(day: Day) -> tuple[GammaPoint, ...]:
    profile, spot = day.today["gex_profile"], day.spot
    if profile is None or not spot:
        return ()
    prices = spot * np.exp(spot_grid())
    return tuple(GammaPoint(float(price), float(gex)) for price, gex in zip(prices, profile, strict=True))
