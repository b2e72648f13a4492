"""Metrics that fail on some days: their values there are null and the reason is recorded, so that the rest can be computed.

1. A step of metrics is evaluated at once. If it raises, `survive` evaluates each metric alone, and a metric that fails
   again on ever smaller parts, until only the days on which it fails remain (over days: the symbol's history, or the
   day).
2. There its values are null, of the type they have elsewhere, and so is everything that reads it on those days
   (`Lost`): a sum over unknown numbers is not 0. For later days a lost value is unknown like any other.
3. The reason is recorded for the report (`Failures`), once per metric.

Without a `Lost` the first metric that fails raises an error that names it: an audit, or a computation in Python, must
not continue silently. A definition that cannot be right (`flowbt.metrics.engine.shapes`) is always an error.
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
"""Exceptions that a formula may raise: polars converts what is raised within it into its own errors, some of them panics."""
UNIT: Final = list(SNAPSHOT_KEY)
_LOST: Final = "_lost"


@dataclass(frozen=True)
class FailedMetric(Result):
    """A metric that could not be computed.

    Attributes:
        metric: its name, with parameters and scope, if any.
        reason: the error on the first of those days.
        sessions: number of days on which it failed, over all symbols.
    """

    metric: str
    reason: str
    sessions: int


class Failures:
    """Metrics that could not be computed for a report, over everything it requests.

    Args:
        only_shipped: tolerate failures of shipped metrics only; a failing user-defined metric or column raises an
            error,
            because a strategy must not be tested without it.
    """

    def __init__(self, *, only_shipped: bool = False) -> None:
        self.only_shipped = only_shipped
        self._reasons: dict[str, tuple[date, str, str]] = {}
        self._days: dict[str, set[tuple[str, date]]] = {}
        self._lock = Lock()

    def add(self, name: str, days: Iterable[tuple[str, date]], reason: str) -> None:
        """Record that a metric failed on these days, `(symbol, date)`."""
        with self._lock:
            for symbol, day in days:
                self._days.setdefault(name, set()).add((symbol, day))
                first = self._reasons.get(name)
                if first is None or (day, symbol) < first[:2]:
                    self._reasons[name] = (day, symbol, reason)

    def listed(self, day: date | None = None) -> list[FailedMetric]:
        """Failed metrics by name, each once; with a day, only those that failed on it."""
        counts = {name: sum(day in {None, when} for _, when in self._days[name]) for name in sorted(self._reasons)}
        return [FailedMetric(name, self._reasons[name][2], count) for name, count in counts.items() if count]


@dataclass
class Lost:
    """Days on which columns of one request could not be computed, over all chunks.

    Attributes:
        failures: where reasons are recorded.
        deltas: columns that scopes read.
        everything: whether none of the requested columns could be computed on any day.
    """

    failures: Failures
    deltas: Sequence[str] = ()
    everything: bool = False
    _days: dict[str, pl.DataFrame] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, column: str, days: pl.DataFrame) -> None:
        """Record that a column has no values on these days (`symbol, date`)."""
        with self._lock:
            before = self._days.get(column)
            days = days.select(UNIT)
            self._days[column] = (days if before is None else pl.concat([before, days])).unique()

    def fail(self, node: Node, days: pl.DataFrame, reason: str) -> None:
        """Record that a metric itself failed on these days, not counting days lost because of its inputs.

        Raises:
            DefinitionError: the metric is user-defined and only failures of shipped ones are tolerated.
        """
        own = days.select(UNIT).unique()
        inherited = self.inherited(node)
        new = own if inherited is None else own.join(inherited, on=UNIT, how="anti")
        if new.height and self.failures.only_shipped and not node.is_shipped:
            raise failed(node, reason)
        self.failures.add(named(node), new.rows(), reason)
        self.add(node.column, own)

    def of(self, columns: Iterable[str]) -> pl.DataFrame | None:
        """Days on which any of these columns has no values; None: there are none."""
        with self._lock:
            days = [self._days[column] for column in columns if column in self._days]
        return pl.concat(days).unique() if days else None

    def inherited(self, node: Node) -> pl.DataFrame | None:
        """Days on which an input of the metric has no values."""
        return self.of([*node.inputs, *(self.deltas if node.scope.reads_delta() else ())])

    def masked(self, frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
        """The frame (rows with symbol and date) with null where a column's inputs are lost."""
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
        """Set `everything` from the frame of a request and the column behind each requested name."""
        days = frame.select(UNIT).unique()
        self.everything = bool(columns) and all(
            (lost := self.of([column])) is not None and not days.join(lost, on=UNIT, how="anti").height
            for column in columns.values()
        )


