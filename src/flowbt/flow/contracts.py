"""Contracts of the day that stand out: what traded most, and where open interest was added.

Without a tape nothing here is a print: `large_contract_day` describes a contract's whole day. The ranking is by premium and
leaves out deep in-the-money contracts, whose premium is parity and no bet on a move.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.documents import Result
from flowbt.expiries import is_live
from flowbt.flow.day import Day

SHOWN: Final = 5
ADDITIONS_SHOWN: Final = 3
PARITY_DELTA: Final = 0.9
TENORS: Final = ((2, "immediate"), (20, "short-dated"), (60, "medium-term"))
"""Maximum calendar days to expiry, and the name of the tenor."""
LONGEST_TENOR: Final = "long-dated"


@dataclass(frozen=True, kw_only=True)
class ContractDay(Result):
    """A contract's day; numbers are None where unknown.

    Attributes:
        contract: its symbol, such as `IWM260424P00256000`.
        expiration: the date on the contract.
        last_trading_day: the last session on which it trades.
        strike: in price units.
        option_type: `call` or `put`.
        dte: calendar days to expiration.
        tenor: what that is called (`TENORS`).
        premium: traded premium, in the currency of the exchange.
        share_of_gross: of the day's gross premium, a fraction.
        volume: contracts traded.
        open_interest: contracts, as known at the decision.
        oi_change: change of `open_interest` over the session before it.
        oi_change_is_of_day: whether that session is the report's own day.
        opened_at_least: volume beyond the open interest, which must have opened positions.
        distance: strike over spot less 1.
        delta: per share of the underlying.
        break_even: at expiry, of a buyer at the day's last price.
        bid: of the closing quote.
        ask: of the closing quote.
        kind: `large contract day`, `unusual volume` or `largest premium`.
        is_noise: small next to the other side's premium, without a change of positions.
    """

    contract: str
    expiration: date
    last_trading_day: date
    strike: float
    option_type: str
    dte: int
    tenor: str
    premium: float | None
    share_of_gross: float | None
    volume: int | None
    open_interest: int | None
    oi_change: int | None
    oi_change_is_of_day: bool
    opened_at_least: int | None
    distance: float | None
    delta: float | None
    break_even: float | None
    bid: float | None
    ask: float | None
    kind: str
    is_noise: bool


@dataclass(frozen=True, kw_only=True)
class NotableContract(ContractDay):
    """A contract that stands out on the day.

    Attributes:
        side: `ask` or `bid` where most of its tape was done; None where it was not, or without a tape.
        read_through: what its day suggests, in a sentence; empty before the report is worded.
    """

    side: str | None = None
    read_through: str = ""


@dataclass(frozen=True)
class Addition(Result):
    """A contract whose open interest rose by `oi_change` contracts to `open_interest`.

    Attributes:
        contract: symbol of the contract.
        expiration: its expiration date.
        strike: its strike price.
        option_type: call or put.
        dte: calendar days to expiration.
        oi_change: contracts added since the session before.
        open_interest: contracts open now.
        volume: contracts traded on the day.
    """

    contract: str
    expiration: date
    strike: float
    option_type: str
    dte: int
    oi_change: int
    open_interest: int | None
    volume: int | None


def notable_contracts(day: Day) -> tuple[NotableContract, ...]:
    """The contracts with the most premium of the day; the largest of each side is among them."""
    ranked = _largest_first(bets(day), "premium")
    # the largest of either side, then whatever else there is room for
    is_largest = pl.col("option_type").is_first_distinct()
    chosen = ranked.sort(is_largest, descending=True, maintain_order=True).head(SHOWN)
    return tuple(
        NotableContract(**contract_day(day, row)) for row in _largest_first(chosen, "premium").iter_rows(named=True)
    )


def bets(day: Day) -> pl.DataFrame:
    """Contracts that traded and can be bets on a move (`can_be_bet`)."""
    return day.contracts.filter((pl.col("premium") > 0) & can_be_bet())


def can_be_bet() -> pl.Expr:
    """Whether premium in the contract can be a bet on a move: it is neither a dividend play nor deep in the money."""
    is_play = pl.col("dividend_play").fill_null(value=False)
    return ~is_play & (pl.col("unit_delta").abs() < PARITY_DELTA).fill_null(value=True)


def contract_day(day: Day, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `ContractDay` of a row of the day's contracts."""
    spot, gross = day.spot, day.today["gross_premium"]
    sign = 1 if row["option_type"] == "call" else -1
    paid = _paid(row)
    return {
        "contract": symbol_of(row),
        "expiration": row["expiration"],
        "last_trading_day": row["last_trading_day"],
        "strike": row["strike"],
        "option_type": row["option_type"],
        "dte": row["dte"],
        "tenor": tenor(row["dte"]),
        "premium": row["premium"],
        "share_of_gross": row["premium"] / gross if gross and row["premium"] is not None else None,
        "volume": row["volume"],
        "open_interest": row["open_interest"],
        # of other shares than a session ago
        "oi_change": None if day.has_jumped else row["contract_oi_change"],
        "oi_change_is_of_day": day.decision == "pre_open",
        "opened_at_least": row["opened_at_least"],
        "distance": row["strike"] / spot - 1 if spot else None,
        "delta": row["unit_delta"],
        "break_even": row["strike"] + sign * paid if paid is not None else None,
        "bid": row["bid"],
        "ask": row["ask"],
        "kind": _kind(row),
        "is_noise": row["is_noise"],
    }


def additions(day: Day, side: str) -> tuple[Addition, ...]:
    """The live contracts of a side with the largest increase of open interest."""
    grown = day.contracts.filter((pl.col("option_type") == side) & (pl.col("contract_oi_change") > 0) & is_live())
    chosen = _largest_first(grown, "contract_oi_change")
    return tuple(
        Addition(
            contract=symbol_of(row),
            expiration=row["expiration"],
            strike=row["strike"],
            option_type=row["option_type"],
            dte=row["dte"],
            oi_change=row["contract_oi_change"],
            open_interest=row["open_interest"],
            volume=row["volume"],
        )
        for row in chosen.head(ADDITIONS_SHOWN).iter_rows(named=True)
    )


def symbol_of(row: Mapping[str, Any]) -> str:
    """A contract's symbol in the compact form of the Options Symbology Initiative: `IWM260424P00256000`."""
    side = row["option_type"][0].upper()
    return f"{row['root']}{row['expiration']:%y%m%d}{side}{round(row['strike'] * 1000):08d}"


def tenor(days: int) -> str:
    """The name for a number of calendar days to expiry."""
    return next((name for most, name in TENORS if days <= most), LONGEST_TENOR)


def _largest_first(contracts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Ties: the one that expires first, then the lower strike, the call, the first root."""
    return contracts.sort(-pl.col(column), "expiration", "strike", "option_type", "root")


def _kind(row: Mapping[str, Any]) -> str:
    if row["large_contract_day"]:
        return "large contract day"
    return "unusual volume" if row["unusual"] else "largest premium"


def _paid(row: Mapping[str, Any]) -> float | None:
    """The last price of a contract, per share; None if it did not trade, or if the price is impossible (`call_impossible_price`)."""
    is_valid = row["volume"] and row["last"] is not None and not row.get("impossible_price")
    return float(row["last"]) if is_valid else None
