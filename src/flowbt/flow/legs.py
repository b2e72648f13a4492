"""The options in trade ideas: what they cost at the day's quotes, and what they would be worth at the plan's levels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from flowbt.calendar import shift_session, weekly_expiries
from flowbt.expiries import expiry_session
from flowbt.flow.contracts import symbol_of
from flowbt.flow.day import Day

RATE: Final = 0.04
MULTIPLIER: Final = 100
EXPIRIES_LISTED: Final = 6


@dataclass(frozen=True)
class Leg:
    """An option that an idea is about: its side and the column of the history with its strike.

    It is of the first weekly expiry (a Friday in New York) until which it can be traded for the idea's whole horizon.
    """

    option_type: str
    strike: str


def option_of(day: Day, leg: Leg, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The option at the day's quotes, one contract of 100: bought at the ask, and what it would be worth at the levels.

    `priced_by` is `ask`, or where nobody quotes it `last`, the last trade of the day; None: neither. `at_target` and `at_stop`
    are worths when the horizon ends with the price there: today's price changed by what Black-Scholes-Merton says at an
    unchanged volatility, no less than the intrinsic value. None where the contract is not listed.
    """
    strike, call = day.today[leg.strike], leg.option_type == "call"
    if strike is None:
        return None
    ends = shift_session(day.date, told["horizon"], day.exchange)
    weekly = set(weekly_expiries(day.date, EXPIRIES_LISTED, day.exchange))
    listed = day.contracts["expiration"].unique()
    expirations = [expiration for expiration in listed if expiry_session(expiration, day.exchange) in weekly]
    found = day.contracts.filter(
        pl.col("expiration").is_in(expirations) & (pl.col("last_trading_day") >= ends),
        (pl.col("strike") == strike) & (pl.col("option_type") == leg.option_type),
    ).sort("expiration", "root")
    if not found.height:
        return None
    row = found.row(0, named=True)
    bid, ask, last = row["bid"], row["ask"], row["last"]
    quoted = bool(ask) and bid is not None and bid <= ask
    paid = ask if quoted else last if row["volume"] and not row.get("impossible_price") else None
    middle = (bid + ask) / 2 if quoted else paid
    option: dict[str, Any] = {
        "contract": symbol_of(row),
        "expiration": row["expiration"],
        "last_trading_day": row["last_trading_day"],
        "strike": strike,
        "option_type": leg.option_type,
        "dte": row["dte"],
        **{name: row[name] for name in ("bid", "ask", "last", "volume", "open_interest")},
        "iv": row["volatility"],
        "delta": row["unit_delta"],
        "priced_by": "ask" if quoted else "last" if paid is not None else None,
        "cost": paid * MULTIPLIER if paid is not None else None,
        "spread_share": (ask - bid) / middle if quoted and middle else None,
        "break_even": (strike + paid if call else strike - paid) if paid is not None else None,
        "at_target": None,
        "at_stop": None,
        "insured_loss": None,
        "outlived_until": _outlived(day, row["last_trading_day"], told),
    }
    if paid is None or middle is None:
        return option
    if not call and day.spot:
        # shares bought at the spot and the put at that price: no lower than this, whatever happens before expiry
        option["insured_loss"] = (day.spot - strike + paid) * MULTIPLIER
    for name in ("target", "stop"):
        worth = _worth(day, row, middle, told[name], ends)
        option[f"at_{name}"] = worth * MULTIPLIER if worth is not None else None
    return option


def _outlived(day: Day, last_trading_day: date, told: Mapping[str, Any]) -> date | None:
    """The session until which the plan may be open, where the option cannot be traded that long; None where it can."""
    latest = (1 if told["entry_kind"] == "market" else told["valid_for"]) + told["horizon"]
    end = shift_session(day.date, latest, day.exchange)
    return end if end > last_trading_day else None


def _worth(day: Day, row: Mapping[str, Any], middle: float, price: float | None, then: date) -> float | None:
    """Per share, with the underlying at a price on a day."""
    from flowbt import pricing  # noqa: PLC0415 (numba takes a third of a second to import)

    if price is None or row["volatility"] is None or not day.spot:
        return None
    call, strike, expiration = row["option_type"] == "call", row["strike"], row["expiration"]
    intrinsic = max(price - strike if call else strike - price, 0.0)
    left = (expiration - then) / timedelta(days=365)
    if left <= 0 or then >= row["last_trading_day"]:
        return float(intrinsic)
    models = [
        float(pricing.price(spot, strike, years, row["volatility"], RATE, 0.0, call))
        for spot, years in ((price, left), (day.spot, row["dte"] / 365))
    ]
    return float(max(middle + models[0] - models[1], intrinsic))
