"""Trade ideas: the plans of the shipped strategies on the day, and what the options in them cost at its quotes.

An idea's levels are its plan's, those that `flowbt backtest` trades; a stop or target that is a distance from the fill is shown
from the spot. A plan is in the underlying; where the idea names an option, that stands beside it (`flowbt.flow.legs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any, Final

import polars as pl

from flowbt.flow.day import Day
from flowbt.flow.legs import Leg, option_of
from flowbt.flow.requested_metrics import FRIDAY
from flowbt.metrics import Decision
from flowbt.metrics.catalogue.technical import SESSIONS_A_YEAR
from flowbt.settings import configure
from flowbt.signals import FlowVerdict
from flowbt.strategy import Plan, Strategy, new_strategy, plan_of
from flowbt.strategy.homes import FOLDER
from flowbt.strategy.shipped import shipped_strategy


@dataclass(frozen=True)
class Idea:
    """A trade idea.

    Attributes:
        name: what it is called.
        file: of `strategies/`.
        strategy: with the thresholds of this report.
        settings: those that differ from the file's, as text.
        leg: the option that it is about, if any.
    """

    name: str
    file: str
    strategy: Strategy
    settings: Mapping[str, str]
    leg: Leg | None

    @cached_property
    def plan(self) -> Plan:
        """The strategy's plan."""
        return plan_of(self.strategy)

    def columns(self) -> dict[str, pl.Expr]:
        """The plan's columns, under names of the idea's own."""
        return {self.column(name): expr for name, expr in self.plan.columns().items()}

    def column(self, name: str) -> str:
        """Where the history holds a column of the plan."""
        return f"{self.name}: {name}"

    def decided(self, history: pl.DataFrame) -> pl.DataFrame:
        """The history as the plan's columns per `symbol, date`."""
        return history.select(
            "symbol", "date", *(pl.col(self.column(name)).alias(name) for name in self.plan.columns())
        )

    def command(self, symbol: str, decision: Decision) -> str:
        """What backtests it."""
        settings = "".join(f" --set {name}={value}" for name, value in self.settings.items())
        clock = "" if decision == "close" else f" --decision {decision}"
        return f"flowbt backtest {FOLDER}/{self.file} --symbols {symbol}{settings}{clock}"


SHIPPED: Final = (
    ("option play", "option_play.py", Leg("call", f"contention_strike{FRIDAY}")),
    ("protective put", "protective_put.py", Leg("put", "protective put: stop")),
    ("stock play", "stock_play.py", None),
    ("short the verdict", "bearish_verdict.py", None),
    ("towards max pain", "max_pain_gravity.py", None),
)


def shipped_ideas(settings: Mapping[str, str] | None = None) -> list[Idea]:
    """The ideas of the shipped strategies; those that trade the flow verdict take its settings."""
    found = []
    for name, file, leg in SHIPPED:
        strategy, own = new_strategy(shipped_strategy(file)), {}
        if settings and isinstance(getattr(strategy, "signal", None), FlowVerdict):
            own = {f"signal.{key.removeprefix('signal.')}": value for key, value in settings.items()}
            strategy = configure(strategy, own)
        found.append(Idea(name, file, strategy, own, leg))
    return found


def trade_ideas(day: Day, ideas: Sequence[Idea]) -> list[dict[str, Any]]:
    """The ideas' plans on the day, by the keys of the document's `trade_ideas`.

    `active` says whether the plan trades today; where it does not, the levels are those it would have, as far as they are
    known. `entry` is the level of an order, or the spot where it enters at the next open (`entry_kind`). `reward` and `risk`
    are the distances to target and stop, None where that lies on the wrong side of the entry; `reward_to_risk` is their
    ratio, `break_even_rate` the share of trades that would have to reach the target, not the stop, to make nothing, and
    `target_moves` how many expected moves of the horizon the target is away. `stop_from_fill` is the fraction where the stop
    is a distance from the fill.
    """
    return [_told(day, idea) for idea in ideas]


def _told(day: Day, idea: Idea) -> dict[str, Any]:
    plan, row = idea.plan, idea.decided(day.history).row(-1, named=True)
    side = row["side"] if row["side"] in {1, -1} else None
    entry = row["entry_level"] if plan.entry.kind != "market" else day.spot
    target = _level(row.get("target"), getattr(plan.target, "fraction", None), entry, side)
    stop = _level(row.get("stop"), getattr(plan.stop, "fraction", None), entry, side, sign=-1)
    active = bool(row["when"]) and side is not None
    told = {
        "idea": idea.name,
        "strategy": f"{FOLDER}/{idea.file}",
        "description": (type(idea.strategy).__doc__ or "").strip().split("\n\n")[0],
        "active": active,
        "known": row["when"] is not None,
        "instrument": "shares",
        "side": {1: "long", -1: "short", None: None}[side],
        "entry_kind": plan.entry.kind,
        "entry": entry,
        "valid_for": plan.entry.valid_for,
        "target": target,
        "stop": stop,
        "horizon": plan.exit_after,
        "exit_on": row.get("exit_on"),
        "stop_from_fill": getattr(plan.stop, "fraction", None),
        **_risk(entry, target, stop, side),
        "target_moves": _moves(day, entry, target, plan.exit_after),
        "option": None,
        "command": idea.command(day.symbol, day.decision),
    }
    if idea.leg is not None and active and told["horizon"]:
        told["option"] = option = option_of(day, idea.leg, told)
        if option is not None:
            told["instrument"] = (
                option["contract"] if idea.leg.option_type == "call" else f"shares and {option['contract']}"
            )
    return told


def _level(
    level: float | None, offset: float | None, entry: float | None, side: int | None, sign: int = 1
) -> float | None:
    if offset is None or entry is None or side is None:
        return level
    return entry * (1 + sign * side * offset)


def _risk(entry: float | None, target: float | None, stop: float | None, side: int | None) -> dict[str, float | None]:
    reward, risk = _beyond(entry, target, side), _beyond(stop, entry, side)
    ratio = reward / risk if reward is not None and risk is not None else None
    return {
        "reward": reward,
        "risk": risk,
        "reward_to_risk": ratio,
        "break_even_rate": 1 / (1 + ratio) if ratio is not None else None,
    }


def _beyond(start: float | None, end: float | None, side: int | None) -> float | None:
    """How far `end` lies in favour of the side; None where it does not, as in a plan that could not be traded."""
    if start is None or end is None or side is None:
        return None
    distance = side * (end - start)
    return distance if distance > 0 else None


def _moves(day: Day, entry: float | None, target: float | None, horizon: int | None) -> float | None:
    """How far the target is, in moves expected over the horizon: spot times 30-day volatility times the root of its years."""
    volatility = day.today["iv_30d"]
    if entry is None or target is None or not horizon or not volatility or not day.spot:
        return None
    return abs(target - entry) / (day.spot * float(volatility) * sqrt(horizon / SESSIONS_A_YEAR))
