"""From expressions to an ordered plan of work, derived from the expressions themselves.

`resolve` walks the roots (`expr.meta.root_names()`) of the request down to stored columns. Each name becomes a `Node`:
a metric under its parameters, with its expression, its inputs and its *source*, the frame it is evaluated over, which
is the finest that contains its inputs. A metric that reads something it cannot is an error here, before any data are
read.

How a root is read at a grain:

- `name()` is always a metric. A plain name is a column of the strike rows where the grain is over them (strike to
  snapshot) and such a column exists, else a metric; `last_trading_day` (`flowbt.expiries`) is such a column of strikes
  and expiries;
- `call_open_interest@-1` (`prior`) is the same contract's value one session before, `call_open_interest@open`
  (`held_at_open`) the open interest at the start of the session, `call_volume@ask` (`on_tape`) the contract's total on
  the tape;
- a name is read under the scope of the metric that reads it, `name()[all]` over all contracts, `name()[otm]` under
  both;
- at history and cross_section grain, plain `open, high, low, close, volume, adj_close` are the day's price bar, as
  traded, and `split_factor` makes its prices comparable with those of other days
  (`flowbt.metrics.catalogue.technical`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Final, Literal

import polars as pl

from flowbt.errors import DefinitionError, FlowbtError, UnknownNameError
from flowbt.expiries import LAST_TRADING_DAY
from flowbt.metrics.engine.definition import SHIPPED, Catalogue, Grain, Metric, MetricKey, Rows, Value
from flowbt.metrics.engine.scope import EXPIRY_ID, SNAPSHOT_ID, Scope
from flowbt.metrics.engine.shapes import check_shape
from flowbt.schema import PRICE_BARS, PRINTS, SEEN_ROWS, SIDES

PRIOR: Final = "@-1"
OPENING: Final = "@open"
HELD: Final = tuple(f"{side}_open_interest" for side in SIDES)
TAPE: Final = {f"{side}_{what}@{at}" for side in SIDES for what in ("volume", "premium") for at in ("ask", "bid")}
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "print": ("symbol", "date", "time", "root", "expiration", "strike", "option_type"),
    "strike": ("symbol", "date", "root", "expiration", "strike"),
    "expiry": ("symbol", "date", "expiration", "root"),
    "level": ("symbol", "date", "strike"),
    "snapshot": ("symbol", "date"),
    "history": ("symbol", "date"),
    "cross_section": ("symbol", "date"),
    "bars": ("symbol", "date"),
}
CARRIED: Final = "underlying_price"
"""One price per snapshot, so every frame below the history has it."""
BAR_COLUMNS: Final = (*(name for name in PRICE_BARS if name not in {"symbol", "date"}), "split_factor")
SHARED: Final = {*KEYS["strike"], CARRIED, LAST_TRADING_DAY}
OF_EXPIRIES: Final = ("strike", "expiry")
"""Frames whose rows belong to one expiry each, and so have a last trading day."""
LONGEST_CLOSURE: Final = timedelta(days=10)
"""No exchange closes for longer (New York was shut for six days in September 2001, Shanghai for nine in 2020)."""
OVER_DAYS: Final = ("history", "cross_section")
READABLE: Final[dict[str, tuple[str, ...]]] = {
    "print": ("print",),
    "strike": ("strike",),
    "expiry": ("strike", "expiry"),
    "level": ("strike", "level"),
    "snapshot": ("print", "strike", "expiry", "level", "snapshot"),
    "history": ("expiry", "snapshot", "history", "cross_section"),
    "cross_section": ("expiry", "snapshot", "history", "cross_section"),
}
"""Grains whose metrics a metric may read; over days, an expiry's value is that of the nearest live expiry."""


