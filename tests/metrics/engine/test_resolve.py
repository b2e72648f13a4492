"""From expressions to a plan of work: over which rows each is evaluated, and what is refused before any data is read."""

from collections.abc import Callable, Iterator, Mapping

import polars as pl
import pytest

from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.metrics import SHIPPED, Catalogue, collecting, metric, prior
from flowbt.metrics.engine.definition import Grain, Value
from flowbt.metrics.engine.resolve import Node, Resolved, resolve

Define = Callable[..., None]


@pytest.fixture
def own() -> Iterator[Catalogue]:
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:
        yield catalogue


@pytest.fixture
def define(own: Catalogue) -> Define:
    """Define a metric of this name, grain and expression."""
    assert own.parent is SHIPPED

    def of(name: str, grain: Grain, expression: pl.Expr) -> None:
        def formula() -> pl.Expr:
            """Anything."""
            return expression

        formula.__name__ = name
        metric(grain=grain, unit="1")(formula)

    return of


@pytest.fixture
def plan(own: Catalogue) -> Callable[..., Resolved]:
    def of(
        *names: str, overrides: Mapping[str, Value] | None = None, expressions: Mapping[str, pl.Expr] | None = None
    ) -> Resolved:
        keys = {name: own.parse(name) for name in names}
        return resolve(own, keys, expressions or {}, overrides or {})

    return of


Plan = Callable[..., Resolved]


def node(resolved: Resolved, column: str) -> Node:
    return next(node for node in resolved.nodes if node.column == column)


def test_inputs_come_before_what_reads_them(plan: Plan) -> None:
    columns = [node.column for node in plan("gex").nodes]
    assert columns[-1] == "gex()"
    for found in plan("gex", "flow_to_stock_ratio").nodes:
        done = [node.column for node in plan("gex", "flow_to_stock_ratio").nodes]
        assert all(done.index(name) < done.index(found.column) for name in found.inputs)


def test_each_thing_is_computed_once(plan: Plan) -> None:
    columns = [node.column for node in plan("net_premium", "gross_premium", "net_premium_ratio").nodes]
    assert len(columns) == len(set(columns))


def test_only_the_columns_that_are_read(plan: Plan) -> None:
    assert plan("put_volume").stored == {"call_volume", "put_volume"}
    assert plan("spot").stored == {"underlying_price"}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("call_premium", "strike"),
        ("max_pain_low", "strike"),
        ("max_pain", "expiry"),
        ("max_pain_term_structure", "expiry"),
        ("call_wall", "level"),
        ("gex", "snapshot"),
        ("spot", "snapshot"),
        ("net_premium_otm", "strike"),
        ("sma_30", "bars"),
    ],
)
def test_the_source_is_the_finest_frame_that_holds_the_inputs(name: str, source: str, plan: Plan) -> None:
    assert node(plan(name), f"{name}()").source == source


def test_a_column_of_the_day_before(define: Define, plan: Plan) -> None:
    define("yesterday", "strike", prior("call_volume"))
    found = plan("yesterday")
    assert found.prior == {"call_volume"}
    assert not found.stored


def test_a_plain_name_is_a_column_where_the_grain_has_it_and_else_a_metric(define: Define, plan: Plan) -> None:
    define("traded_strike", "strike", pl.col("call_volume"))
    define("traded_history", "history", pl.col("call_volume"))
    assert node(plan("traded_strike"), "traded_strike()").inputs == ()
    assert node(plan("traded_history"), "traded_history()").inputs == ("call_volume()",)


def test_over_days_the_bars_columns_are_the_bars(define: Define, plan: Plan) -> None:
    define("gap", "history", pl.col("close") / pl.col("spot"))
    assert node(plan("gap"), "gap()").inputs == ("spot()",)
    assert node(plan("gap"), "gap()").source == "history"


def test_an_expression_of_bars_and_metrics_of_bars_is_over_the_bars(define: Define, plan: Plan) -> None:
    define("distance", "history", pl.col("close") / pl.col("sma_30"))
    assert node(plan("distance"), "distance()").grain == "bars"


def test_overrides_reach_every_metric_that_has_the_parameter(plan: Plan) -> None:
    found = plan("net_premium", "put_volume", overrides={"dividend_plays": "include"})
    assert "dividend_play_premium()" not in {node.column for node in found.nodes}


def test_what_was_given_goes_before_an_override(plan: Plan) -> None:
    found = plan("net_premium(dividend_plays=include)", overrides={"dividend_plays": "exclude"})
    assert "dividend_play_premium()" not in {node.column for node in found.nodes}


def test_further_expressions_are_over_the_history(plan: Plan) -> None:
    found = plan(expressions={"falling": pl.col("spot") < pl.col("spot").shift(1)})
    assert node(found, "=falling").grain == "history"


def test_a_metric_that_reads_itself(define: Define, plan: Plan) -> None:
    define("here", "snapshot", pl.col("there()"))
    define("there", "snapshot", pl.col("here()"))
    with pytest.raises(DefinitionError, match=r"reads itself: here\(\) -> there\(\) -> here\(\)"):
        plan("here")


@pytest.mark.parametrize(
    ("grain", "reads", "said"),
    [
        ("strike", "gex()", "'mine.*' is at strike grain and cannot read 'gex.*' at snapshot grain"),
        ("snapshot", "sma_30()", "cannot read 'sma_30.*'"),
        ("expiry", "call_wall()", "cannot read 'call_wall.*' at snapshot grain"),
        ("level", "max_pain()", "cannot read 'max_pain.*' at expiry grain"),
        ("history", "call_premium()", "cannot read 'call_premium.*' at strike grain"),
        ("history", "call_oi_at_strike()", "cannot read 'call_oi_at_strike.*' at level grain"),
        ("history", "call_iv", "call_iv.*aggregate it .*at snapshot grain first|call_iv.* at snapshot grain first"),
        ("strike", "call_oi_peek", "unknown metric 'call_oi_peek'.*did you mean 'call_oi_peak'"),
        ("snapshot", "call_volumee@-1", "unknown column 'call_volumee'.*did you mean 'call_volume'"),
    ],
)
def test_what_a_grain_cannot_read(grain: Grain, reads: str, said: str, define: Define, plan: Plan) -> None:
    define("mine", grain, pl.col(reads))
    with pytest.raises((DefinitionError, UnknownNameError), match=said):
        plan("mine")


def test_two_frames_at_once(define: Define, plan: Plan) -> None:
    define("mixed", "snapshot", max_pain_first() - pl.col("call_premium()").sum())
    with pytest.raises(DefinitionError, match=r"reads from several frames at once \(expiry, strike\): split it"):
        plan("mixed")


def max_pain_first() -> pl.Expr:
    return pl.col("max_pain()").first()


def test_a_formula_that_is_no_expression(own: Catalogue, plan: Plan) -> None:
    def number() -> pl.Expr:
        """Anything."""
        return 3  # type: ignore[return-value]

    metric(grain="snapshot", unit="1")(number)
    assert "number" in own
    with pytest.raises(DefinitionError, match=r"'number\(\)' returns int, not a polars expression"):
        plan("number")
