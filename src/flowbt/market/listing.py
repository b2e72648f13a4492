"""Listed contracts, from which session to which.

1. Expiries (`expiries`): Fridays some weeks ahead, third Fridays up to a year ahead, and Januaries listed in the
   September more than two years before; each on the session before if the Friday is a holiday.
2. A grid per expiry (`_grid`): a fine tick near the price and a coarse one in the wings. Longer expiries have wider
   wings and, because the number of strikes is given, coarser ticks, as on an exchange.
3. Listing (`list_contracts`): an expiry opens with the strikes around the previous close; as the price moves, strikes
   are added so that it stays in the middle of the grid; no strike is delisted before expiry.

All sessions of a path are processed at once, but a strike's first session depends only on earlier closes.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from flowbt.calendar import monthly_expiry, weekly_expiries
from flowbt.market.config import MarketConfig

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TICKS = ((0.5, 5), (1.0, 5), (2.5, 4), (5.0, 5), (10.0, 5), (25.0, 4))
"""Fine ticks in USD, and how many of them make a coarse one; divided by ten for prices below `PENNY_STOCK`."""

PENNY_STOCK = 5.0

UPSIDE = 0.6
"""Reach of the grid above the price relative to that below: there is demand for puts far down, but not for calls as far up."""

GROWTH = 1.25
"""Strikes on a usual day relative to those an expiry opens with, because moving prices add some."""


@dataclass(frozen=True)
class Expiry:
    """One expiration and the first day on which it may be listed."""

    day: date
    listed: date
    monthly: bool


@dataclass(frozen=True)
class Listing:
    """Contracts of a symbol, one element per strike of an expiry, ordered by expiry and strike.

    `first` and `last` number the sessions of the path on which the contract trades; `expiry` points into `expiries`.
    """

    expiries: list[Expiry]
    expiry: Ints
    strike: Floats
    first: Ints
    last: Ints


def expiries(config: MarketConfig, days: list[date]) -> list[Expiry]:
    """Every expiry listed on any of the days, ascending."""
    weeks, months, leaps = _ladder(config)
    start, end = days[0], days[-1]
    by_day = {
        day: Expiry(day, day - timedelta(weeks=weeks), monthly=False)
        for day in weekly_expiries(start - timedelta(days=1), (end - start).days // 7 + weeks + 2)
    }
    for number in range(start.year * 12 + start.month - 1, end.year * 12 + end.month + months):
        day = monthly_expiry(number // 12, number % 12 + 1)
        by_day[day] = Expiry(day, day - timedelta(weeks=max(weeks, round(months * 52 / 12))), monthly=True)
    for year in range(start.year, end.year + 4) if leaps else ():
        day = monthly_expiry(year, 1)
        by_day[day] = Expiry(day, date(year - 3, 9, 15), monthly=True)
    return [by_day[day] for day in sorted(by_day) if day >= start and by_day[day].listed < end]


def list_contracts(config: MarketConfig, days: list[date], close: Floats, volatility: float) -> Listing:
    """Contracts of a symbol with these closes and this long-run volatility."""
    listed = expiries(config, days)
    place = {day: number for number, day in enumerate(days)}
    wanted = _strikes_per_expiry(config)
    columns: list[tuple[Ints, Floats, Ints, Ints]] = []
    for number, expiry in enumerate(listed):
        opens = bisect_right(days, expiry.listed)
        ends = place.get(expiry.day, len(days) - 1)
        before = close[np.maximum(np.arange(opens, ends + 1) - 1, 0)]
        years = (expiry.day - max(expiry.listed, days[0])).days / 365
        strike, added = _grid(before, volatility * np.sqrt(years), wanted)
        columns.append((np.full(strike.size, number), strike, opens + added, np.full(strike.size, ends)))
    expiry_of, strikes, first, last = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Listing(listed, expiry_of, strikes, first, last)


def _ladder(config: MarketConfig) -> tuple[int, int, bool]:
    """Weeks and months ahead for which expiries are listed, and whether Januaries beyond that are."""
    if config.contracts_per_snapshot >= 600:
        return 8, 12, True
    return (4, 6, True) if config.contracts_per_snapshot >= 200 else (3, 3, False)


def _strikes_per_expiry(config: MarketConfig) -> float:
    weeks, months, leaps = _ladder(config)
    # a third Friday among the weeklies is one expiry, not two; one January in three is beyond the monthlies
    usual = weeks + months - weeks * 12 / 52 + (28 - months) / 12 * leaps
    return config.contracts_per_snapshot / 2 / usual / GROWTH


def _grid(before: Floats, deviation: float, wanted: float) -> tuple[Floats, Ints]:
    """Strikes of an expiry, and how many sessions after its opening each is added.

    `before` holds the previous close of each of its sessions, `deviation` the standard deviation of the log price until
    expiry, `wanted` the number of strikes to open with.
    """
    price = float(before[0])
    reach = float(np.clip(3.5 * deviation + 0.08, 0.12, 0.7))
    tick, coarse, near = _ticks(price, reach, float(max(0.02, 0.8 * deviation)), wanted)
    reach = max(reach, near)
    lowest, highest = np.minimum.accumulate(before), np.maximum.accumulate(before)
    # whatever the price, the lowest strikes above zero are listed
    wide = (lowest * np.exp(-reach), np.maximum(highest * np.exp(UPSIDE * reach), coarse * tick))
    close_by = (lowest * np.exp(-near), highest * np.exp(min(near, UPSIDE * reach)))
    number = np.arange(max(np.ceil(wide[0][-1] / tick), 1), np.floor(wide[1][-1] / tick) + 1)
    strike = np.round(number * tick, 2)
    added = np.where(number % coarse == 0, _first_inside(strike, *wide), _first_inside(strike, *close_by))
    kept = added < before.size
    return strike[kept], added[kept]


def _ticks(price: float, reach: float, least_near: float, wanted: float) -> tuple[float, int, float]:
    """Finest ticks with which `wanted` strikes cover the reach, and the log distance that the fine one covers."""
    width = price * (np.exp(UPSIDE * reach) - np.exp(-reach))
    scale = 0.1 if price < PENNY_STOCK else 1.0
    for dollars, coarse in TICKS:
        tick = dollars * scale
        near = (wanted - width / tick / coarse) / (2 * price * (1 - 1 / coarse) / tick)
        if near >= least_near:
            break
    return tick, coarse, float(np.clip(near, least_near, 1.0))


def _first_inside(strike: Floats, lower: Floats, upper: Floats) -> Ints:
    """First session on which each strike is within the bounds, which only widen; the number of sessions if never."""
    below = np.searchsorted(-lower, -strike, side="left")
    above = np.searchsorted(upper, strike, side="left")
    return np.maximum(below, above)
