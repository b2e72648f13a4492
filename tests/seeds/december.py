"""IWM on 2025-12-29, 2:51 pm in New York: daily bars and a chain that yield the numbers of the options signal of that day.

The bars: the twenty closes of December are a template stretched and shifted until mean and deviation are those of the
Bollinger bands, with the last two as printed; the ten before fill up the 30-session mean, and those before them the
200-session mean. The last bar is that of the day so far.

The chain: what is usual (`habits`), with the printed open interest of this Friday's contracts and the put/call ratio over
all expiries, which is how the signal words it. Of the protective put only the open interest is printed; it is taken to be
Friday's put at 245, the strike next to the 244.92 below which it should protect.
"""

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from tests.seeds.contracts import (
    SYMBOL,
    Floats,
    contracts,
    days_left,
    expirations,
    is_call,
    quoted,
    strike_rows,
    where,
)
from tests.seeds.habits import popularity, usually_held, usually_traded
from tests.seeds.totals import Ints, Total, fit, whole

from flowbt.calendar import previous_session, sessions
from flowbt.schema import PRICE_BARS, conform

DAY: Final = date(2025, 12, 29)
FRIDAY: Final = date(2026, 1, 2)
SPOT: Final = 249.80
CLOSE_BEFORE: Final = 251.42
VOLATILITY: Final = 0.19
MONTHS: Final = ((2026, 1), (2026, 2), (2026, 3), (2026, 6), (2026, 12), (2027, 1))
PRINTED: Final = {
    ("call", 255.0): 10_000,
    ("call", 266.0): 8_401,
    ("put", 240.0): 7_739,
    ("put", 235.0): 7_321,
    ("put", 245.0): 5_682,
}
MOST_ELSEWHERE: Final = 4_500
"""About as much as any other contract of the Friday may hold."""

MEAN_OF_20, DEVIATION_OF_20, MEAN_OF_30, MEAN_OF_200 = 250.94, 3.01, 246.33, 224.02
DECEMBER: Final = (
    *(246.1, 247.6, 250.0, 251.1, 250.8, 250.9, 251.6, 254.4, 257.2, 254.1),
    *(252.2, 250.1, 247.3, 248.2, 250.6, 252.4, 252.8, 252.9),
)
NOVEMBER: Final = (237.5, 234.9, 233.0, 231.4, 229.6, 235.1, 239.9, 241.8, 243.5, 244.4)
EARLIER: Final = ((0, 206), (22, 182), (45, 203), (75, 212), (100, 222), (125, 236), (150, 245), (169, 239))
"""Session and close; in between a straight line."""
HIGH_BEFORE, LOW_BEFORE, LOW = 252.19, 249.11, 249.35


@cache
def bars() -> pl.DataFrame:
    """Daily bars of 200 sessions up to the day."""
    days = sessions(date(2025, 1, 1), DAY)[-200:]
    close = np.array([*_earlier(), *NOVEMBER, *_december()])
    opened = np.round(np.append(close[0], close[:-1]) + 0.5 * np.sin(np.arange(200)), 2)
    reach = np.round(0.6 + 0.9 * np.cos(np.arange(200) / 3) ** 2, 2)
    high, low = np.maximum(opened, close) + reach, np.minimum(opened, close) - reach
    opened[-2:] = 250.87, 250.98
    high[-2:], low[-2:] = (HIGH_BEFORE, 251.06), (LOW_BEFORE, LOW)
    bar = {
        "symbol": SYMBOL,
        "date": days,
        "open": opened,
        "high": high,
        "low": low,
        "close": close,
        "volume": 31_000_000,
    }
    return conform(pl.DataFrame(bar), PRICE_BARS)


@cache
def chain() -> pl.DataFrame:
    """The strike rows of the day."""
    listed = quoted(contracts(DAY, expirations(DAY, MONTHS), 243.0, 261.0), DAY, SPOT, VOLATILITY)
    return strike_rows(
        listed.with_columns(pl.Series("volume", _traded(listed)), pl.Series("open_interest", _held(listed))), DAY, SPOT
    )


def _held(listed: pl.DataFrame) -> Ints:
    calls, live = is_call(listed), days_left(listed, DAY) > 0
    friday = (listed["expiration"] == FRIDAY).to_numpy()
    ordinary = usually_held(listed, DAY, (252.0, 243.0), 1.9e6, 4.1e6) * popularity(listed, 0.35, 1)
    ordinary[~listed["expiration"].is_in(expirations(previous_session(DAY), MONTHS)).to_numpy()] = 0.0
    ordinary[friday] = MOST_ELSEWHERE * -np.expm1(-ordinary[friday] / MOST_ELSEWHERE)
    printed = [Total.of(where(listed, FRIDAY, strike, side), held) for (side, strike), held in PRINTED.items()]
    ratio = Total(np.where(live, np.where(calls, -2.18, 1.0), 0.0), 0.0)
    return whole(fit(ordinary, [*printed, ratio]), printed)


def _traded(listed: pl.DataFrame) -> Ints:
    ordinary = usually_traded(listed, DAY, SPOT, 2.6e5, 5.2e5) * popularity(listed, 0.6, 2)
    return np.rint(ordinary).astype(np.int64)


def _december() -> list[float]:
    """The template as `shift + stretch * template`, so that it and the last two closes have the mean and deviation."""
    last = np.array([CLOSE_BEFORE, SPOT])
    template = np.array(DECEMBER) - np.mean(DECEMBER)
    shift = (20 * MEAN_OF_20 - last.sum()) / template.size
    squares = 20 * DEVIATION_OF_20**2 - ((last - MEAN_OF_20) ** 2).sum() - template.size * (shift - MEAN_OF_20) ** 2
    stretch = np.sqrt(squares / (template**2).sum())
    return [*np.round(shift + stretch * template, 2).tolist(), *last.tolist()]


def _earlier() -> Floats:
    place = np.arange(170)
    at, level = np.array(EARLIER, dtype=np.float64).T
    line = np.interp(place, at, level) + 1.1 * np.sin(place * 1.7) + 0.8 * np.sin(place / 3.1)
    wanted = (200 * MEAN_OF_200 - 30 * MEAN_OF_30) / 170
    shifted: Floats = np.round(line + wanted - line.mean(), 2)
    return shifted
