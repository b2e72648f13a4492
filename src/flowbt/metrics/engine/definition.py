"""Definition of metrics: documented, named polars expressions with a grain.

    @metric(grain="snapshot", unit="USD")
    def net_premium() -> pl.Expr:
        \"\"\"Call premium traded minus put premium traded.\"\"\"
        return (call_premium() - put_premium()).sum()

The function's name is the output column, its docstring the catalogue entry, its arguments the parameters. Calling a
metric inside another gives a *reference* (`pl.col("call_premium()")`), not its formula, so the engine can order the work,
compute each metric once, and evaluate it over the rows of its grain. A plain name is a reference too, as in
`pl.col("put_call_volume_ratio")`.

A `Catalogue` holds metrics by name. Metrics of a strategy file go to a separate catalogue on top of the shipped one
(`collecting`), so two files can use the same name for different metrics.
"""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import polars as pl

from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.metrics.engine.scope import ALL, Scope, parse_scope
from flowbt.schema import PRINTS, SEEN_ROWS, SIDES

Grain = Literal["print", "strike", "expiry", "level", "snapshot", "history", "cross_section"]
Rows = Literal["traded", "live"]
Value = bool | int | float | str

GRAINS: Final[tuple[str, ...]] = get_args(Grain)

_KEY = re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*(?:\((?P<arguments>[^()]*)\))?\s*(?:\[(?P<scope>[^\[\]]*)\])?$")


@dataclass(frozen=True)
class MetricKey:
    """A metric with the parameters that differ from its defaults, under a scope; written `name(k=v, ...)[scope]`.

    The scope None means the scope of the metric that reads it (`name()`); `[all]` means all contracts.
    """

    name: str
    parameters: tuple[tuple[str, Value], ...] = ()
    scope: Scope | None = None
    given: frozenset[str] = field(default=frozenset(), compare=False)
    """Parameters given explicitly, even at their defaults; overrides do not change them."""

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value}' for name, value in self.parameters)}){self.scope or ''}"


@dataclass(frozen=True)
class Metric:
    """A named expression.

    Attributes:
        name: the output column.
        grain: over which rows it is evaluated.
        unit: of its values.
        rows: which strike rows it aggregates: `traded`, all contracts that can trade on the day (flow); `live`, those
            that can
            still trade on a later day (positioning). The last trading day decides (`flowbt.expiries`).
        description: the docstring.
        formula: parameters to expression.
    """

    name: str
    grain: Grain
    unit: str
    rows: Rows
    description: str
    formula: Callable[..., pl.Expr]

    def __call__(self, **parameters: Value) -> pl.Expr:
        """A reference to the metric under these parameters, to build other expressions with."""
        return pl.col(str(self.key(parameters)))

    def over_all(self, **parameters: Value) -> pl.Expr:
        """A reference to the metric over all contracts, whatever the scope of the formula that reads it."""
        return pl.col(f"{self.key(parameters)}[{ALL}]")

    @property
    def written(self) -> Callable[..., pl.Expr]:
        """The function as defined in the source."""
        return self.formula.func if isinstance(self.formula, partial) else self.formula

    @cached_property
    def parameters(self) -> dict[str, Value]:
        """The parameters with their defaults."""
        return {name: parameter.default for name, parameter in inspect.signature(self.formula).parameters.items()}

    def key(self, given: Mapping[str, Value]) -> MetricKey:
        """The key under these parameters, each checked by name and type; defaults are left out.

        Raises:
            UnknownNameError: no such parameter, or not one of its allowed values.
            DefinitionError: a value of the wrong type.
        """
        defaults = self.parameters
        for name in given:
            if name not in defaults:
                raise UnknownNameError("parameter", name, defaults, where=f"metric '{self.name}'")
        typed = {name: self._checked(name, value) for name, value in given.items()}
        return MetricKey(
            self.name,
            tuple((name, typed[name]) for name in defaults if name in typed and typed[name] != defaults[name]),
            given=frozenset(typed),
        )

    def expression(self, key: MetricKey) -> pl.Expr:
        """The formula under the key's parameters."""
        return self.formula(**dict(key.parameters))

    def _checked(self, name: str, value: Value) -> Value:
        kind = get_type_hints(self.written).get(name, str)
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                raise UnknownNameError("value", str(value), map(str, get_args(kind)), where=f"{self.name}, {name}")
            return value
        try:
            if kind is bool:
                return {"true": True, "false": False}[str(value).lower()]
            if kind in {int, float}:
                number = kind(str(value).removesuffix(".0"))
                return number if math.isfinite(number) else kind("not finite")  # type: ignore[no-any-return]
        except (ValueError, KeyError):
            raise DefinitionError(
                f"'{value}' is not a valid {kind.__name__} (metric '{self.name}', parameter {name})"
            ) from None
        return value


@dataclass(frozen=True)
class Sided:
    """A metric of calls and its counterpart of puts."""

    call: Metric
    put: Metric

    def of(self, side: str) -> Metric:
        """The metric of one side, `call` or `put`."""
        return self.call if side == "call" else self.put


