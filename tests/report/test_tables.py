from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from flowbt.report.tables import (
    MOST_ROWS,
    buckets_table,
    counts_table,
    facts_table,
    hit_rate_table,
    measures_table,
    returns_table,
    trades_table,
)

MakeTrades = Callable[[int], pl.DataFrame]
Make = Callable[..., dict[str, Any]]


def test_a_short_list_of_trades_is_whole(make_trades: MakeTrades) -> None:
    table = trades_table(make_trades(MOST_ROWS))
    assert len(table.rows) == MOST_ROWS
    assert not table.note


def test_of_a_long_list_the_first_and_the_last_are_shown(make_trades: MakeTrades) -> None:
    trades = make_trades(1_250)
    table = trades_table(trades)
    assert len(table.rows) == MOST_ROWS
    assert table.rows[0][3] == trades["signal_date"][0].isoformat()
    assert table.rows[-1][3] == trades["signal_date"][-1].isoformat()
    assert table.note == "The first and the last 100 of 1,250 trades; trades.parquet holds all."


def test_no_trades_is_no_rows(make_trades: MakeTrades) -> None:
    assert trades_table(make_trades(0)).rows == ()


def test_a_measure_or_count_nobody_described_is_still_shown() -> None:
    assert ("My measure", "0.5000", "") in measures_table({"measures": {"my_measure": 0.5}}).rows
    assert ("Odd days", "2.0000", "") in counts_table({"counts": {"odd_days": 2}}).rows


def test_luck_is_not_judged_on_few_verdicts(make_evaluation: Make, make_cell: Make) -> None:
    few = hit_rate_table(make_evaluation(bearish=make_cell(n=9, p_value=0.001))["horizons"]).rows[0]
    assert few[8:] == ("n/a", "n/a", "n/a", "too few")
    enough = hit_rate_table(make_evaluation(bearish=make_cell())["horizons"]).rows[0]
    assert enough[8:] == ("−11 to +15", "0.60", "18", "within luck")


@pytest.mark.parametrize(
    ("changes", "reading"),
    [
        ({"p_value": 0.01, "lift": 0.2}, "beyond luck"),
        ({"p_value": 0.01, "lift": -0.2}, "wrong way"),
        ({"p_value": None}, "not testable"),
        ({"n": 0, "hit_rate": None}, "no verdicts"),
    ],
)
def test_reading(make_evaluation: Make, make_cell: Make, changes: dict[str, Any], reading: str) -> None:
    assert hit_rate_table(make_evaluation(bearish=make_cell(**changes))["horizons"]).rows[0][-1] == reading


def test_neutral_verdicts_have_a_return_but_no_hit_rate(make_evaluation: Make, make_cell: Make) -> None:
    horizons = make_evaluation(neutral=make_cell(n=123))["horizons"]
    assert {row[1] for row in hit_rate_table(horizons).rows} == {"bearish", "bullish"}
    assert "123 verdicts" in hit_rate_table(horizons).note
    assert ("3", "neutral", "123", "−0.04%", "−0.11%", "−0.60% to +0.38%", "0.66") in returns_table(horizons).rows


def test_nested_facts_are_named_in_full() -> None:
    facts: dict[str, Any] = {"data_version": {"chains": 3}, "entry": None, "share": float("nan"), "list": []}
    assert facts_table("", facts).rows == (
        ("data_version.chains", "3"),
        ("entry", "none"),
        ("share", "n/a"),
        ("list", "none"),
    )


def test_buckets() -> None:
    bucket = {
        "bucket": 1,
        "n": 700,
        "mean_value": 0.5,
        "mean_return": 0.0004,
        "mean_abs_return": 0.0125,
        "up_rate": 0.5,
    }
    assert buckets_table([bucket]).rows == (("1", "700", "0.5000", "+0.04%", "1.25%", "50.0%"),)
