"""How many values an expression gives is checked against its grain before any data are touched."""

from collections.abc import Iterator

import polars as pl
import pytest

from flowbt.errors import DefinitionError
from flowbt.metrics import SHIPPED, Catalogue, collecting, metric
from flowbt.metrics.engine.definition import Grain
from flowbt.metrics.engine.resolve import resolve
from flowbt.metrics.engine.shapes import check_shape

VOLUME = pl.col("call_volume")
OWN = pl.col("gex()")
DAY = ("symbol", "date")


@pytest.fixture
def own() -> Iterator[Catalogue]:
    with collecting(Catalogue(parent=SHIPPED)) as catalogue:
        yield catalogue


def define(own: Catalogue, grain: Grain, expression: pl.Expr) -> None:
    """Resolve a metric `mine` of this expression."""

    def mine() -> pl.Expr:
        """Of a user's."""
        return expression

    metric(grain=grain, unit="1")(mine)
    resolve(own, {"mine": own.parse("mine")}, {}, {})


@pytest.mark.parametrize("grain", ["expiry", "level", "snapshot"])
@pytest.mark.parametrize(
    "expression",
    [
        VOLUME,
        VOLUME / VOLUME.sum(),
        VOLUME.sort(),
        VOLUME.filter(VOLUME > 5),
        VOLUME.head(1),
        pl.col("call_premium()") * 2,
    ],
    ids=["bare", "share", "sorted", "filtered", "head", "metric"],
)
def test_a_value_for_each_row_where_one_for_all_is_asked_for(grain: Grain, expression: pl.Expr, own: Catalogue) -> None:
    message = rf"'mine' is at {grain} grain, but its expression gives one value per row at strike grain, .*sum\(\)"
    with pytest.raises(DefinitionError, match=message):
        define(own, grain, expression)


@pytest.mark.parametrize(
    "expression",
    [
        VOLUME.sum(),
        VOLUME.filter(VOLUME > 5).first(),
        VOLUME.sort().implode(),
        pl.when(VOLUME.sum() > 0).then(VOLUME.max()),
        pl.col("strike").len(),
        pl.lit(1.0) * VOLUME.mean(),
    ],
)
def test_one_value_for_all_rows_is_an_aggregate(expression: pl.Expr, own: Catalogue) -> None:
    define(own, "snapshot", expression)


@pytest.mark.parametrize(
    ("grain", "expression", "shown"),
    [
        ("strike", VOLUME.sum(), r"col\(\"call_volume\"\)\.sum\(\)"),
        ("strike", VOLUME / VOLUME.sum(), r"col\(\"call_volume\"\)\.sum\(\)"),
        ("strike", VOLUME - VOLUME.max() / 2, r"col\(\"call_volume\"\)\.max\(\)"),
        ("strike", VOLUME.drop_nulls(), "drop_nulls"),
        ("strike", pl.len() + VOLUME, r"len\(\)"),
        ("print", pl.col("size") / pl.col("size").max(), r"col\(\"size\"\)\.max\(\)"),
        ("snapshot", OWN - OWN.mean(), r"mean\(\)"),
        ("expiry", pl.col("max_pain()").max(), r"max\(\)"),
    ],
)
def test_rows_of_other_days_must_not_be_taken_in(grain: Grain, expression: pl.Expr, shown: str, own: Catalogue) -> None:
    with pytest.raises(
        DefinitionError, match=rf"'mine' is at {grain} grain and must give one value per row: .*{shown}.*over"
    ):
        define(own, grain, expression)


@pytest.mark.parametrize(
    ("grain", "expression"),
    [
        ("strike", VOLUME / VOLUME.sum().over(*DAY)),
        ("strike", (VOLUME / VOLUME.sum()).over(*DAY)),
        ("strike", VOLUME.rank().over(*DAY) + 1),
        ("strike", pl.max_horizontal(VOLUME.abs().clip(0, 10), 0).fill_null(1).cast(pl.Float64)),
        ("strike", pl.lit(1.0)),
        ("print", pl.col("size") * pl.col("price")),
        ("snapshot", OWN.abs()),
    ],
)
def test_rows_are_combined_in_groups_that_are_named(grain: Grain, expression: pl.Expr, own: Catalogue) -> None:
    define(own, grain, expression)


@pytest.mark.parametrize("grain", ["history", "cross_section"])
def test_over_days_one_value_for_each_day_or_for_all(grain: Grain, own: Catalogue) -> None:
    with pytest.raises(DefinitionError, match=r"'mine' must give one value per day: .*unique.* gives another number"):
        define(own, grain, pl.col("gex").unique())
    own.own.clear()
    define(own, grain, pl.col("gex") / pl.col("gex").sum())


def test_every_shipped_metric_has_the_shape_of_its_grain() -> None:
    """They are not checked when they are used."""
    names = {found.name: SHIPPED.parse(found.name) for found in SHIPPED}
    for node in resolve(SHIPPED, names, {}, {}).nodes:
        check_shape(node.column, node.grain, node.source, node.expression)
