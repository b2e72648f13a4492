"""Metrics that cannot be computed on some days: their values are null there and the reason is kept, so that the rest stands.

1. A step of metrics is evaluated at once; where that raises, `survive` evaluates each metric alone, and one that fails again on ever
   smaller parts, until what is left are the days (over days: the symbol's history, or the day) on which it fails.
2. There it is null, with the type that it has elsewhere, and so is all that reads it on those days (`Lost`): a sum over
   unknown numbers is not 0. Over earlier days a lost value is an unknown one like any other.
3. The reason goes to the ledger of the report (`Failures`), once for each metric.

Without a ledger the first metric that fails is an error that names it: an audit, or a computation in Python, is not to go on as
if nothing had happened. A definition that cannot be right (`flowbt.metrics.engine.shapes`) is an error in any case.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Final

import polars as pl

from flowbt.documents import Result
from flowbt.errors import DefinitionError, FlowbtError
from flowbt.metrics.engine.resolve import Node
from flowbt.schema import SNAPSHOT_KEY

FAILS: Final = (Exception, pl.exceptions.PanicException)
"""What a formula may raise: polars turns whatever is raised within it into errors of its own, some of them panics."""
UNIT: Final = list(SNAPSHOT_KEY)
_LOST: Final = "_lost"


@dataclass(frozen=True)
class FailedMetric(Result):
    """A metric that could not be computed.

    Attributes:
        metric: its name, with parameters and scope where it has any.
        reason: what it raised on the first of those days.
        sessions: on how many days of all symbols.
    """

    metric: str
    reason: str
    sessions: int


class Failures:
    """What could not be computed for a report, over all that it asks for.

    Args:
        only_shipped: a failure of anything but a metric of flowbt's is an error that names it: what a user wrote to be
            tested must not be tested without it.
    """

    def __init__(self, *, only_shipped: bool = False) -> None:
        self.only_shipped = only_shipped
        self._reasons: dict[str, tuple[date, str, str]] = {}
        self._days: dict[str, set[tuple[str, date]]] = {}
        self._lock = Lock()

    def add(self, name: str, days: Iterable[tuple[str, date]], reason: str) -> None:
        """Take in that a metric failed on these days, `(symbol, date)`."""
        with self._lock:
            for symbol, day in days:
                self._days.setdefault(name, set()).add((symbol, day))
                first = self._reasons.get(name)
                if first is None or (day, symbol) < first[:2]:
                    self._reasons[name] = (day, symbol, reason)

    def listed(self, day: date | None = None) -> list[FailedMetric]:
        """Each metric that failed, once, by name; with a day, those that failed on it."""
        counts = {name: sum(day in {None, when} for _, when in self._days[name]) for name in sorted(self._reasons)}
        return [FailedMetric(name, self._reasons[name][2], count) for name, count in counts.items() if count]


@dataclass
class Lost:
    """The days on which columns of one request could not be computed, whichever chunk they are of.

    Attributes:
        failures: the ledger.
        deltas: columns that scopes read.
        everything: whether nothing that was asked for could be computed on any day.
    """

    failures: Failures
    deltas: Sequence[str] = ()
    everything: bool = False
    _days: dict[str, pl.DataFrame] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, column: str, days: pl.DataFrame) -> None:
        """Take in that a column has no values on these days (`symbol, date`)."""
        with self._lock:
            before = self._days.get(column)
            days = days.select(UNIT)
            self._days[column] = (days if before is None else pl.concat([before, days])).unique()

    def fail(self, node: Node, days: pl.DataFrame, reason: str) -> None:
        """Take in that a metric failed on these days, and not for want of what it reads."""
        own = days.select(UNIT).unique()
        inherited = self.inherited(node)
        told = own if inherited is None else own.join(inherited, on=UNIT, how="anti")
        if told.height and self.failures.only_shipped and not node.is_shipped:
            raise failed(node, reason)
        self.failures.add(named(node), told.rows(), reason)
        self.add(node.column, own)

    def of(self, columns: Iterable[str]) -> pl.DataFrame | None:
        """The days on which any of these columns has no values; None: there are none."""
        with self._lock:
            found = [self._days[column] for column in columns if column in self._days]
        return pl.concat(found).unique() if found else None

    def inherited(self, node: Node) -> pl.DataFrame | None:
        """The days on which something that a metric reads has no values."""
        return self.of([*node.inputs, *(self.deltas if node.scope.reads_delta() else ())])

    def masked(self, frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
        """The frame, of rows with symbol and date, with null where a column is lost with what it reads."""
        for node in nodes if self._days else ():
            days = self.inherited(node)
            days = None if days is None else days.join(frame, on=UNIT, how="semi")
            if days is not None and days.height:
                self.add(node.column, days)
                marked = frame.join(
                    days.with_columns(pl.lit(value=True).alias(_LOST)), on=UNIT, how="left", maintain_order="left"
                )
                frame = marked.with_columns(pl.when(pl.col(_LOST).is_null()).then(node.column).alias(node.column)).drop(
                    _LOST
                )
        return frame

    def note(self, frame: pl.DataFrame, columns: Mapping[str, str]) -> None:
        """Look at what came of a request: its frame, and the column behind each name that was asked for."""
        days = frame.select(UNIT).unique()
        self.everything = bool(columns) and all(
            (lost := self.of([column])) is not None and not days.join(lost, on=UNIT, how="anti").height
            for column in columns.values()
        )


Work = Callable[[Sequence[Node], pl.DataFrame | None], pl.DataFrame]
"""Evaluates nodes over all parts of a frame, or over some: gives the key and a column for each node."""


def survive(
    nodes: Sequence[Node],
    base: pl.DataFrame,
    key: Sequence[str],
    part: Sequence[str],
    work: Work,
    dtype: Callable[[Node], pl.DataType],
    lost: Lost | None,
) -> pl.DataFrame:
    """The values of nodes that cannot be evaluated together, in the order of the base: null on the parts where one fails.

    Args:
        nodes: of one step.
        base: a row for each value, with `symbol, date`, the key and the columns of the parts.
        key: what tells its rows apart.
        part: the columns that are the same within what is evaluated together.
        work: how they are evaluated.
        dtype: the type of a node's values, without evaluating it.
        lost: where failures go; None: the first is an error.

    Raises:
        DefinitionError: a node fails, and there is no ledger, or it is one that may not.
    """
    parts = base.select(part).unique(maintain_order=True)
    found = base.select(key)
    for node in nodes:
        try:
            values = work([node], None)
        except FlowbtError:
            raise
        except FAILS as error:
            if lost is None:
                raise failed(node, reason_of(error)) from error
            values = _salvaged(node, base, key, parts, work, dtype, lost, reason_of(error))
        found = found.join(values.select(*key, node.column), on=list(key), how="left", maintain_order="left")
    return found.drop(key)


def _salvaged(
    node: Node,
    base: pl.DataFrame,
    key: Sequence[str],
    parts: pl.DataFrame,
    work: Work,
    dtype: Callable[[Node], pl.DataType],
    lost: Lost,
    reason: str,
) -> pl.DataFrame:
    """A node's values on those parts on which it can be evaluated."""
    none = base.clear().select(key)
    try:
        found = [none.with_columns(pl.lit(None, dtype(node)).alias(node.column))]
    except FAILS:
        # polars cannot say what it would be: it is wrong whatever the data
        lost.fail(node, base, reason)
        return none.with_columns(pl.lit(None, pl.Float64).alias(node.column))
    # a scope may hold no row of the chunk: then no day is lost, and there is nothing to halve
    failing = [(parts, reason)] if parts.height else []
    while failing:
        some, reason = failing.pop()
        if some.height == 1:
            lost.fail(node, base.join(some, on=some.columns, how="semi"), reason)
            continue
        half = some.height // 2
        for fewer in (some.slice(0, half), some.slice(half)):
            try:
                found.append(work([node], fewer))
            except FlowbtError:
                raise
            except FAILS as error:
                failing.append((fewer, reason_of(error)))
    return pl.concat(found, how="vertical_relaxed")


def failed(node: Node, reason: str) -> DefinitionError:
    """The error that names a metric, or a column of a strategy's, and what it raised."""
    kind = "column" if node.column.startswith("=") else "metric"
    return DefinitionError(f"{kind} '{named(node)}' cannot be computed: {reason}")


def named(node: Node) -> str:
    """A metric as a user writes it."""
    return node.column.replace("()", "", 1).removeprefix("=")


def reason_of(error: BaseException) -> str:
    """The first line of what an error says, with its kind: `ZeroDivisionError: division by zero`."""
    said = str(error).strip().splitlines()
    # what a Python function within an expression raised may come as it is, or within an error of polars' that names its kind
    kind = "" if isinstance(error, pl.exceptions.PolarsError) else f"{type(error).__name__}: "
    return f"{kind}{said[0]}" if said else type(error).__name__
