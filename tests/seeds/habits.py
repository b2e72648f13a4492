"""What is usually held and traded of each option of IWM: the book from which the printed numbers pull a day's book away.

Shapes as in the real chains of summer 2026: the third Fridays hold most, the quarters' above all; puts lie far below the
price and calls around it; round strikes hold several times what their neighbours hold; the next days trade most.
"""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtri
from tests.seeds.contracts import Floats, days_left, is_call

from flowbt.calendar import monthly_expiry

VOLATILITY: Final = 0.22


def usually_held(listed: pl.DataFrame, day: date, middle: tuple[float, float], calls: float, puts: float) -> Floats:
    """Open interest per contract, `calls` and `puts` in all, those of calls and of puts around the prices in `middle`."""
    days = days_left(listed, day)
    weeks = _importance(listed)
    first = is_call(listed)
    out = _out(listed, days, np.where(first, *middle), lived=40)
    shape = np.where(first, _around(out, 0.9, 1.2), _around(out, 0.7, 1.9))
    return _shared_out(listed, weeks * (days + 4.0) ** -0.7 * shape * _roundness(listed, weeks), calls, puts)


def usually_traded(listed: pl.DataFrame, day: date, price: float, calls: float, puts: float) -> Floats:
    """Volume per contract, `calls` and `puts` in all, on a day with the price around `price`."""
    days = days_left(listed, day)
    weeks = _importance(listed)
    out = _out(listed, days, np.full(days.size, price), lived=1)
    shape = np.where(is_call(listed), _around(out, 4.0, 1.5), _around(out, 1.1, 3.5))
    return _shared_out(
        listed, weeks**0.35 * (days + 1.5) ** -1.4 * shape * _roundness(listed, weeks) ** 0.6, calls, puts
    )


def popularity(listed: pl.DataFrame, spread: float, key: int) -> Floats:
    """How much more or less than usual each contract is dear to someone, lognormal, the same whenever it is asked for."""
    factor: Floats = np.exp(spread * chance(listed, key))
    return factor


def chance(listed: pl.DataFrame, key: int) -> Floats:
    """A standard normal number per contract, which depends on the contract and the key only."""
    place = (
        listed["expiration"].to_physical().to_numpy() * 15_485_863
        + np.rint(listed["strike"].to_numpy() * 100).astype(np.int64) * 32_452_843
        + is_call(listed) * 49_979_687
        + key * 67_867_967
    ).astype(np.uint64)
    normal: Floats = ndtri(_uniform(place))
    return normal


def _uniform(number: npt.NDArray[np.uint64]) -> Floats:
    """The mixing steps of SplitMix64 (Steele, Lea and Flood 2014), scaled to (0, 1)."""
    mixed = number * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scaled: Floats = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(12)).astype(np.float64) * 2.0**-52 + 2.0**-53
    return scaled


def _importance(listed: pl.DataFrame) -> Floats:
    """How much more than that of a day in the middle of the week the expiry is used."""
    third_friday = {
        expiration: expiration == monthly_expiry(expiration.year, expiration.month)
        for expiration in listed["expiration"].unique()
    }
    expiration = pl.col("expiration")
    weight = (
        pl.when(expiration.replace_strict(third_friday))
        .then(pl.when(expiration.dt.month() % 3 == 0).then(40.0).otherwise(24.0))
        .otherwise(pl.when(expiration.dt.weekday() == 5).then(3.0).otherwise(1.0))
    )
    return listed.select(weight.alias("weight"))["weight"].to_numpy()


def _out(listed: pl.DataFrame, days: npt.NDArray[np.int64], price: Floats, lived: int) -> Floats:
    """ln(strike / price) in standard deviations until expiry and as many calendar days more."""
    room = VOLATILITY * np.sqrt((days + lived) / 365)
    out: Floats = np.log(listed["strike"].to_numpy() / price) / room
    return out


def _around(out: Floats, below: float, above: float) -> Floats:
    shape: Floats = np.exp(-np.where(out < 0, below, above) * np.abs(out))
    return shape


def _roundness(listed: pl.DataFrame, weeks: Floats) -> Floats:
    strike = listed["strike"].to_numpy()
    more: Floats = 1.0 * (strike % 5 == 0) + 0.5 * (strike % 10 == 0)
    return 1.0 + more * np.where(weeks > 3, 3.0, 1.0)


def _shared_out(listed: pl.DataFrame, weight: Floats, calls: float, puts: float) -> Floats:
    first = is_call(listed)
    shared: Floats = weight * np.where(first, calls / weight[first].sum(), puts / weight[~first].sum())
    return shared
