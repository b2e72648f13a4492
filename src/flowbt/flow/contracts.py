"""Contracts of the day that stand out: what traded most, what was added, and what somebody cites.

Without a tape nothing here is a print: `large_contract_day` is a contract's whole day. Ranked is by premium, deep in-the-money
contracts left out, whose premium is parity and no bet on a move.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from flowbt.expiries import is_live, last_trading_day
from flowbt.flow.day import Day
from flowbt.lake.intake.contract_symbols import contract_parts, plain, underlying_of

SHOWN: Final = 5
ADDITIONS_SHOWN: Final = 3
PARITY_DELTA: Final = 0.9
TENORS: Final = ((2, "immediate"), (20, "short-dated"), (60, "medium-term"))
"""Most calendar days to expiry, and what that is called."""
LONGEST_TENOR: Final = "long-dated"


def notable(day: Day) -> list[dict[str, Any]]:
    """The contracts with the most premium of the day; the largest of each side is among them.

    Keys: `contract, expiration, last_trading_day, strike, option_type, dte, tenor, premium, share_of_gross, volume,
    open_interest, oi_change, opened_at_least, distance, delta, break_even, bid, ask, kind, is_noise`; unknown is None. `kind` is `large contract day`,
    `unusual volume` or `largest premium`. `oi_change` is of the open interest known at the decision: that of the session before,
    or of the day's own where `oi_change_is_of_day`.
    """
    ranked = _largest_first(bets(day), "premium")
    # the largest of either side, then whatever else there is room for
    is_largest = pl.col("option_type").is_first_distinct()
    chosen = ranked.sort(is_largest, descending=True, maintain_order=True).head(SHOWN)
    gross = day.today["gross_premium"]
    return [described(day, row, gross) for row in _largest_first(chosen, "premium").iter_rows(named=True)]


def bets(day: Day) -> pl.DataFrame:
    """Contracts that traded and can be bets on a move (`can_be_bet`)."""
    return day.contracts.filter((pl.col("premium") > 0) & can_be_bet())


def can_be_bet() -> pl.Expr:
    """Whether premium in the contract can be a bet on a move: it is no dividend play and not deep in the money."""
    is_play = pl.col("dividend_play").fill_null(value=False)
    return ~is_play & (pl.col("unit_delta").abs() < PARITY_DELTA).fill_null(value=True)


def described(day: Day, row: Mapping[str, Any], gross: float | None) -> dict[str, Any]:
    """A contract's facts under the keys of `notable`."""
    spot = day.spot
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


def additions(day: Day, side: str) -> list[dict[str, Any]]:
    """The contracts of a side with the most open interest added: `contract, expiration, strike, option_type, dte, oi_change, open_interest, volume`."""
    grown = day.contracts.filter((pl.col("option_type") == side) & (pl.col("contract_oi_change") > 0) & is_live())
    chosen = _largest_first(grown, "contract_oi_change")
    return [
        {"contract": symbol_of(row)}
        | {name: row[name] for name in ("expiration", "strike", "option_type", "dte")}
        | {"oi_change": row["contract_oi_change"], "open_interest": row["open_interest"], "volume": row["volume"]}
        for row in chosen.head(ADDITIONS_SHOWN).iter_rows(named=True)
    ]


def cited(day: Day, symbols: Sequence[str]) -> list[dict[str, Any]]:
    """Contracts that somebody cites, each with its facts (`notable`) or, under `refused`, why it cannot have traded.

    A reason is `unreadable`, `another underlying`, `expired` (its last trading day was before the day) or `not listed`.
    """
    if not symbols:
        return []
    key = ["written", "expiration", "strike", "option_type"]
    root = pl.col("root")
    # in a contract's symbol BRK.B is BRKB
    listed = day.contracts.with_columns(written=plain(root), place=pl.int_range(pl.len())).unique(key, keep="first")
    asks = pl.DataFrame({"cited": list(symbols)})
    parts = asks.hstack(contract_parts(asks["cited"]))
    is_own = (plain(underlying_of(root)) == plain(pl.lit(day.symbol))) | plain(root).is_in(listed["written"].implode())
    asked = parts.with_columns(written=plain(root), is_own=is_own)
    found = []
    for row in asked.join(listed.select(*key, "place"), on=key, how="left", maintain_order="left").to_dicts():
        if row["place"] is not None:
            held = day.contracts.row(row["place"], named=True)
            found.append(described(day, held, day.today["gross_premium"]) | {"refused": None})
        else:
            about = {name: row[name] for name in ("expiration", "strike", "option_type")}
            found.append({"contract": row["cited"], **about, **_refused(row, day)})
    return found


def _refused(row: Mapping[str, Any], day: Day) -> dict[str, Any]:
    """Why a contract is refused, and its last trading day where it is one of the day's underlying."""
    if row["expiration"] is None:
        return {"refused": "unreadable"}
    if not row["is_own"]:
        return {"refused": "another underlying"}
    last = last_trading_day(row["expiration"], row["root"], day.exchange)
    return {"last_trading_day": last, "refused": "expired" if last < day.date else "not listed"}


def symbol_of(row: Mapping[str, Any]) -> str:
    """A contract's symbol in the compact form of the Options Symbology Initiative: `IWM260424P00256000`."""
    side = row["option_type"][0].upper()
    return f"{row['root']}{row['expiration']:%y%m%d}{side}{round(row['strike'] * 1000):08d}"


def tenor(days: int) -> str:
    """What so many calendar days to expiry are called."""
    return next((name for most, name in TENORS if days <= most), LONGEST_TENOR)


def _largest_first(contracts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Of those that tie, the one that expires first, then the lower strike, the call, the first root."""
    return contracts.sort(-pl.col(column), "expiration", "strike", "option_type", "root")


def _kind(row: Mapping[str, Any]) -> str:
    if row["large_contract_day"]:
        return "large contract day"
    return "unusual volume" if row["unusual"] else "largest premium"


def _paid(row: Mapping[str, Any]) -> float | None:
    """The last price of a contract, per share; None if it did not trade, or if the price is impossible (`call_impossible_price`)."""
    believed = row["volume"] and row["last"] is not None and not row.get("impossible_price")
    return float(row["last"]) if believed else None
