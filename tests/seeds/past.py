"""The sessions of IWM before 2026-04-08, reckoned back from it: open interest and volume that belong together.

From the contracts of a session, step by step to the session before: those that were listed then, and those that expired
then; what was traded by the habits of the day; and the open interest from which that trading led to the later one. No
contract's open interest changes by more than was traded, as on an exchange. The last step makes the changes that the flow
report names.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from tests.seeds.april import CLOSE, DAY, MIDDLE, MONTHS, NOTABLE, RANGE, VOLATILITY, booked
from tests.seeds.contracts import SYMBOL, contracts, expirations, is_call, quoted, strike_rows, where
from tests.seeds.habits import chance, popularity, usually_held, usually_traded
from tests.seeds.totals import Ints

from flowbt.calendar import previous_session, sessions
from flowbt.schema import PRICE_BARS, conform

CLOSES: Final = (
    *(247.62, 249.05, 248.11, 246.87, 245.31, 246.90, 248.34, 247.02, 245.88, 244.19, 245.64, 246.71, 248.93, 250.12),
    *(249.40, 247.76, 246.05, 244.57, 246.28, 248.87, 251.03, 252.46, 251.59, 253.94, 256.13, 257.88),
)
"""Of the sessions up to 7 April."""
PUTS_OPENED: Final = 0.12
"""Share of the put volume of 7 April by which the open interest rose; else about `OPENED` of either side."""
OPENED: Final = 0.015


@cache
def chains_before(count: int = 25) -> pl.DataFrame:
    """The strike rows of as many sessions before the day of the report, at most as many as there are closes."""
    steps = _back()
    return pl.concat([next(steps) for _ in range(count)][::-1])


def bars(count: int = 220) -> pl.DataFrame:
    """Daily bars of as many sessions up to the day of the report; before the closes above, a slow climb to them."""
    days = sessions(date(DAY.year - 2, 1, 1), DAY)[-count:]
    place = np.arange(count - len(CLOSES) - 1)
    early = 226 + (CLOSES[0] - 227) * place / place.size + 2.4 * np.sin(place / 7) + 1.3 * np.sin(place / 2.3)
    close = np.round([*early, *CLOSES, CLOSE], 2)
    opened = np.round(np.append(close[0], close[:-1]) + 0.4 * np.sin(np.arange(count)), 2)
    reach = np.round(0.7 + 0.5 * np.cos(np.arange(count) / 3) ** 2, 2)
    bar = {
        "symbol": SYMBOL,
        "date": days,
        "open": opened,
        "high": np.maximum(opened, close) + reach,
        "low": np.minimum(opened, close) - reach,
        "close": close,
        "volume": np.rint(3.1e7 + 6e6 * np.sin(np.arange(count) * 1.7)).astype(np.int64),
    }
    return conform(pl.DataFrame(bar), PRICE_BARS)


def _back() -> Iterator[pl.DataFrame]:
    later, day = booked().select("expiration", "strike", "option_type", "open_interest"), DAY
    for number, spot in enumerate(reversed(CLOSES)):
        day = previous_session(day)
        later = _session_before(later, day, spot, number)
        yield strike_rows(quoted(later, day, spot, VOLATILITY), day, spot)


def _session_before(later: pl.DataFrame, day: date, spot: float, number: int) -> pl.DataFrame:
    """The contracts of the day with volume and open interest, from those of the session after it."""
    expired = contracts(day, [day], *RANGE)
    ordinary = usually_held(expired, day, MIDDLE, 24_000, 42_000) * popularity(expired, 0.35, 1)
    expired = expired.with_columns(pl.Series("open_interest", np.rint(ordinary).astype(np.int64)))
    open_to_trade = expirations(day, MONTHS)
    listed = pl.concat([expired, later.select(expired.columns).filter(pl.col("expiration").is_in(open_to_trade))])
    held, volume = listed["open_interest"].to_numpy(), _traded(listed, day, spot, number)
    rise = np.where(is_call(listed), OPENED, PUTS_OPENED if number == 0 else OPENED)
    change = np.rint(np.clip(rise + 0.12 * chance(listed, 1_000 + number), -0.4, 0.4) * volume).astype(np.int64)
    before = np.where((listed["expiration"] == day).to_numpy(), held, np.maximum(held - change, 0))
    first_day = ~listed["expiration"].is_in(expirations(previous_session(day), MONTHS)).to_numpy()
    before = np.where(first_day, 0, before)
    for notable in NOTABLE if number == 0 else ():
        before[where(listed, *notable.contract)] = notable.held_before
    volume = np.maximum(volume, np.abs(held - before))
    return listed.with_columns(pl.Series("open_interest", before), pl.Series("volume", volume))


def _traded(listed: pl.DataFrame, day: date, spot: float, number: int) -> Ints:
    mood, size = np.sin(1.9 * number + 0.4), np.cos(2.3 * number)
    calls = 3.3e5 * (1 + 0.15 * size)
    ordinary = usually_traded(listed, day, spot, calls, calls * (2.05 + 0.35 * mood))
    return np.rint(ordinary * popularity(listed, 0.5, 2) * popularity(listed, 0.4, 2_000 + number)).astype(np.int64)
