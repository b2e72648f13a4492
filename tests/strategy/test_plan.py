"""A plan becomes rows that the backtest understands."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.errors import DefinitionError
from flowbt.schema import PLAN_ROWS
from flowbt.strategy import Plan, from_entry, limit_order, stop_order

HISTORY = pl.DataFrame(
    {
        "symbol": ["AAA"] * 4,
        "date": [date(2026, 1, day) for day in (5, 6, 7, 8)],
        "x": [1.0, -1.0, None, 0.0],
        "level": [10.0, 11.0, 12.0, 13.0],
    }
)


def rows(plan: Plan) -> pl.DataFrame:
    return plan.rows(HISTORY.select("symbol", "date", **plan.columns()))


def only(plan: Plan) -> dict[str, Any]:
    return rows(plan).row(0, named=True)


def test_rows_have_the_schema() -> None:
    assert dict(rows(Plan(when=pl.col("x") > 0, side="long")).schema) == PLAN_ROWS


def test_null_is_no_decision() -> None:
    assert rows(Plan(when=pl.col("x") > 0, side="long"))["signal_date"].to_list() == [date(2026, 1, 5)]


def test_a_side_by_expression_is_its_sign_and_zero_is_no_trade() -> None:
    taken = rows(Plan(when=pl.lit(value=True), side=pl.col("x") * 7))
    assert taken.select("signal_date", "side").rows() == [(date(2026, 1, 5), 1), (date(2026, 1, 6), -1)]


@pytest.mark.parametrize(("side", "number"), [("long", 1), ("short", -1)])
def test_a_named_side(side: Any, number: int) -> None:
    assert only(Plan(when=pl.col("x") > 0, side=side))["side"] == number


def test_levels_and_offsets_go_to_their_own_columns() -> None:
    row = only(Plan(when=pl.col("x") > 0, side="long", target=pl.col("level"), stop=from_entry(0.03)))
    assert (row["target"], row["target_offset"], row["stop"], row["stop_offset"]) == (10.0, None, None, 0.03)


@pytest.mark.parametrize(("order", "kind"), [(stop_order, "stop"), (limit_order, "limit")])
def test_an_order_at_a_level(order: Any, kind: str) -> None:
    row = only(Plan(when=pl.col("x") > 0, side="long", entry=order(at=pl.col("level"), valid_for=2)))
    assert (row["entry"], row["entry_level"], row["valid_for"]) == (kind, 10.0, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"side": "up"}, "'long', 'short'"),
        ({"exit_after": 0}, "at least 1 session"),
        ({"size": 1.5}, "fraction of the equity"),
        ({"entry": stop_order(at=pl.col("level"), valid_for=0)}, "at least 1 session"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Plan(**{"when": pl.col("x") > 0, "side": "long", **changes})


def test_a_number_as_a_level_is_that_level_every_day() -> None:
    row = only(Plan(when=pl.col("x") > 0, side="long", entry=stop_order(at=9), target=12, stop=8.5))
    assert (row["entry_level"], row["target"], row["stop"]) == (9.0, 12.0, 8.5)


@pytest.mark.parametrize(
    "changes",
    [{"when": True}, {"entry": "market"}, {"entry": None}, {"side": 1}, {"exit_after": 2.5}, {"exit_after": pl.col("x")},
     {"target": "high"}, {"stop": from_entry(-0.03)}, {"stop": from_entry(float("nan"))}, {"exit_on": "friday"}],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_what_is_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match=r"of a plan|from_entry"):
        Plan(**{"when": pl.col("x") > 0, "side": "long", **changes})


def test_a_condition_that_is_not_boolean_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not Boolean"):
        rows(Plan(when=pl.col("x"), side="long"))