Work = Callable[[Sequence[Node], pl.DataFrame | None], pl.DataFrame]
"""Evaluates nodes on all parts of a frame, or on some; returns the key and a column per node."""


def survive(
    nodes: Sequence[Node],
    base: pl.DataFrame,
    key: Sequence[str],
    part: Sequence[str],
    work: Work,
    dtype: Callable[[Node], pl.DataType],
    lost: Lost | None,
) -> pl.DataFrame:
    """Values of nodes that cannot be evaluated together, in the order of the base; null on the parts where one fails.

    Args:
        nodes: nodes of one step.
        base: one row per value, with `symbol, date`, the key and the columns of the parts.
        key: columns that identify its rows.
        part: columns that are constant within what is evaluated together.
        work: evaluates nodes.
        dtype: the type of a node's values, without evaluating it.
        lost: where failures are recorded; None: the first raises.

    Raises:
        DefinitionError: a node fails and `lost` is None, or the node may not fail.
    """
    parts = base.select(part).unique(maintain_order=True)
    columns = base.select(key)
    for node in nodes:
        try:
            values = work([node], None)
        except FlowbtError:
            raise
        except FAILS as error:
            if lost is None:
                raise failed(node, reason_of(error)) from error
            values = _salvaged(node, base, key, parts, work, dtype, lost, reason_of(error))
        columns = columns.join(values.select(*key, node.column), on=list(key), how="left", maintain_order="left")
    return columns.drop(key)


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
    """A node's values on the parts on which it can be evaluated."""
    none = base.clear().select(key)
    try:
        values = [none.with_columns(pl.lit(None, dtype(node)).alias(node.column))]
    except FAILS:
        # polars cannot even derive its type: it is wrong whatever the data
        lost.fail(node, base, reason)
        return none.with_columns(pl.lit(None, pl.Float64).alias(node.column))
    # a scope may have no row in the chunk: then no day is lost, and there is nothing to split
    failing = [(parts, reason)] if parts.height else []
    while failing:
        some, reason = failing.pop()
        if some.height == 1:
            lost.fail(node, base.join(some, on=some.columns, how="semi"), reason)
            continue
        half = some.height // 2
        for fewer in (some.slice(0, half), some.slice(half)):
            try:
                values.append(work([node], fewer))
            except FlowbtError:
                raise
            except FAILS as error:
                failing.append((fewer, reason_of(error)))
    return pl.concat(values, how="vertical_relaxed")


def failed(node: Node, reason: str) -> DefinitionError:
    """An error that names a metric, or a column of a strategy, and what it raised."""
    kind = "column" if node.column.startswith("=") else "metric"
    return DefinitionError(f"{kind} '{named(node)}' cannot be computed: {reason}")


def named(node: Node) -> str:
    """A metric as a user writes it."""
    return node.column.replace("()", "", 1).removeprefix("=")


def reason_of(error: BaseException) -> str:
    """First line of an error message, with the error's type: `ZeroDivisionError: division by zero`."""
    lines = str(error).strip().splitlines()
    # an error raised in a Python function within an expression arrives as it is, or inside a polars error that names its type
    kind = "" if isinstance(error, pl.exceptions.PolarsError) else f"{type(error).__name__}: "
    return f"{kind}{lines[0]}" if lines else type(error).__name__
