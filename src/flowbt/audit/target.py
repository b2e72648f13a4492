"""The subject of an audit: the columns of a strategy's plan or of a signal, and metrics, each at its own grain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

from flowbt.metrics import Catalogue
from flowbt.metrics.engine.resolve import Resolved, resolve
from flowbt.signals import Signal
from flowbt.strategy import Strategy, plan_of

FINER: Final = ("print", "strike", "expiry", "level")
"""Grains of which a row is made of its own day and the session before."""


@dataclass(frozen=True)
class Subject:
    """What is audited.

    Attributes:
        name: as its author calls it.
        kind: `strategy`, `signal` or `metric`.
        catalogue: where metrics are looked up.
        columns: expressions over the history, by name.
        metrics: as a user writes them.
        decided_by: those of the columns of which every change is a date to cut at.
    """

    name: str
    kind: str
    catalogue: Catalogue
    columns: Mapping[str, pl.Expr] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()

    @cached_property
    def resolved(self) -> Resolved:
        """What each column and metric is made of."""
        return resolve(self.catalogue, {name: self.catalogue.parse(name) for name in self.metrics}, self.columns, {})

    def metrics_at(self, grain: str) -> tuple[str, ...]:
        """The metrics shown at a grain; that of snapshots shows what looks over days, too."""
        grains = {node.column: node.grain for node in self.resolved.nodes}
        shown = {name: grains[self.resolved.columns[name]] for name in self.metrics}
        return tuple(name for name, own in shown.items() if own == grain or (grain == "snapshot" and own not in FINER))

    def grains(self) -> list[str]:
        """Those at which it has anything."""
        return [grain for grain in ("snapshot", *FINER) if self.at(grain)]

    def at(self, grain: str) -> list[str]:
        """What it has at a grain: metrics, and at that of snapshots the columns, what others are made of first."""
        names = {*self.metrics_at(grain), *(self.columns if grain == "snapshot" else ())}
        place = {node.column: number for number, node in enumerate(self.resolved.nodes)}
        return sorted(names, key=lambda name: place[self.resolved.columns[name]])

    def made_of(self, name: str) -> set[str]:
        """Those of its columns and metrics that this one is made of, itself left out."""
        inputs = {node.column: node.inputs for node in self.resolved.nodes}
        reached: set[str] = set()
        waiting = list(inputs[self.resolved.columns[name]])
        while waiting:
            column = waiting.pop()
            if column not in reached:
                reached.add(column)
                waiting += inputs[column]
        return {other for other, column in self.resolved.columns.items() if column in reached} - {name}


def strategy_subject(strategy: Strategy, catalogue: Catalogue, metrics: Iterable[str] = ()) -> Subject:
    """A strategy: every column of its plan, these metrics, and of the catalogue's own those that the plan is made of."""
    columns = plan_of(strategy).columns()
    own = _own_metrics(catalogue, columns, metrics)
    return Subject(type(strategy).__name__, "strategy", catalogue, columns, own, ("when", "side"))


def signal_subject(*signals: Signal, catalogue: Catalogue, metrics: Iterable[str] = ()) -> Subject:
    """Signals: score, verdict and levels, these metrics, and of the catalogue's own those that they are made of.

    Of several signals the columns bear the signal's name: `fear.score`.
    """
    several = len(signals) > 1
    columns = {
        f"{signal.name()}.{name}" if several else name: column
        for signal in signals
        for name, column in signal.columns().items()
    }
    verdicts = tuple(name for name in columns if name.rpartition(".")[2] == "verdict")
    own = _own_metrics(catalogue, columns, metrics)
    return Subject(", ".join(signal.name() for signal in signals), "signal", catalogue, columns, own, verdicts)


def metrics_subject(name: str, catalogue: Catalogue, metrics: Iterable[str]) -> Subject:
    """Metrics, as a user writes them, and of the catalogue's own those that they are made of."""
    return Subject(name, "metric", catalogue, {}, _own_metrics(catalogue, {}, metrics))


def _own_metrics(catalogue: Catalogue, columns: Mapping[str, pl.Expr], metrics: Iterable[str]) -> tuple[str, ...]:
    """Each under the parameters with which it is read, `fear(lookback=5)` beside `fear()`."""
    asked = {str(key): key for key in map(catalogue.parse, metrics)}
    own = catalogue.own if catalogue.parent is not None else {}
    reached = [node.column for node in resolve(catalogue, asked, columns, {}).nodes if node.name in own]
    return tuple(dict.fromkeys([*asked, *reached]))
