"""Trade ideas: the plans of the bundled strategies on the day, and what the options in them cost at its quotes.

An idea's levels are its plan's, those that `flowbt backtest` trades; a stop or target that is a distance from the fill is shown
from the spot. A plan is in the underlying; where the idea names an option, that is given in addition (`flowbt.flow.legs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from typing import Final, NamedTuple

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.documents import Result
from flowbt.flow.day import Day
from flowbt.flow.ideas import Idea
from flowbt.flow.legs import OptionQuote, option_of
from flowbt.flow.track_record import IdeaRecord
from flowbt.strategy.homes import FOLDER

NOTHING_ON_RECORD: Final = IdeaRecord(
    n=0, hit_rate=None, mean_return=None, base_n=0, base_rate=None, base_return=None, jumps=0
)


@dataclass(frozen=True, kw_only=True)
class TradeIdea(Result):
    """A strategy's plan on the day; where it does not trade, the levels it would have, as far as they are known.

    Attributes:
        idea: its name.
        strategy: the strategy's file.
        description: of the strategy, its first paragraph.
        active: whether the plan trades today.
        known: whether everything that decides this is known.
        instrument: `shares`, an option's symbol, or both.
        side: `long`, `short` or None.
        entry_kind: `market`, `stop` or `limit`.
        entry: the price of the order, or the spot where it enters at the next open.
        valid_for: sessions that the order is valid.
        target: in price units; None without one.
        stop: in price units; None without one.
        horizon: sessions after the entry at which the trade is closed.
        exit_on: the session at whose close it is closed.
        stop_from_fill: the fraction, where the stop is a distance from the fill.
        reward: distance from the entry to the target; None where the target is on the wrong side of the entry.
        risk: distance from the entry to the stop; None likewise.
        reward_to_risk: their ratio.
        break_even_rate: share of trades that must reach the target, not the stop, to break even before costs.
        target_moves: expected moves of the horizon from the entry to the target.
        option: the option of the idea at the day's quotes, where it has one and trades.
        command: the command that backtests it.
        record: of its earlier trades.
    """

    idea: str
    strategy: str
    description: str
    active: bool
    known: bool
    instrument: str
    side: str | None
    entry_kind: str
    entry: float | None
    valid_for: int
    target: float | None
    stop: float | None
    horizon: int | None
    exit_on: date | None
    stop_from_fill: float | None
    reward: float | None
    risk: float | None
    reward_to_risk: float | None
    break_even_rate: float | None
    target_moves: float | None
    option: OptionQuote | None
    command: str
    record: IdeaRecord = NOTHING_ON_RECORD


class Risk(NamedTuple):
    """Reward and risk of a plan, in price units, their ratio, and the win rate at which it breaks even."""

    reward: float | None
    risk: float | None
    reward_to_risk: float | None
    break_even_rate: float | None


def trade_ideas(day: Day, ideas: Sequence[Idea]) -> tuple[TradeIdea, ...]:
    """The ideas' plans on the day, without their records."""
    return tuple(_trade_idea(day, idea) for idea in ideas)


def _trade_idea(day: Day, idea: Idea) -> TradeIdea:
    plan, row = idea.plan, idea.decided(day.history).row(-1, named=True)
    side = row["side"] if row["side"] in {1, -1} else None
    entry = row["entry_level"] if plan.entry.kind != "market" else day.spot
    target = _level(row.get("target"), getattr(plan.target, "fraction", None), entry, side)
    stop = _level(row.get("stop"), getattr(plan.stop, "fraction", None), entry, side, sign=-1)
    active = bool(row["when"]) and side is not None
    risk = _risk(entry, target, stop, side)
    trade = TradeIdea(
        idea=idea.name,
        strategy=f"{FOLDER}/{idea.file}",
        description=(type(idea.strategy).__doc__ or "").strip().split("\n\n")[0],
        active=active,
        known=row["when"] is not None,
        instrument="shares",
        side={1: "long", -1: "short", None: None}[side],
        entry_kind=plan.entry.kind,
        entry=entry,
        valid_for=plan.entry.valid_for,
        target=target,
        stop=stop,
        horizon=plan.exit_after,
        exit_on=row.get("exit_on"),
        stop_from_fill=getattr(plan.stop, "fraction", None),
        reward=risk.reward,
        risk=risk.risk,
        reward_to_risk=risk.reward_to_risk,
        break_even_rate=risk.break_even_rate,
        target_moves=_moves(day, entry, target, plan.exit_after),
        option=None,
        command=idea.command(day.symbol, day.decision),
    )
    return _with_option(day, idea, trade) if active else trade


def _with_option(day: Day, idea: Idea, trade: TradeIdea) -> TradeIdea:
    """The trade with the option of its idea, where that is listed."""
    if idea.leg is None or not trade.horizon:
        return trade
    latest_entry = 1 if trade.entry_kind == "market" else trade.valid_for
    option = option_of(day, idea.leg, trade.horizon, latest_entry, {"target": trade.target, "stop": trade.stop})
    if option is None:
        return trade
    instrument = option.contract if idea.leg.option_type == "call" else f"shares and {option.contract}"
    return replace(trade, option=option, instrument=instrument)


def _level(
    level: float | None, offset: float | None, entry: float | None, side: int | None, sign: int = 1
) -> float | None:
    if offset is None or entry is None or side is None:
        return level
    return entry * (1 + sign * side * offset)


def _risk(entry: float | None, target: float | None, stop: float | None, side: int | None) -> Risk:
    reward, risk = _beyond(entry, target, side), _beyond(stop, entry, side)
    ratio = reward / risk if reward is not None and risk is not None else None
    return Risk(reward, risk, ratio, 1 / (1 + ratio) if ratio is not None else None)


def _beyond(start: float | None, end: float | None, side: int | None) -> float | None:
    """The distance from `start` to `end` in favour of the side; None where it is not, as in a plan that could not be traded."""
    if start is None or end is None or side is None:
        return None
    distance = side * (end - start)
    return distance if distance > 0 else None


def _moves(day: Day, entry: float | None, target: float | None, horizon: int | None) -> float | None:
    """The distance to the target in expected moves of the horizon: spot times 30-day volatility times the root of its years."""
    volatility = day.today["iv_30d"]
    if entry is None or target is None or not horizon or not volatility or not day.spot:
        return None
    return abs(target - entry) / (day.spot * float(volatility) * sqrt(horizon / SESSIONS_PER_YEAR))
