"""The options in trade ideas: what they cost at the day's quotes, and what they would be worth at the plan's levels.

A report is the wrong place to choose contracts: once strategies can trade option legs, `strategy/` and `backtest/` will.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import polars as pl

from flowbt.calendar import shift_session, weekly_expiries
from flowbt.conventions import RISK_FREE_RATE
from flowbt.documents import Result
from flowbt.expiries import expiry_session
from flowbt.flow.contracts import symbol_of
from flowbt.flow.day import Day

MULTIPLIER: Final = 100
EXPIRIES_LISTED: Final = 6


@dataclass(frozen=True)
class Leg:
    """An option that an idea is about: its side and the column of the history with its strike.

    It is of the first weekly expiry (a Friday in New York) until which it can be traded for the idea's whole horizon.
    """

    option_type: str
    strike: str


@dataclass(frozen=True, kw_only=True)
class OptionQuote(Result):
    """One contract of 100 at the day's quotes: bought at the ask, and its value at the plan's levels.

    Amounts are in the currency of the exchange, prices per share; None where unknown.

    Attributes:
        contract: its symbol.
        expiration: the date on the contract.
        last_trading_day: the last session on which it trades.
        strike: in price units.
        option_type: `call` or `put`.
        dte: calendar days to expiration.
        bid: of the closing quote.
        ask: of the closing quote.
        last: price of the last trade.
        volume: contracts traded on the day.
        open_interest: contracts.
        iv: implied volatility, a year's, as a fraction.
        delta: per share of the underlying.
        priced_by: `ask`, `last` where it is not quoted, or None: neither.
        cost: of one contract.
        spread_share: bid-ask spread over the middle.
        break_even: price of the underlying at expiry at which the buyer breaks even.
        at_target: value of one contract when the horizon ends with the underlying at the target: today's price changed by what
            Black-Scholes-Merton gives at an unchanged volatility, no less than the intrinsic value.
        at_stop: likewise at the stop.
        insured_loss: of a put with 100 shares bought at the spot: the most that can be lost until it expires.
        outlived_until: the session until which the plan may be open, where the option cannot be traded that long.
    """

    contract: str
    expiration: date
    last_trading_day: date
    strike: float
    option_type: str
    dte: int
    bid: float | None
    ask: float | None
    last: float | None
    volume: int | None
    open_interest: int | None
    iv: float | None
    delta: float | None
    priced_by: str | None
    cost: float | None
    spread_share: float | None
    break_even: float | None
    at_target: float | None
    at_stop: float | None
    insured_loss: float | None
    outlived_until: date | None


class _Price(NamedTuple):
    """Per share: what a buyer pays and by which price, the middle of the quote, and the spread where there is a quote."""

    paid: float | None
    by: str | None
    middle: float | None
    spread: float | None


def option_of(
    day: Day, leg: Leg, horizon: int, latest_entry: int, levels: Mapping[str, float | None]
) -> OptionQuote | None:
    """The option at the day's quotes; None where it is not listed or its strike is not known.

    Args:
        day: the day of the report.
        leg: which option.
        horizon: sessions after the entry at which the plan ends.
        latest_entry: sessions from the day to the plan's last possible entry.
        levels: the plan's `target` and `stop`.
    """
    strike, is_call = day.today[leg.strike], leg.option_type == "call"
    if strike is None:
        return None
    ends = shift_session(day.date, horizon, day.exchange)
    row = _listed(day, leg.option_type, strike, ends)
    if row is None:
        return None
    price = _price(row)
    at = {name: _worth(day, row, price.middle, level, ends) for name, level in levels.items()}
    insured = None
    if price.paid is not None and not is_call and day.spot:
        # shares bought at the spot and the put at that price: no lower than this, whatever happens before expiry
        insured = (day.spot - strike + price.paid) * MULTIPLIER
    plan_ends = shift_session(day.date, latest_entry + horizon, day.exchange)
    return OptionQuote(
        contract=symbol_of(row),
        expiration=row["expiration"],
        last_trading_day=row["last_trading_day"],
        strike=strike,
        option_type=leg.option_type,
        dte=row["dte"],
        bid=row["bid"],
        ask=row["ask"],
        last=row["last"],
        volume=row["volume"],
        open_interest=row["open_interest"],
        iv=row["volatility"],
        delta=row["unit_delta"],
        priced_by=price.by,
        cost=_of_contract(price.paid),
        spread_share=price.spread / price.middle if price.spread is not None and price.middle else None,
        break_even=None if price.paid is None else strike + price.paid if is_call else strike - price.paid,
        at_target=_of_contract(at["target"]),
        at_stop=_of_contract(at["stop"]),
        insured_loss=insured,
        outlived_until=plan_ends if plan_ends > row["last_trading_day"] else None,
    )


def _listed(day: Day, option_type: str, strike: float, ends: date) -> dict[str, Any] | None:
    """The contract of the first weekly expiry that trades until a session, if it is listed."""
    weekly = set(weekly_expiries(day.date, EXPIRIES_LISTED, day.exchange))
    listed = day.contracts["expiration"].unique()
    expirations = [expiration for expiration in listed if expiry_session(expiration, day.exchange) in weekly]
    contracts = day.contracts.filter(
        pl.col("expiration").is_in(expirations) & (pl.col("last_trading_day") >= ends),
        (pl.col("strike") == strike) & (pl.col("option_type") == option_type),
    ).sort("expiration", "root")
    return contracts.row(0, named=True) if contracts.height else None


def _price(row: Mapping[str, Any]) -> _Price:
    bid, ask, last = row["bid"], row["ask"], row["last"]
    if ask and bid is not None and bid <= ask:
        return _Price(ask, "ask", (bid + ask) / 2, ask - bid)
    paid = last if row["volume"] and not row.get("impossible_price") else None
    return _Price(paid, "last" if paid is not None else None, paid, None)


def _of_contract(per_share: float | None) -> float | None:
    return None if per_share is None else per_share * MULTIPLIER


def _worth(day: Day, row: Mapping[str, Any], middle: float | None, price: float | None, then: date) -> float | None:
    """Value per share with the underlying at a price on a session."""
    from flowbt import pricing  # noqa: PLC0415 (numba takes a third of a second to import)

    if middle is None or price is None or row["volatility"] is None or not day.spot:
        return None
    call, strike, expiration = row["option_type"] == "call", row["strike"], row["expiration"]
    intrinsic = max(price - strike if call else strike - price, 0.0)
    left = (expiration - then) / timedelta(days=365)
    if left <= 0 or then >= row["last_trading_day"]:
        return float(intrinsic)
    models = [
        float(pricing.price(spot, strike, years, row["volatility"], RISK_FREE_RATE, 0.0, call))
        for spot, years in ((price, left), (day.spot, row["dte"] / 365))
    ]
    return float(max(middle + models[0] - models[1], intrinsic))