@dataclass
class Catalogue:
    """Metrics by name, on top of those of a parent catalogue."""

    parent: "Catalogue | None" = None
    own: dict[str, Metric] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.own or (self.parent is not None and name in self.parent)

    def __iter__(self) -> Iterator[Metric]:
        yield from () if self.parent is None else self.parent
        yield from self.own.values()

    def names(self) -> list[str]:
        """All names, in the order of definition."""
        return [metric.name for metric in self]

    def get(self, name: str, where: str = "") -> Metric:
        """The metric of this name; `where` is added to the error message.

        Raises:
            UnknownNameError: there is none.
        """
        if name in self.own:
            return self.own[name]
        if self.parent is not None and name in self.parent:
            return self.parent.get(name)
        raise UnknownNameError("metric", name, self.names(), where=where, hint="`flowbt metrics --list` lists them all")

    def parse(self, text: str, where: str = "") -> MetricKey:
        """Parse a metric as written by a user: `gex`, `gex(unit=shares_1pt)` or `gex[dte<=7]`.

        Raises:
            UnknownNameError: no such metric, parameter or condition.
            DefinitionError: the text, a value or a scope is not valid.
        """
        match = _KEY.match(text.strip())
        if match is None:
            raise DefinitionError(
                f"'{text}' is not a valid metric: write name or name(parameter=value, ...), with a scope as in name[dte<=7]"
            )
        pairs = [part.partition("=") for part in (match["arguments"] or "").split(",") if part.strip()]
        given: dict[str, Value] = {name.strip(): value.strip() for name, _, value in pairs}
        key = self.get(match["name"], where).key(given)
        return key if match["scope"] is None else replace(key, scope=parse_scope(match["scope"]))

    def add(self, new: Metric) -> None:
        """Add a metric; a name of the parent catalogue cannot be used again.

        Raises:
            DefinitionError: the parent has a metric of this name.
        """
        if self.parent is not None and new.name in self.parent:
            raise DefinitionError(f"metric '{new.name}' already exists: choose another name")
        self.own[new.name] = new


SHIPPED: Final = Catalogue()
SESSION: Final = Catalogue(parent=SHIPPED)
"""Metrics defined outside a strategy file, for example in a notebook; they can be redefined, shipped ones cannot."""
_current: ContextVar[Catalogue] = ContextVar("catalogue", default=SESSION)


@contextmanager
def collecting(catalogue: Catalogue) -> Iterator[Catalogue]:
    """Context manager: metrics defined within the block are added to this catalogue."""
    token = _current.set(catalogue)
    try:
        yield catalogue
    finally:
        _current.reset(token)


def current_catalogue() -> Catalogue:
    """The catalogue in which metrics are currently defined and looked up."""
    return _current.get()


def metric(*, grain: Grain, unit: str, rows: Rows = "traded") -> Callable[[Callable[..., pl.Expr]], Metric]:
    """Decorator that turns a function returning a polars expression into a metric.

    Args:
        grain: `print` (one row per execution), `strike`, `expiry`, `level` (one row per strike price, all expiries
            together),
            `snapshot`, `history` (over a symbol's days) or `cross_section` (over a day's symbols).
        unit: of its values, as shown in the catalogue.
        rows: for metrics that aggregate strike rows: `live` excludes contracts on their last trading day.

    Raises:
        DefinitionError: no docstring, an unknown grain, a parameter without default, or the name of a stored column.

    Examples:
        >>> @flowbt.metric(grain="history", unit="1")
        ... def put_call_surprise() -> pl.Expr:
        ...     '''Put/call volume ratio divided by its median of the last 20 sessions.'''
        ...     ratio = pl.col("put_call_volume_ratio")
        ...     return ratio / ratio.rolling_median(20)
        >>> flowbt.compute_metrics(flowbt.Lake("data"), ["SYN000"], select=["put_call_surprise"], grain="history").columns
        ['symbol', 'date', 'put_call_surprise']
    """

    def define(formula: Callable[..., Any]) -> Metric:
        return _define(formula.__name__, formula, inspect.getdoc(formula) or "", grain, unit, rows)

    return define


def sided(*, grain: Grain, unit: str, rows: Rows = "traded") -> Callable[[Callable[..., pl.Expr]], Sided]:
    """Decorator that makes two metrics, of calls and of puts, from a function whose first argument is the side.

    `unit_gamma` becomes `call_unit_gamma` and `put_unit_gamma`; `{side}` in the docstring is replaced by the side.
    Arguments and errors are those of `metric`.
    """

    def define(formula: Callable[..., Any]) -> Sided:
        description = inspect.getdoc(formula) or ""
        call, put = (
            _define(
                f"{side}_{formula.__name__}",
                partial(formula, side),
                description.replace("{side}", side),
                grain,
                unit,
                rows,
            )
            for side in SIDES
        )
        return Sided(call, put)

    return define


def _define(
    name: str, formula: Callable[..., pl.Expr], description: str, grain: Grain, unit: str, rows: Rows
) -> Metric:
    if not description:
        raise DefinitionError(f"metric '{name}' has no docstring: describe it in one sentence")
    if grain not in GRAINS:
        raise UnknownNameError("grain", grain, GRAINS, where=f"metric '{name}'")
    if name in {"strike": SEEN_ROWS, "print": PRINTS}.get(grain, {}):
        raise DefinitionError(f"metric '{name}' has the name of a column of the {grain} rows: choose another name")
    for parameter in inspect.signature(formula).parameters.values():
        if parameter.default is inspect.Parameter.empty:
            raise DefinitionError(f"parameter '{parameter.name}' of metric '{name}' has no default: give it one")
    defined = Metric(name, grain, unit, rows, description, formula)
    current_catalogue().add(defined)
    return defined