def prior(column: str) -> pl.Expr:
    """A stored column of the same contract, one session before.

    Where the contract was not listed then, 0; but null if the lake lacks the symbol's snapshot of that session, or the
    snapshot has no value of the column at all. Null where the contract's own value was unknown. Open interest is the
    value known then at the same decision time; before the open (`flowbt.metrics.engine.known_open_interest`) that is
    the open interest at the start of today's session, whether or not the lake has the session before.

    Args:
        column: a column of the strike rows, as in `call_open_interest`.

    Examples:
        Contracts added since the session before, in calls, from the chain itself:

        >>> change = pl.col("call_open_interest") - flowbt.prior("call_open_interest")
        >>> @flowbt.metric(grain="snapshot", unit="contracts")
        ... def calls_added() -> pl.Expr:
        ...     '''Increase of call open interest over all strikes where it rose.'''
        ...     return change.filter(change > 0).sum()
        >>> calls_added.name
        'calls_added'
    """
    return pl.col(f"{column}{PRIOR}")


def held_at_open(side: str) -> pl.Expr:
    """Open interest of a strike's call or put at the start of the session, to compare its trading with.

    It is the open interest known at the close (`flowbt.metrics.engine.known_open_interest`) at both decision times;
    `call_open_interest` may be that of after the session.

    Args:
        side: `call` or `put`.

    Examples:
        Volume above the open interest with which the session began must contain opening trades:

        >>> opening = pl.col("call_volume") > flowbt.held_at_open("call")
        >>> @flowbt.metric(grain="snapshot", unit="strikes")
        ... def strikes_with_opening_calls() -> pl.Expr:
        ...     '''Strikes at which more calls traded than were open in the morning.'''
        ...     return opening.sum()
        >>> values = flowbt.compute_metrics(flowbt.Lake("data"), ["SYN000"], select=["strikes_with_opening_calls"])
        >>> values.height
        90
    """
    return pl.col(f"{side}_open_interest{OPENING}")


def on_tape(side: str, what: Literal["volume", "premium"], at: Literal["ask", "bid"]) -> pl.Expr:
    """Total of a strike's call or put on the tape: contracts, or USD, traded at the ask or at the bid.

    0 where none traded; null where the lake has no tape of the symbol and day.

    Args:
        side: `call` or `put`.
        what: `volume` (contracts) or `premium` (USD).
        at: `ask` or `bid`.

    Examples:
        >>> @flowbt.metric(grain="snapshot", unit="1")
        ... def calls_bought_share() -> pl.Expr:
        ...     '''Share of the call premium on the tape that traded at the ask.'''
        ...     bought, sold = (flowbt.on_tape("call", "premium", at=side).sum() for side in ("ask", "bid"))
        ...     return bought / (bought + sold)
        >>> calls_bought_share.grain
        'snapshot'
    """
    return pl.col(f"{side}_{what}@{at}")


def output_column(name: str) -> str:
    """Column of an expression requested under a name, which may also be the name of a metric."""
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
        aliases: names by which its expression refers to some of them.
        scope: which contracts it counts.
        across: whether it combines metrics under several scopes.
    """

    column: str
    grain: str
    source: str
    rows: Rows
    expression: pl.Expr
    inputs: tuple[str, ...]
    aliases: Mapping[str, str]
    scope: Scope = Scope()
    across: bool = False

    @property
    def name(self) -> str:
        """The metric's own name."""
        return self.column.partition("(")[0]

    @property
    def is_shipped(self) -> bool:
        """Whether it is a shipped metric, which no user catalogue can replace."""
        return self.name in SHIPPED


