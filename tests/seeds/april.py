"""IWM on 2026-04-08: a chain that yields the numbers of the flow report of that day.

1. The contracts listed and their quotes with the underlying at 260.50 (`contracts`), not at the 261.30 of the report's
   header: only from 260.375 to 260.625 is the spot 4.2% above a max pain of 250.
2. What is usually held and traded of each after weeks around 250 (`habits`).
3. The nearest book under which all that the report says of positions and flow holds at once (`totals`).

What the report leaves open is read as follows. Call open interest "near-term" is that of the next expiry, 9 April. Max pain
is 250 in every expiry up to 24 April: there, as many calls are held below 250 as puts above, so that what is held at 250
itself decides. DEX is gross, GEX in USD per 1% with dealers long calls and short puts.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from tests.seeds.contracts import contracts, days_left, expirations, is_call, quoted, strike_rows, where
from tests.seeds.habits import popularity, usually_held, usually_traded
from tests.seeds.totals import Ints, Total, fit, whole

from flowbt.calendar import previous_session

DAY: Final = date(2026, 4, 8)
SPOT: Final = 260.5
CLOSE: Final = 261.30
RANGE: Final = (244.0, 261.0)
"""Lowest and highest price while most of what is held was opened."""
MIDDLE: Final = (257.0, 239.0)
"""Where most calls and most puts are held."""
MOST_ELSEWHERE: Final = 80_000
"""About as many puts as a strike that the report does not name may hold; the least of its clusters has 120,817."""
VOLATILITY: Final = 0.235
MONTHS: Final = ((2026, 4), (2026, 5), (2026, 6), (2026, 9), (2026, 12), (2027, 1))
MAX_PAIN: Final = 250.0
PINNED_UNTIL: Final = date(2026, 4, 24)

CLUSTERS: Final = {230.0: 132_452, 240.0: 124_776, 245.0: 120_817}
NEAR_TERM_CALLS: Final = {260.0: 7_467, 259.0: 1_459, 258.0: 3_120, 257.0: 2_260, 256.0: 4_385}
"""In the next expiry. Printed are 260 and 259; of the rest only that calls concentrate from 256 to 260."""
NEXT_EXPIRY: Final = date(2026, 4, 9)
LISTED_BEFORE: Final = expirations(previous_session(DAY), MONTHS)
"""What holds positions; in an expiry that opens on the day nothing can be held yet."""


@dataclass(frozen=True)
class Notable:
    """A contract that the report names, or one like those whose names it left out: traded, held, held a session earlier.

    The report prints none of these numbers.
    """

    expiration: date
    strike: float
    option_type: str
    volume: int
    held: int
    held_before: int

    @property
    def contract(self) -> tuple[date, float, str]:
        return self.expiration, self.strike, self.option_type


NOTABLE: Final = (
    Notable(date(2026, 5, 15), 249.0, "put", 30_250, 22_410, 5_630),
    Notable(date(2026, 4, 24), 256.0, "put", 21_480, 15_320, 3_980),
    Notable(date(2026, 4, 10), 258.0, "put", 14_900, 6_120, 4_840),
    Notable(date(2026, 6, 18), 240.0, "put", 9_750, 31_300, 28_900),
    Notable(date(2026, 4, 24), 267.0, "call", 2_940, 2_180, 1_540),
    Notable(date(2026, 5, 15), 270.0, "call", 3_110, 6_430, 5_520),
)


@cache
def chain() -> pl.DataFrame:
    """The strike rows of the day."""
    return strike_rows(booked(), DAY, SPOT)


@cache
def booked() -> pl.DataFrame:
    """The contracts of the day with their quotes, `volume` and `open_interest`."""
    listed = quoted(contracts(DAY, expirations(DAY, MONTHS), *RANGE), DAY, SPOT, VOLATILITY)
    return listed.with_columns(
        pl.Series("volume", _traded(listed)),
        pl.Series("open_interest", _held(listed)),
    )


def _held(listed: pl.DataFrame) -> Ints:
    calls, live = is_call(listed), days_left(listed, DAY) > 0
    strike, delta, gamma = (listed[name].fill_null(0).to_numpy() for name in ("strike", "delta", "gamma"))
    ordinary = usually_held(listed, DAY, MIDDLE, 1.6e6, 8.5e6) * popularity(listed, 0.35, 1)
    ordinary[~listed["expiration"].is_in(LISTED_BEFORE).to_numpy()] = 0.0
    puts, near = live & ~calls, calls & (listed["expiration"] == NEXT_EXPIRY).to_numpy()
    _, place = np.unique(strike, return_inverse=True)
    at_strike = np.bincount(place, np.where(puts, ordinary, 0.0))[place]
    kept = MOST_ELSEWHERE * -np.expm1(-at_strike / MOST_ELSEWHERE) / np.maximum(at_strike, 1.0)
    ordinary = np.where(puts, kept * ordinary, ordinary)
    printed = [Total.of(puts & (strike == level), held) for level, held in CLUSTERS.items()]
    printed += [Total.of(near & (strike == level), held) for level, held in NEAR_TERM_CALLS.items()]
    printed += [Total.of(where(listed, *each.contract), each.held) for each in NOTABLE]
    sign = np.where(calls, 1.0, -1.0)
    other = [
        Total.of(near & (strike > 260), 9_200),
        Total(np.where(live, np.where(calls, -2.51, 1.0), 0.0), 0.0),
        Total(np.where(live, np.abs(delta) * 100, 0.0), 168.5e6),
        Total(np.where(live, sign * gamma * 100 * SPOT**2 * 0.01, 0.0), -12.5e6),
    ]
    for expiration in listed["expiration"].unique().sort():
        if DAY < expiration <= PINNED_UNTIL and expiration in LISTED_BEFORE:
            of_expiry = (listed["expiration"] == expiration).to_numpy()
            below, above = of_expiry & calls & (strike < MAX_PAIN), of_expiry & ~calls & (strike > MAX_PAIN)
            other.append(Total(1.0 * below - 1.0 * above, 0.0))
    # gamma is largest for the few that expire next at the price: they alone would bring it to any total
    give = 1 / np.maximum(gamma / 0.02, 1.0)
    return whole(fit(ordinary, [*printed, *other], give), printed)


def _traded(listed: pl.DataFrame) -> Ints:
    calls, last = is_call(listed), listed["last"].to_numpy()
    ordinary = usually_traded(listed, DAY, SPOT, 4.0e5, 1.19e6) * popularity(listed, 0.6, 2)
    named = [Total.of(where(listed, *each.contract), each.volume) for each in NOTABLE]
    totals = [
        Total.of(calls, 398_000),
        Total.of(~calls, 2.98 * 398_000),
        Total(np.where(calls, 1.0, -1.0) * last * 100, -126.5e6),
        Total(last * 100, 286e6),
    ]
    return whole(fit(ordinary, [*named, *totals]), named)
