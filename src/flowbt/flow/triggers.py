"""What to watch next, as predicates: each states what must be observed, and from when it can be judged.

    follow_through  open interest of a contract that traded: kept as positions, or closed again
    renewed         trading against the day's lean, beyond the expected move, that turns the put/call ratio
    level           a close beyond the nearest of the levels watched on either side, or beyond zero gamma
    verdict         the same verdict again

Open interest of a close is published before the next open, and a verdict that is decided then waits for it; everything else is
known at the next close. `flowbt.flow.follow_up` judges them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final, Literal

import polars as pl

from flowbt.calendar import shift_session
from flowbt.documents import Result
from flowbt.flow.contracts import NotableContract
from flowbt.flow.day import Day
from flowbt.flow.levels import LabelledLevel
from flowbt.metrics import Decision

CONTRACTS_WATCHED: Final = 2
KEPT: Final = 0.5
"""Share of the volume that must remain as new positions to count as follow-through."""
SMALL: Final = 0.1
"""Of a contract's volume: the minimum addition whose persistence is worth watching."""
NEAR_DAYS: Final = 4
"""Calendar days within which expiries count as near; at least the next two do."""
LEVELS_WATCHED: Final = (
    "SMA 30", "SMA 200", "Bollinger lower", "Bollinger middle", "Bollinger upper", "call wall", "put wall", "put floor",
    "contention strike", "max pain", "30-session low", "30-session high",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trigger(Result):
    """Something to watch in the next sessions.

    Attributes:
        trigger: what must be observed, in words; empty before the report is worded.
        then: what it would mean, likewise.
        known_at: from when it can be judged, likewise.
        kind: `follow_through`, `renewed`, `level` or `verdict`.
        known_on: the session on which it can be judged.
        clock: before its open (`pre_open`) or at its close.
    """

    trigger: str = ""
    then: str = ""
    known_at: str = ""
    kind: str
    known_on: date
    clock: Decision


@dataclass(frozen=True, kw_only=True)
class FollowThrough(Trigger):
    """Open interest of a contract at `kept_at` or more, or below `closed_below`; all counts are contracts."""

    kind: str = "follow_through"
    contract: str
    expiration: date
    strike: float
    option_type: str
    open_interest: int
    volume: int
    kept_at: int
    closed_below: int


@dataclass(frozen=True, kw_only=True)
class RenewedTrading(Trigger):
    """More than `volume` contracts at a strike or beyond, in expiries from the first to the last, with the P/C volume ratio beyond `ratio`."""

    kind: str = "renewed"
    option_type: str
    strike: float
    expirations: tuple[date, date]
    volume: int
    ratio: float


@dataclass(frozen=True, kw_only=True)
class LevelBroken(Trigger):
    """A close above or below (`direction`) a level's price."""

    kind: str = "level"
    level: str
    price: float
    direction: Literal["above", "below"]


@dataclass(frozen=True, kw_only=True)
class VerdictRepeated(Trigger):
    """The same verdict (-1 or 1) on the next session."""

    kind: str = "verdict"
    verdict: int


def triggers(day: Day, notable: Sequence[NotableContract], levels: Sequence[LabelledLevel]) -> tuple[Trigger, ...]:
    """The day's triggers.

    Args:
        day: what is reported on.
        notable: its notable contracts.
        levels: its levels (`flowbt.flow.levels.labelled`).
    """
    return (
        *list(_follow_through(day, notable))[:CONTRACTS_WATCHED],
        *_renewed(day),
        *_levels(day, levels),
        *_verdict(day),
    )


def _session_after(day: Day, count: int = 1) -> date:
    return shift_session(day.date, count, day.exchange)


def _follow_through(day: Day, notable: Sequence[NotableContract]) -> Iterator[FollowThrough]:
    """At the close, of the day's own trading; before the open that has been published, and the question is what remains."""
    published = _session_after(day, 1 if day.decision == "close" else 2)
    for row in notable:
        current, volume, added = row.open_interest, row.volume, row.oi_change
        if row.last_trading_day < published or current is None or not volume:
            continue
        if day.decision == "close":
            kept, closed = current + KEPT * volume, float(current)
        elif added is not None and added >= SMALL * volume:
            kept, closed = float(current), current - KEPT * added
        else:
            continue
        yield FollowThrough(
            known_on=published,
            clock="pre_open",
            contract=row.contract,
            expiration=row.expiration,
            strike=row.strike,
            option_type=row.option_type,
            open_interest=current,
            volume=volume,
            kept_at=ceil(kept),
            closed_below=ceil(closed),
        )


def near_expiries(day: Day) -> list[date]:
    """The live expiries whose last trading day is within `NEAR_DAYS` calendar days, the next two at least."""
    live: list[date] = day.expiries["expiration"].to_list()
    near = day.expiries.filter(pl.col("last_trading_day") <= day.date + timedelta(days=NEAR_DAYS))
    return near["expiration"].to_list() if near.height >= 2 else live[:2]


def _renewed(day: Day) -> Iterator[RenewedTrading]:
    """Against a bullish verdict puts, else calls: at the first strike beyond the expected move of the near expiries."""
    today, near = day.today, near_expiries(day)
    ratio, spot = today["put_call_volume_ratio"], day.spot
    moves = day.expiries.filter(pl.col("expiration").is_in(near))["expected_move"].drop_nulls()
    if ratio is None or not spot or not len(moves):
        return
    side, sign = ("put", -1) if today["verdict"] == 1 else ("call", 1)
    reach = spot + sign * float(moves[-1])
    listed = day.contracts.filter(
        (pl.col("option_type") == side) & pl.col("expiration").is_in(near) & ((pl.col("strike") - reach) * sign >= 0)
    )
    if not listed.height:
        return
    strikes = listed["strike"].sort()
    yield RenewedTrading(
        known_on=_session_after(day),
        clock="close",
        option_type=side,
        strike=strikes[0] if sign > 0 else strikes[-1],
        expirations=(near[0], near[-1]),
        volume=int(listed["volume"].fill_null(0).sum()),
        ratio=ratio,
    )


def volume_beyond(contracts: pl.DataFrame, option_type: str, strike: float, expirations: Sequence[date]) -> int:
    """Contracts of a side traded at a strike and beyond it (out of the money), in the expiries between two dates."""
    beyond = pl.col("strike") >= strike if option_type == "call" else pl.col("strike") <= strike
    within = pl.col("expiration").is_between(expirations[0], expirations[1])
    traded = contracts.filter((pl.col("option_type") == option_type) & beyond & within)
    return int(traded["volume"].fill_null(0).sum())


def _levels(day: Day, levels: Sequence[LabelledLevel]) -> Iterator[LevelBroken]:
    watched = [row for row in levels if row.level in LEVELS_WATCHED or row.of == "given"]
    # levels come with the highest first
    nearest_above = [row for row in watched if row.label == "resistance"][-1:]
    nearest_below = [row for row in watched if row.label == "support"][:1]
    for row in nearest_above:
        yield _level(day, row.level, row.price, "above")
    for row in nearest_below:
        yield _level(day, row.level, row.price, "below")
    zero = day.today["zero_gamma"]
    if zero is not None and day.spot:
        yield _level(day, "zero gamma", zero, "above" if zero > day.spot else "below")


def _level(day: Day, name: str, price: float, direction: Literal["above", "below"]) -> LevelBroken:
    return LevelBroken(known_on=_session_after(day), clock="close", level=name, price=price, direction=direction)


def _verdict(day: Day) -> Iterator[VerdictRepeated]:
    verdict = day.today["verdict"]
    if verdict:
        known_on = _session_after(day, 1 if day.decision == "close" else 2)
        yield VerdictRepeated(known_on=known_on, clock=day.decision, verdict=verdict)
