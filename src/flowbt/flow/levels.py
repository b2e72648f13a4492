"""Prices that are watched, each labelled by where it stands: below the spot it supports, above it resists, whatever it is called."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.calendar import weekly_expiries
from flowbt.expiries import expiry_session
from flowbt.flow.day import Day
from flowbt.flow.requested_metrics import FLOORS, FRIDAY, LEVELS, PIVOT_KINDS
from flowbt.metrics.catalogue.technical import label_level

OF_CHART: Final = {
    "SMA 30": "sma_30",
    "SMA 200": "sma_200",
    "Bollinger lower": "bollinger_lower",
    "Bollinger middle": "bollinger_mid",
    "Bollinger upper": "bollinger_upper",
    "30-session low": "low_30",
    "30-session high": "high_30",
}
OF_CHAIN: Final = {
    "call wall": "call_wall",
    "put wall": "put_wall",
    "zero gamma": "zero_gamma",
    "max pain": "max_pain",
    "contention strike": "contention_strike",
    "next call peak": "next_call_peak",
    "put floor": "put_floor",
}
PIVOT_NAMES: Final = {"support_1": "S1", "pivot": "pivot", "resistance_1": "R1"}
SESSIONS: Final = {"this": "today", "next": "next session"}


def levels(day: Day, own: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The document's `levels`: prices by name, under `labelled` all of them in order of price, and the names of the `unknown`."""
    today = day.today
    bands = [today[f"bollinger_{name}"] for name in ("lower", "mid", "upper")]
    return {
        **{name: today[name] for name in LEVELS},
        "bollinger": bands,
        "put_floors": [today[name] for name in FLOORS if today[name] is not None],
        "labelled": labelled(day, own or {}),
        "unknown": [name for name, metric in (OF_CHART | OF_CHAIN).items() if today[metric] is None],
    }


def labelled(day: Day, own: Mapping[str, float]) -> list[dict[str, Any]]:
    """Levels known, the highest first: `level, price, label, distance` (from the spot, as a fraction) and `of`.

    `of` says where it is from: `chart` (price bars), `chain`, or `given` (somebody's own).
    """
    today, bar, spot = day.today, day.bar, day.spot
    found: dict[str, list[tuple[str, float | None]]] = {
        "chart": [(name, today[metric]) for name, metric in OF_CHART.items()],
        "chain": [(name, today[metric]) for name, metric in OF_CHAIN.items()],
        "given": list(own.items()),
    }
    found["chart"] += [("low of the day", bar.get("low")), ("high of the day", bar.get("high"))]
    found["chart"] += [
        (f"{PIVOT_NAMES[level]} {kind}, {SESSIONS[session]}", today[f"{level}(kind={kind}, session={session})"])
        for kind in PIVOT_KINDS
        for session in SESSIONS
        for level in PIVOT_NAMES
        # both kinds have the same pivot
        if kind == PIVOT_KINDS[0] or level != "pivot"
    ]
    rows = [
        {
            "level": name,
            "price": price,
            "label": label_level(price, spot),
            "distance": price / spot - 1 if spot else None,
            "of": source,
        }
        for source, named in found.items()
        for name, price in named
        if price is not None
    ]
    return sorted(rows, key=lambda row: -row["price"])


def peaks(day: Day) -> dict[str, Any]:
    """Where this Friday's out-of-the-money open interest peaks (on the NSE that of its next weekly expiry).

    Keys: `expiration, expires_on, calls, puts, contention_strike, next_call_peak, put_floors`. `expires_on` is the session on which it
    expires, `expiration` the date that the source gives it, None where no contract of it is listed. `calls` and `puts` are the three largest strikes of each side, `strike, open_interest`.
    """
    today = day.today
    found = {}
    for side in ("call", "put"):
        held = pl.col(f"{side}_oi_at_strike{FRIDAY}")
        top = day.strikes.filter(held > 0).sort(held, "strike", descending=[True, False]).head(3)
        found[f"{side}s"] = [
            {"strike": strike, "open_interest": count}
            for strike, count in top.select("strike", held.name.keep()).iter_rows()
        ]
    friday = weekly_expiries(day.date, 1, day.exchange)[0]
    return {
        "expiration": _listed(day, friday),
        "expires_on": friday,
        **found,
        "contention_strike": today[f"contention_strike{FRIDAY}"],
        "next_call_peak": today[f"next_call_peak{FRIDAY}"],
        "put_floors": [today[f"{floor}{FRIDAY}"] for floor in FLOORS if today[f"{floor}{FRIDAY}"] is not None],
    }


def _listed(day: Day, session: date) -> date | None:
    """The expiration of the contracts that expire on a session, if any is listed."""
    listed = day.contracts["expiration"].unique().sort()
    return next((expiration for expiration in listed if expiry_session(expiration, day.exchange) == session), None)
