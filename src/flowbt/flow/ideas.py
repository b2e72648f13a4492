"""The bundled strategies as trade ideas, with the thresholds of a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from flowbt.flow.legs import Leg
from flowbt.flow.requested_metrics import FRIDAY
from flowbt.metrics import Decision
from flowbt.settings import configure
from flowbt.signals import FlowVerdict
from flowbt.strategy import Plan, Strategy, new_strategy, plan_of
from flowbt.strategy.homes import FOLDER
from flowbt.strategy.shipped import shipped_strategy


@dataclass(frozen=True)
class Idea:
    """A trade idea.

    Attributes:
        name: in the report, such as `option play`.
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
        """The plan's columns, under names that start with the idea's."""
        return {self.column(name): expr for name, expr in self.plan.columns().items()}

    def column(self, name: str) -> str:
        """The column of the history that holds a column of the plan."""
        return f"{self.name}: {name}"

    def decided(self, history: pl.DataFrame) -> pl.DataFrame:
        """The history as the plan's columns per `symbol, date`."""
        return history.select(
            "symbol", "date", *(pl.col(self.column(name)).alias(name) for name in self.plan.columns())
        )

    def command(self, symbol: str, decision: Decision) -> str:
        """The command that backtests it."""
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
    """The ideas of the bundled strategies; those that trade the flow verdict take its settings."""
    ideas = []
    for name, file, leg in SHIPPED:
        strategy, own = new_strategy(shipped_strategy(file)), {}
        if settings and isinstance(getattr(strategy, "signal", None), FlowVerdict):
            own = {f"signal.{key.removeprefix('signal.')}": value for key, value in settings.items()}
            strategy = configure(strategy, own)
        ideas.append(Idea(name, file, strategy, own, leg))
    return ideas
