"""Listed options of IWM and what they are quoted at, for the two documents of `tests/seeds`.

Dollar strikes near the price and five-dollar strikes in the wings, a smile without arbitrage, Black-Scholes-Merton prices
and greeks, spreads as a market maker would quote them. What is held and traded is of no concern here.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt import pricing
from flowbt.calendar import monthly_expiry, sessions, weekly_expiries
from flowbt.market import quotes
from flowbt.market.smile import at_the_money, smile, years_left
from flowbt.schema import CONTRACT_ROWS, SIDES, conform, to_strike_rows

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SYMBOL: Final = "IWM"
RATE: Final = 0.04
DIVIDEND_YIELD: Final = 0.011
USUAL_VOLATILITY: Final = 0.21
SKEW: Final = -0.48
CURVATURE: Final = 0.9
DAILY_AHEAD: Final = 9
"""Sessions ahead for which an expiry is listed on each of them."""


def expirations(day: date, months: Iterable[tuple[int, int]]) -> list[date]:
    """What is listed on the day, ascending, the day itself included: each next session, six Fridays, and these months."""
    ahead = sessions(day, day + timedelta(days=30))[:DAILY_AHEAD]
    return sorted({*ahead, *weekly_expiries(day, 6), *(monthly_expiry(year, month) for year, month in months)})


def contracts(day: date, expiring: Iterable[date], lowest: float, highest: float) -> pl.DataFrame:
    """Calls and puts of these expiries (`expiration, strike, option_type`) after the price has been between the two.

    All calls come first; of a side, neighbours are neighbouring strikes.
    """
    listed = [
        {"expiration": expiration, "strike": strike, "option_type": side}
        for side in SIDES
        for expiration in expiring
        for strike in _strikes((expiration - day).days, lowest, highest)
    ]
    return pl.DataFrame(listed)


def _strikes(days: int, lowest: float, highest: float) -> list[float]:
    near, far = 4 + 2.5 * np.sqrt(max(days, 0) + 2), 0.15 + 0.028 * np.sqrt(max(days, 0))
    fine = np.arange(np.floor(lowest - near), np.ceil(highest + 0.7 * near) + 1)
    coarse = np.arange(5 * np.ceil(lowest * np.exp(-far) / 5), highest * np.exp(0.6 * far), 5)
    return sorted({*fine.tolist(), *coarse.tolist()})


def days_left(listed: pl.DataFrame, day: date) -> npt.NDArray[np.int64]:
    """Calendar days from the day to each contract's expiry."""
    return (listed["expiration"] - day).dt.total_days().to_numpy()


def is_call(listed: pl.DataFrame) -> Mask:
    """Which of the contracts are calls."""
    return (listed["option_type"] == "call").to_numpy()


def quoted(listed: pl.DataFrame, day: date, spot: float, volatility: float) -> pl.DataFrame:
    """The contracts with `last`, and where they are live after the close with `bid`, `ask`, `iv` and greeks, too.

    What expires on the day is priced as of two hours before the close, when most of it was last traded.
    """
    strike, calls, days = listed["strike"].to_numpy(), is_call(listed), days_left(listed, day)
    years = np.where(days > 0, years_left(days), 2 / 24 / 365)
    at_money = at_the_money(np.full(strike.size, volatility), USUAL_VOLATILITY, years)
    implied = np.round(smile(np.log(strike / spot), at_money, years, np.full(strike.size, SKEW), CURVATURE), 4)
    option = (spot, strike, years, implied, RATE, DIVIDEND_YIELD, calls)
    # shares can be had for an American option at once, so none is worth less than that
    value = np.maximum(pricing.price(*option), np.where(calls, spot - strike, strike - spot))
    vega = pricing.vega(*option)
    bid, ask = quotes.bid_ask(value, quotes.half_spread(value, vega, np.full(strike.size, spot)))
    live = {
        "bid": bid,
        "ask": ask,
        "iv": implied,
        "delta": np.round(pricing.delta(*option), 4),
        "gamma": np.round(pricing.gamma(*option), 6),
        "theta": np.round(pricing.theta(*option), 5),
        "vega": np.round(vega, 5),
    }
    return listed.with_columns(
        pl.Series("last", np.maximum(np.round(value, 2), 0.01)),
        *(pl.when(pl.Series(days > 0)).then(pl.Series(values)).alias(name) for name, values in live.items()),
    )


def strike_rows(traded: pl.DataFrame, day: date, spot: float) -> pl.DataFrame:
    """Quoted contracts with `volume` and `open_interest`, that of the close before, as strike rows of the day."""
    shared = {
        "symbol": SYMBOL,
        "root": SYMBOL,
        "date": day,
        "multiplier": 100.0,
        "underlying_price": spot,
        "oi_lag": 1,
        "source": "test",
    }
    rows = traded.with_columns(pl.lit(value).alias(name) for name, value in shared.items())
    return to_strike_rows(conform(rows, CONTRACT_ROWS))


def where(listed: pl.DataFrame, expiration: date, strike: float, option_type: str) -> Mask:
    """Where one contract is."""
    found = listed.select(
        (pl.col("expiration") == expiration) & (pl.col("strike") == strike) & (pl.col("option_type") == option_type)
    )
    return found.to_series().to_numpy()
