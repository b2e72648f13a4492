"""Price levels to watch, each labelled by its position: a support below the spot, a resistance above it, whatever its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import weekly_expiries
from flowbt.documents import Result
from flowbt.expiries import expiry_session
from flowbt.flow.day import Day
from flowbt.flow.requested_metrics import FLOORS, FRIDAY, LEVELS, PIVOT_KINDS
from flowbt.metrics.catalogue.technical import label_level

OF_CHART: Final = {
    "SMA 30": "sma_30",
    "SMA 200": "sma_200",
    "Bollinger lower": "bollinger_lower",
    "Bollinger middle": "bollinger_mid",
    "Bollinger upper": "bollinger_upper",
    "30-session low": "low_30",
    "30-session high": "high_30",
}
OF_CHAIN: Final = {
    "call wall": "call_wall",
    "put wall": "put_wall",
    "zero gamma": "zero_gamma",
    "max pain": "max_pain",
    "contention strike": "contention_strike",
    "next call peak": "next_call_peak",
    "put floor": "put_floor",
}
PIVOT_NAMES: Final = {"support_1": "S1", "pivot": "pivot", "resistance_1": "R1"}
SESSIONS: Final = {"this": "today", "next": "next session"}


@dataclass(frozen=True)
class LabelledLevel(Result):
    """A price level by its position.

    Attributes:
        level: its name, such as `call wall`.
        price: in price units.
        label: `support`, `resistance` or `at the price`; None without a spot.
        distance: price over spot less 1; None without a spot.
        of: its source: `chart` (price bars), `chain`, or `given` (the user's).
    """

    level: str
    price: float
    label: str | None
    distance: float | None
    of: str


@dataclass(frozen=True, kw_only=True)
class Levels(Result):
    """Prices by the name of their metric, None where unknown.

    Attributes:
        bollinger: lower, middle and upper band.
        put_floors: the largest out-of-the-money put strikes, the largest first.
        labelled: all levels, the highest first.
        unknown: names of the levels that are not known.
        call_wall: strike with the largest call gamma exposure.
        put_wall: strike with the largest put gamma exposure.
        zero_gamma: spot at which gamma exposure changes its sign.
        absolute_gamma_strike: strike with the largest gamma of calls and puts together.
        call_oi_peak: strike with the largest call open interest.
        put_oi_peak: strike with the largest put open interest.
        contention_strike: out-of-the-money strike with the largest call open interest.
        next_call_peak: next call peak above the contention strike.
        put_floor: strike below the spot with the largest put open interest.
        pivot: floor traders' pivot of the day's bar.
        support_1: first pivot support.
        resistance_1: first pivot resistance.
        low_30: lowest low of 30 sessions.
        high_30: highest high of 30 sessions.
        sma_30: mean close of 30 sessions.
        sma_200: mean close of 200 sessions.
        bollinger_lower: lower Bollinger band.
        bollinger_mid: middle Bollinger band.
        bollinger_upper: upper Bollinger band.
    """

    call_wall: float | None
    put_wall: float | None
    zero_gamma: float | None
    absolute_gamma_strike: float | None
    call_oi_peak: float | None
    put_oi_peak: float | None
    contention_strike: float | None
    next_call_peak: float | None
    put_floor: float | None
    pivot: float | None
    support_1: float | None
    resistance_1: float | None
    low_30: float | None
    high_30: float | None
    sma_30: float | None
    sma_200: float | None
    bollinger_lower: float | None
    bollinger_mid: float | None
    bollinger_upper: float | None
    bollinger: tuple[float | None, ...]
    put_floors: tuple[float, ...]
    labelled: tuple[LabelledLevel, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class StrikeOpenInterest(Result):
    """A strike and its open interest in contracts.

    Attributes:
        strike: strike price.
        open_interest: contracts open at it.
    """

    strike: float
    open_interest: int


@dataclass(frozen=True, kw_only=True)
class Peaks(Result):
    """Where the out-of-the-money open interest of this Friday's expiry peaks (on the NSE that of its next weekly expiry).

    Attributes:
        expiration: the date that the source gives it; None where no contract of it is listed.
        expires_on: the session on which it expires.
        calls: the three largest call strikes.
        puts: the three largest put strikes.
        contention_strike: in price units, None where unknown; so are the others.
        next_call_peak: likewise.
        put_floors: likewise, the largest first.
    """

    expiration: date | None
    expires_on: date
    calls: tuple[StrikeOpenInterest, ...]
    puts: tuple[StrikeOpenInterest, ...]
    contention_strike: float | None
    next_call_peak: float | None
    put_floors: tuple[float, ...]


def levels(day: Day, own: Mapping[str, float] | None = None) -> Levels:
    """The day's levels, with those of the user's own."""
    today = day.today
    return Levels(
        **{name: today[name] for name in LEVELS},
        bollinger=tuple(today[f"bollinger_{name}"] for name in ("lower", "mid", "upper")),
        put_floors=tuple(today[name] for name in FLOORS if today[name] is not None),
        labelled=labelled(day, own or {}),
        unknown=tuple(name for name, metric in (OF_CHART | OF_CHAIN).items() if today[metric] is None),
    )


def labelled(day: Day, own: Mapping[str, float]) -> tuple[LabelledLevel, ...]:
    """The known levels, the highest first."""
    today, bar, spot = day.today, day.bar, day.spot
    prices: dict[str, list[tuple[str, float | None]]] = {
        "chart": [(name, today[metric]) for name, metric in OF_CHART.items()],
        "chain": [(name, today[metric]) for name, metric in OF_CHAIN.items()],
        "given": list(own.items()),
    }
    prices["chart"] += [("low of the day", bar.get("low")), ("high of the day", bar.get("high"))]
    prices["chart"] += [
        (f"{PIVOT_NAMES[level]} {kind}, {SESSIONS[session]}", today[f"{level}(kind={kind}, session={session})"])
        for kind in PIVOT_KINDS
        for session in SESSIONS
        for level in PIVOT_NAMES
        # both kinds have the same pivot
        if kind == PIVOT_KINDS[0] or level != "pivot"
    ]
    rows = [
        LabelledLevel(name, price, label_level(price, spot), price / spot - 1 if spot else None, source)
        for source, named in prices.items()
        for name, price in named
        if price is not None
    ]
    return tuple(sorted(rows, key=lambda row: -row.price))


def peaks(day: Day) -> Peaks:
    """The peaks of this Friday's open interest on the day."""
    today = day.today
    friday = weekly_expiries(day.date, 1, day.exchange)[0]
    return Peaks(
        expiration=_listed(day, friday),
        expires_on=friday,
        calls=_largest_strikes(day, "call"),
        puts=_largest_strikes(day, "put"),
        contention_strike=today[f"contention_strike{FRIDAY}"],
        next_call_peak=today[f"next_call_peak{FRIDAY}"],
        put_floors=tuple(today[f"{floor}{FRIDAY}"] for floor in FLOORS if today[f"{floor}{FRIDAY}"] is not None),
    )


def _largest_strikes(day: Day, side: str) -> tuple[StrikeOpenInterest, ...]:
    open_interest = pl.col(f"{side}_oi_at_strike{FRIDAY}")
    top = day.strikes.filter(open_interest > 0).sort(open_interest, "strike", descending=[True, False]).head(3)
    rows = top.select("strike", open_interest.name.keep()).iter_rows()
    return tuple(StrikeOpenInterest(strike, contracts) for strike, contracts in rows)


def _listed(day: Day, session: date) -> date | None:
    """The expiration of the contracts that expire on a session, if any is listed."""
    listed = day.contracts["expiration"].unique().sort()
    return next((expiration for expiration in listed if expiry_session(expiration, day.exchange) == session), None)