@dataclass(frozen=True)
class Resolved:
    """The plan of work.

    Attributes:
        nodes: metrics, inputs before what reads them.
        columns: the column of each requested name.
        deltas: where a scope reads deltas, the columns of the calls' and the puts' deltas.
    """

    nodes: tuple[Node, ...]
    columns: Mapping[str, str]
    deltas: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def stored(self) -> frozenset[str]:
        """Columns of the strike rows that it needs."""
        of_scopes = frozenset(name for node in self.nodes for name in node.scope.columns())
        return self._roots.intersection(SEEN_ROWS) | of_scopes

    @cached_property
    def prior(self) -> frozenset[str]:
        """Columns of the strike rows that it needs of one session before."""
        return frozenset(root.removesuffix(PRIOR) for root in self._roots if root.endswith(PRIOR))

    @cached_property
    def opening(self) -> frozenset[str]:
        """Columns of open interest that it needs as of the start of the session."""
        return frozenset(root.removesuffix(OPENING) for root in self._roots if root.endswith(OPENING))

    @cached_property
    def tape(self) -> frozenset[str]:
        """Totals of the tape that it needs, by contract."""
        return self._roots & TAPE

    @cached_property
    def _roots(self) -> frozenset[str]:
        over_rows = (node for node in self.nodes if node.grain not in {*OVER_DAYS, "bars", "print"})
        return frozenset(root for node in over_rows for root in node.expression.meta.root_names())

    def only(self, columns: Iterable[str]) -> "Resolved":
        """The part of the plan that these columns need."""
        needed = {*columns, *self.deltas.values()}
        for node in reversed(self.nodes):
            if node.column in needed:
                needed.update(node.inputs)
        return Resolved(tuple(node for node in self.nodes if node.column in needed), self.columns, self.deltas)

    def at(self, *grains: str) -> list[Node]:
        """The nodes of these grains, in order."""
        return [node for node in self.nodes if node.grain in grains]

    def under(self, scope: Scope, grain: str) -> list[Node]:
        """The nodes of a grain that count the contracts of one scope, in order."""
        return [node for node in self.nodes if (node.grain, node.scope, node.across) == (grain, scope, False)]

    def scopes(self) -> list[Scope]:
        """Each scope once, all contracts first."""
        counted = [node.scope for node in self.nodes if node.grain not in {*OVER_DAYS, "bars"}]
        return list(dict.fromkeys([Scope(), *counted]))


def resolve(
    catalogue: Catalogue,
    keys: Mapping[str, MetricKey],
    expressions: Mapping[str, pl.Expr],
    overrides: Mapping[str, Value],
) -> Resolved:
    """The plan that computes these metrics, and these expressions over the history.

    Args:
        catalogue: where names are looked up.
        keys: metrics requested.
        expressions: further expressions, at history grain, by output name.
        overrides: values for every metric that has a parameter of that name and was not given one explicitly.

    Raises:
        UnknownNameError: a name is neither a column nor a metric.
        DefinitionError: a metric reads itself or something its grain does not have, or its expression gives another
            number of
            values than its grain needs (`flowbt.metrics.engine.shapes`).
    """
    walk = _Walk(catalogue, overrides)
    columns = {name: walk.visit(key, Scope(), ()).column for name, key in keys.items()}
    for name, expression in expressions.items():
        column = output_column(name)
        walk.place(column, "history", "traded", expression, Scope(), (name,))
        columns[name] = column
    for node in walk.nodes.values():
        if not node.is_shipped:
            check_shape(_display_name(node.column), node.grain, node.source, node.expression)
    deltas = {}
    if any(node.scope.reads_delta() for node in walk.nodes.values()):
        deltas = {side: walk.visit(MetricKey(f"{side}_unit_delta"), Scope(), ()).column for side in SIDES}
    return Resolved(tuple(walk.nodes.values()), columns, deltas)


