"""What to watch next, as predicates: each says what must be seen, and from when it can be judged.

    follow_through  open interest of a contract that traded: kept as positions, or closed again
    renewed         trading against the day's lean, beyond the expected move, that turns the put/call ratio
    level           a close beyond the nearest of the levels watched on either side, or beyond zero gamma
    verdict         the same verdict again

Open interest of a close is published before the next open, and a verdict that is decided then waits for it; all else is
known at the next close. `flowbt.flow.follow_up` judges them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any, Final, Literal

import polars as pl

from flowbt.calendar import shift_session
from flowbt.flow.day import Day

Clock = Literal["pre_open", "close"]
CONTRACTS_WATCHED: Final = 2
KEPT: Final = 0.5
"""Share of what traded that must be left as new positions to speak of follow-through."""
SMALL: Final = 0.1
"""Of a contract's volume: what was added must be as much to ask whether it is held on."""
NEAR_DAYS: Final = 4
"""Calendar days within which expiries count as near; at least the next two do."""
LEVELS_WATCHED: Final = (
    "SMA 30", "SMA 200", "Bollinger lower", "Bollinger middle", "Bollinger upper", "call wall", "put wall", "put floor",
    "contention strike", "max pain", "30-session low", "30-session high",
)  # fmt: skip


def watch(day: Day, notable: Sequence[Mapping[str, Any]], levels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The day's triggers: `kind`, `known_on` (a session), `clock` (before its open or at its close), and what each is about.

    Args:
        day: what is reported on.
        notable: its notable contracts.
        levels: its levels (`flowbt.flow.levels.labelled`).
    """
    found = [*_follow_through(day, notable), *_renewed(day), *_levels(day, levels)]
    verdict = day.today["verdict"]
    if verdict:
        found.append({"kind": "verdict", **_next_verdict(day), "verdict": verdict})
    return found


def _next_verdict(day: Day) -> dict[str, Any]:
    if day.decision == "close":
        return _at(_session_after(day), "close")
    return _at(_session_after(day, 2), "pre_open")


def _session_after(day: Day, count: int = 1) -> date:
    return shift_session(day.date, count, day.exchange)


def _at(session: date, clock: Clock) -> dict[str, Any]:
    return {"known_on": session, "clock": clock}


def _follow_through(day: Day, notable: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """At the close, of the day's own trading; before the open that has been published, and it is about what is held on."""
    published = _session_after(day, 1 if day.decision == "close" else 2)
    found = []
    for row in notable:
        held, volume, added = row["open_interest"], row["volume"], row["oi_change"]
        if row["last_trading_day"] < published or held is None or not volume:
            continue
        if day.decision == "close":
            kept, closed = held + KEPT * volume, held
        elif added is not None and added >= SMALL * volume:
            kept, closed = held, held - KEPT * added
        else:
            continue
        about = {name: row[name] for name in ("contract", "expiration", "strike", "option_type")}
        numbers = {"open_interest": held, "volume": volume, "kept_at": ceil(kept), "closed_below": ceil(closed)}
        found.append({"kind": "follow_through", **_at(published, "pre_open"), **about, **numbers})
    return found[:CONTRACTS_WATCHED]


def near_expiries(day: Day) -> list[date]:
    """The live expiries whose last trading day is within `NEAR_DAYS` calendar days, the next two at least."""
    live: list[date] = day.expiries["expiration"].to_list()
    near = day.expiries.filter(pl.col("last_trading_day") <= day.date + timedelta(days=NEAR_DAYS))
    return near["expiration"].to_list() if near.height >= 2 else live[:2]


def _renewed(day: Day) -> list[dict[str, Any]]:
    """Against a bullish verdict puts, else calls: at the first strike beyond the expected move of the near expiries."""
    today, near = day.today, near_expiries(day)
    ratio, spot = today["put_call_volume_ratio"], day.spot
    moves = day.expiries.filter(pl.col("expiration").is_in(near))["expected_move"].drop_nulls()
    if ratio is None or not spot or not len(moves):
        return []
    side, sign = ("put", -1) if today["verdict"] == 1 else ("call", 1)
    reach = spot + sign * float(moves[-1])
    listed = day.contracts.filter(
        (pl.col("option_type") == side) & pl.col("expiration").is_in(near) & ((pl.col("strike") - reach) * sign >= 0)
    )
    if not listed.height:
        return []
    strike = listed["strike"].min() if sign > 0 else listed["strike"].max()
    about = {"option_type": side, "strike": strike, "expirations": [near[0], near[-1]]}
    volume = int(listed["volume"].fill_null(0).sum())
    return [{"kind": "renewed", **_at(_session_after(day), "close"), **about, "volume": volume, "ratio": ratio}]


def volume_beyond(contracts: pl.DataFrame, option_type: str, strike: float, expirations: Sequence[date]) -> int:
    """Contracts of a side traded at a strike and beyond it (out of the money), in the expiries between two dates."""
    beyond = pl.col("strike") >= strike if option_type == "call" else pl.col("strike") <= strike
    within = pl.col("expiration").is_between(expirations[0], expirations[1])
    traded = contracts.filter((pl.col("option_type") == option_type) & beyond & within)
    return int(traded["volume"].fill_null(0).sum())


def _levels(day: Day, levels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    following = _session_after(day)
    known = [row for row in levels if row["level"] in LEVELS_WATCHED or row["of"] == "given"]
    above = [row for row in known if row["label"] == "resistance"]
    below = [row for row in known if row["label"] == "support"]
    # levels come with the highest first
    chosen = [("above", row) for row in above[-1:]] + [("below", row) for row in below[:1]]
    found = [
        {
            "kind": "level",
            **_at(following, "close"),
            "level": row["level"],
            "price": row["price"],
            "direction": direction,
        }
        for direction, row in chosen
    ]
    zero = day.today["zero_gamma"]
    if zero is not None and day.spot:
        direction = "above" if zero > day.spot else "below"
        found.append(
            {"kind": "level", **_at(following, "close"), "level": "zero gamma", "price": zero, "direction": direction}
        )
    return found
