"""From expressions to an ordered plan of work, read from the expressions themselves.

`resolve` walks the roots (`expr.meta.root_names()`) of what is asked for down to stored columns. Each name becomes a
`Node`: a metric under its parameters, with its expression, its inputs, and its *source*: the frame it is evaluated over,
which is the finest that holds its inputs. What a metric cannot read is an error here, before any data is touched.

How a root is read at a grain:

- `name()` is always a metric; a plain name is a column of the strike rows where the grain is over them (strike to
  snapshot) and such a column exists, else a metric;
- `call_open_interest@-1` (`prior`) is the same contract's value one session before;
- at history and cross_section grain, plain `open, high, low, close, volume, adj_close` are the day's price bar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import polars as pl

from flowbt.errors import DefinitionError, FlowbtError, UnknownNameError
from flowbt.metrics.catalogue import Catalogue, Grain, Metric, MetricKey, Rows, Value
from flowbt.schema import PRICE_BARS, STRIKE_ROWS

PRIOR: Final = "@-1"
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "strike": ("symbol", "date", "root", "expiration", "strike"),
    "expiry": ("symbol", "date", "expiration"),
    "level": ("symbol", "date", "strike"),
    "snapshot": ("symbol", "date"),
    "history": ("symbol", "date"),
    "cross_section": ("symbol", "date"),
    "bars": ("symbol", "date"),
}
CARRIED: Final = "underlying_price"
"""One price per snapshot, so every frame below the history bears it."""
BAR_COLUMNS: Final = tuple(name for name in PRICE_BARS if name not in {"symbol", "date"})
SHARED: Final = {*KEYS["strike"], CARRIED}
LONGEST_CLOSURE: Final = timedelta(days=10)
"""No exchange closes for longer (New York was shut for six days in September 2001, Shanghai for nine in 2020)."""
OVER_DAYS: Final = ("history", "cross_section")
READABLE: Final[dict[str, tuple[str, ...]]] = {
    "strike": ("strike",),
    "expiry": ("strike", "expiry"),
    "level": ("strike", "level"),
    "snapshot": ("strike", "expiry", "level", "snapshot"),
    "history": ("expiry", "snapshot", "history", "cross_section"),
    "cross_section": ("expiry", "snapshot", "history", "cross_section"),
}
"""Which grains' metrics a metric may read; an expiry's number read over days is that of the nearest live expiry."""


def prior(column: str) -> pl.Expr:
    """A stored column of the same contract, one session before.

    0 where the contract was not listed then; null where the lake lacks the symbol's snapshot of that session, or that
    snapshot has no value of the column.
    """
    return pl.col(f"{column}{PRIOR}")


def output_column(name: str) -> str:
    """The column of an expression asked for under a name, which a metric may bear too."""
    return f"={name}"


@dataclass(frozen=True)
class Node:
    """A metric to compute.

    Attributes:
        column: its name in the frames, `name(...)`.
        grain: of its values.
        source: the frame its expression is evaluated over; finer than `grain` where it aggregates.
        rows: which strike rows it aggregates.
        expression: its formula.
        inputs: the columns of other nodes that it reads.
        aliases: plain names by which its expression calls some of them.
    """

    column: str
    grain: str
    source: str
    rows: Rows
    expression: pl.Expr
    inputs: tuple[str, ...]
    aliases: Mapping[str, str]


@dataclass(frozen=True)
class Resolved:
    """The work, inputs before what reads them; and which stored columns of the strike rows it needs."""

    nodes: tuple[Node, ...]
    stored: frozenset[str]
    prior: frozenset[str]

    def at(self, *grains: str) -> list[Node]:
        """The nodes of these grains, in order."""
        return [node for node in self.nodes if node.grain in grains]


def resolve(
    catalogue: Catalogue,
    keys: Mapping[str, MetricKey],
    expressions: Mapping[str, pl.Expr],
    overrides: Mapping[str, Value],
) -> Resolved:
    """The plan that computes these metrics, and these expressions over the history.

    Args:
        catalogue: where names are looked up.
        keys: metrics asked for.
        expressions: further expressions, at history grain, by the name they shall have.
        overrides: values for every metric that has a parameter of that name and was not given one.

    Raises:
        UnknownNameError: a name that is neither column nor metric.
        DefinitionError: a metric that reads what its grain does not hold, or itself.
    """
    walk = _Walk(catalogue, overrides)
    for key in keys.values():
        walk.visit(key, ())
    for name, expression in expressions.items():
        walk.place(output_column(name), "history", "traded", expression, (name,))
    return Resolved(tuple(walk.nodes.values()), frozenset(walk.stored), frozenset(walk.prior))


class _Walk:
    """Depth first through the roots; `nodes` fills with inputs before what reads them."""

    def __init__(self, catalogue: Catalogue, overrides: Mapping[str, Value]) -> None:
        self.nodes: dict[str, Node] = {}
        self.stored: set[str] = set()
        self.prior: set[str] = set()
        self._catalogue = catalogue
        self._overrides = overrides
        self._keys: dict[str, Node] = {}

    def visit(self, key: MetricKey, trail: tuple[str, ...]) -> Node:
        column = str(key)
        if column in trail:
            raise DefinitionError(f"metric '{key.name}' reads itself: {' -> '.join([*trail, column])}")
        if column not in self.nodes:
            found = self._catalogue.get(key.name)
            chosen = {name: value for name, value in self._overrides.items() if name in found.parameters}
            expression = _build(found, found.key({**chosen, **dict(key.parameters)}))
            self.place(column, found.grain, found.rows, expression, (*trail, column))
        return self.nodes[column]

    def place(self, column: str, grain: Grain, rows: Rows, expression: pl.Expr, trail: tuple[str, ...]) -> None:
        if not isinstance(expression, pl.Expr):
            raise DefinitionError(f"'{column}' returns {type(expression).__name__}, not a polars expression")
        inputs: dict[str, Node] = {}
        aliases: dict[str, str] = {}
        own_rows: set[str] = set()
        shared: set[str] = set()
        reads_bars = False
        for root in dict.fromkeys(expression.meta.root_names()):
            if grain not in OVER_DAYS and (root in STRIKE_ROWS or root.endswith(PRIOR)):
                self._store(root, column)
                shared.add(root) if root in SHARED else own_rows.add(root)
            elif grain in OVER_DAYS and root in BAR_COLUMNS:
                reads_bars = True
            elif root not in KEYS[grain]:
                node = self._input(root, column, trail)
                inputs[node.column] = node
                if root != node.column:
                    aliases[root] = node.column
        for node in inputs.values():
            if node.grain not in READABLE[grain] and not (grain in OVER_DAYS and node.grain == "bars"):
                raise DefinitionError(
                    f"'{column}' is at {grain} grain and cannot read '{node.column}' at {node.grain} grain"
                )
        grains = {node.grain for node in inputs.values()}
        if grain in OVER_DAYS:
            only_bars = grain == "history" and (reads_bars or grains) and grains <= {"bars"}
            source, own = ("bars", "bars") if only_bars else (grain, grain)
        else:
            source, own = _source(column, grain, grains | ({"strike"} if own_rows else set()), shared), grain
        self.nodes[column] = Node(column, own, source, rows, expression, tuple(inputs), aliases)

    def _input(self, root: str, column: str, trail: tuple[str, ...]) -> Node:
        where = f"read by '{_said(column)}'"
        try:
            return self.visit(self._catalogue.parse(root, where), trail)
        except UnknownNameError as error:
            if root not in STRIKE_ROWS:
                raise
            raise DefinitionError(
                f"'{root}' is a column of the strike rows, which '{column}' does not see: aggregate it in a metric "
                "at snapshot grain first"
            ) from error

    def _store(self, root: str, column: str) -> None:
        name = root.removesuffix(PRIOR)
        if name not in STRIKE_ROWS:
            raise UnknownNameError("column", name, STRIKE_ROWS, where=f"read by '{_said(column)}'")
        (self.prior if root.endswith(PRIOR) else self.stored).add(name)


def _build(metric: Metric, key: MetricKey) -> pl.Expr:
    try:
        return metric.expression(key)
    except FlowbtError:
        raise
    except Exception as error:  # noqa: BLE001 (a user's formula, or a parameter that polars refuses)
        raise DefinitionError(f"metric '{key}' cannot be built ({type(error).__name__}: {error})") from None


def _said(column: str) -> str:
    return column.removesuffix("()").removeprefix("=")


def _source(column: str, grain: str, grains: set[str], shared: set[str]) -> str:
    """The frame to evaluate over; `shared` columns are in several frames, so the other inputs decide."""
    finer = grains - {grain}
    if len(finer) > 1:
        raise DefinitionError(f"'{column}' reads from several frames at once ({', '.join(sorted(finer))}): split it")
    source = finer.pop() if finer else grain
    if shared <= {*KEYS[source], CARRIED}:
        return source
    if finer or source != grain:
        raise DefinitionError(f"'{column}' reads {', '.join(sorted(shared))}, which the {source} frame does not bear")
    return "strike"
