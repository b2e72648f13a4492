"""Whether a day's triggers occurred, judged from the sessions after it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import previous_session
from flowbt.documents import Result, merged, optional
from flowbt.flow.contracts import symbol_of
from flowbt.flow.later_sessions import LaterSessions, before_split, of_session, split_after
from flowbt.flow.triggers import FollowThrough, LevelBroken, RenewedTrading, Trigger, VerdictRepeated, volume_beyond

OF_CONTRACTS: Final = (FollowThrough, RenewedTrading)
"""Triggers about strikes and numbers of contracts, which a split changes."""


@dataclass(frozen=True, kw_only=True)
class Observed(Result):
    """The numbers by which a trigger was judged; those that do not apply are None.

    Attributes:
        open_interest: contracts.
        volume: contracts.
        ratio: put/call volume ratio.
        close: price of the underlying.
        verdict: -1, 0 or 1.
        score: of the verdict.
        split: new shares per old one, of a split over which contracts were compared, or could not be.
    """

    open_interest: int | None = optional()
    volume: int | None = optional()
    ratio: float | None = optional()
    close: float | None = optional()
    verdict: int | None = optional()
    score: float | None = optional()
    split: float | None = optional()


@dataclass(frozen=True, kw_only=True)
class FollowedTrigger(Result):
    """A trigger and whether it occurred.

    Attributes:
        what: the trigger in words; empty before the report is worded.
        outcome: in words, likewise.
        trigger: of the day; its fields are keys of the document.
        result: `came`, `did not come`, `unwind`, `undecided`, `not comparable` or `not known yet`.
        seen: the numbers behind the result.
    """

    what: str = ""
    outcome: str = ""
    trigger: Trigger = merged()
    result: str
    seen: Observed


def judge(trigger: Trigger, later: LaterSessions, day: date) -> FollowedTrigger:
    """Whether a trigger of a day occurred; bars are in the shares of the day."""
    split = split_after(later.actions, day, trigger.known_on) if isinstance(trigger, OF_CONTRACTS) else 1.0
    if split == 1 or not isinstance(trigger, OF_CONTRACTS):
        return _judged(trigger, later)
    if not split.is_integer():
        return FollowedTrigger(trigger=trigger, result="not comparable", seen=Observed(split=split))
    strike = trigger.strike

    def contracts_on(session: date) -> pl.DataFrame | None:
        contracts = later.contracts_on(session)
        return None if contracts is None else before_split(contracts, int(split), strike)

    followed = _judged(trigger, replace(later, contracts_on=contracts_on))
    if followed.seen == Observed():
        return followed
    return replace(followed, seen=replace(followed.seen, split=split))


def _judged(trigger: Trigger, later: LaterSessions) -> FollowedTrigger:
    outcome: tuple[str, Observed] | None = None
    match trigger:
        case FollowThrough():
            outcome = _follow_through(trigger, later)
        case RenewedTrading():
            outcome = _renewed(trigger, later)
        case LevelBroken():
            outcome = _level(trigger, later)
        case VerdictRepeated():
            outcome = _verdict(trigger, later)
    result, seen = outcome or ("not known yet", Observed())
    return FollowedTrigger(trigger=trigger, result=result, seen=seen)


def _came(*, came: bool) -> str:
    return "came" if came else "did not come"


def _follow_through(trigger: FollowThrough, later: LaterSessions) -> tuple[str, Observed] | None:
    contracts = later.contracts_on(trigger.known_on)
    if contracts is None:
        return None
    about = [pl.col(name) == getattr(trigger, name) for name in ("expiration", "strike", "option_type")]
    # the same strike may be listed under several roots
    listed = [row for row in contracts.filter(*about).to_dicts() if symbol_of(row) == trigger.contract]
    open_interest = listed[0]["open_interest"] if listed else None
    if open_interest is None:
        return None
    kept, closed = open_interest >= trigger.kept_at, open_interest < trigger.closed_below
    return "came" if kept else "unwind" if closed else "undecided", Observed(open_interest=open_interest)


def _renewed(trigger: RenewedTrading, later: LaterSessions) -> tuple[str, Observed] | None:
    contracts = later.contracts_on(trigger.known_on)
    ratio = of_session(later.history, trigger.known_on, "put_call_volume_ratio")
    if contracts is None or ratio is None:
        return None
    volume = volume_beyond(contracts, trigger.option_type, trigger.strike, trigger.expirations)
    turned = ratio < trigger.ratio if trigger.option_type == "call" else ratio > trigger.ratio
    return _came(came=turned and volume > trigger.volume), Observed(volume=volume, ratio=ratio)


def _level(trigger: LevelBroken, later: LaterSessions) -> tuple[str, Observed] | None:
    close = of_session(later.bars, trigger.known_on, "close")
    if close is None:
        return None
    beyond = close > trigger.price if trigger.direction == "above" else close < trigger.price
    return _came(came=beyond), Observed(close=close)


def _verdict(trigger: VerdictRepeated, later: LaterSessions) -> tuple[str, Observed] | None:
    known_on = trigger.known_on
    session = known_on if trigger.clock == "close" else previous_session(known_on, later.exchange)
    verdict = of_session(later.history, session, "verdict")
    if verdict is None:
        return None
    score = of_session(later.history, session, "score")
    return _came(came=verdict == trigger.verdict), Observed(verdict=verdict, score=score)