class _Walk:
    """Depth-first walk through the roots; `nodes` fills with inputs before what reads them."""

    def __init__(self, catalogue: Catalogue, overrides: Mapping[str, Value]) -> None:
        self.nodes: dict[str, Node] = {}
        self._catalogue = catalogue
        self._overrides = overrides

    def visit(self, key: MetricKey, outer: Scope, trail: tuple[str, ...]) -> Node:
        scope = outer if key.scope is None else key.scope.within(outer) if key.scope.conditions else Scope()
        metric = self._catalogue.get(key.name)
        chosen = {
            name: value
            for name, value in self._overrides.items()
            if name in metric.parameters and name not in key.given
        }
        key = replace(metric.key({**chosen, **dict(key.parameters)}), scope=scope)
        column = str(key)
        if column in trail:
            raise DefinitionError(f"metric '{key.name}' reads itself: {' -> '.join([*trail, column])}")
        if column not in self.nodes:
            expression = _build(metric, key)
            self.place(column, metric.grain, metric.rows, expression, scope, (*trail, column))
        return self.nodes[column]

    def place(
        self, column: str, grain: Grain, rows: Rows, expression: pl.Expr, scope: Scope, trail: tuple[str, ...]
    ) -> None:
        if not isinstance(expression, pl.Expr):
            raise DefinitionError(f"'{column}' returns {type(expression).__name__}, not a polars expression")
        inputs: dict[str, Node] = {}
        aliases: dict[str, str] = {}
        own_rows: set[str] = set()
        shared: set[str] = set()
        reads_bars = False
        for root in dict.fromkeys(expression.meta.root_names()):
            if grain == "print" and root in PRINTS:
                shared.add(root) if root in SHARED else own_rows.add(root)
            elif grain not in {*OVER_DAYS, "print"} and (root in SEEN_ROWS or root == LAST_TRADING_DAY or "@" in root):
                _require_column(root, column)
                shared.add(root) if root in SHARED else own_rows.add(root)
            elif grain in OVER_DAYS and root in BAR_COLUMNS:
                reads_bars = True
            elif root not in {*KEYS[grain], SNAPSHOT_ID, EXPIRY_ID}:
                node = self._input(root, column, grain, scope, trail)
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
            finest = {"print" if grain == "print" else "strike"} if own_rows else set()
            source, own = _source(column, grain, grains | finest, shared), grain
        # a strike-grain metric over all contracts is available under every scope
        across = any(
            node.across or (node.scope != scope and (node.grain != "strike" or bool(node.scope.conditions)))
            for node in inputs.values()
        )
        if across and grain not in OVER_DAYS and source != "snapshot":
            raise DefinitionError(
                f"'{column}' reads rows and metrics, or metrics under several scopes, at once: combine metrics at snapshot "
                "grain, written name() where a column has the same name"
            )
        self.nodes[column] = Node(column, own, source, rows, expression, tuple(inputs), aliases, scope, across)

    def _input(self, root: str, column: str, grain: str, scope: Scope, trail: tuple[str, ...]) -> Node:
        where = f"read by '{_display_name(column)}'"
        try:
            return self.visit(self._catalogue.parse(root, where), scope, trail)
        except UnknownNameError as error:
            if root in PRINTS and root not in SEEN_ROWS:
                raise DefinitionError(
                    f"'{root}' is a column of the prints, which '{column}' at {grain} grain cannot read: read it in a "
                    "metric at print grain"
                ) from error
            if root not in SEEN_ROWS:
                raise
            raise DefinitionError(
                f"'{root}' is a column of the strike rows, which '{column}' cannot read: aggregate it in a metric at "
                "snapshot grain first"
            ) from error


def _require_column(root: str, column: str) -> None:
    name = root.removesuffix(PRIOR)
    derived = {LAST_TRADING_DAY, *TAPE, *(name + OPENING for name in HELD)}
    if name not in SEEN_ROWS and root not in derived:
        raise UnknownNameError("column", name, SEEN_ROWS, where=f"read by '{_display_name(column)}'")


def _build(metric: Metric, key: MetricKey) -> pl.Expr:
    try:
        return metric.expression(key)
    except FlowbtError:
        raise
    except Exception as error:  # noqa: BLE001 (a user's formula, or a parameter that polars refuses)
        raise DefinitionError(f"metric '{key}' cannot be built ({type(error).__name__}: {error})") from None


def _display_name(column: str) -> str:
    return column.removesuffix("()").removeprefix("=")


def _source(column: str, grain: str, grains: set[str], shared: set[str]) -> str:
    """The frame to evaluate over; `shared` columns are in several frames, so the other inputs decide."""
    finer = grains - {grain}
    if len(finer) > 1:
        raise DefinitionError(f"'{column}' reads from several frames at once ({', '.join(sorted(finer))}): split it")
    source = finer.pop() if finer else grain
    if shared <= {*KEYS[source], CARRIED, *([LAST_TRADING_DAY] if source in OF_EXPIRIES else [])}:
        return source
    if finer or source != grain:
        raise DefinitionError(f"'{column}' reads {', '.join(sorted(shared))}, which the {source} frame does not have")
    return "strike"
