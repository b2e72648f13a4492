from collections.abc import Callable
from typing import Any

import pytest
from flowbt.report.evaluation.luck_tables import correlation_table, direction_table, other_tests_table, placebo_table
from flowbt.report.evaluation.verdict_tables import (
    classes_table,
    confusion_table,
    coverage_table,
    hit_rate_table,
    power_table,
    returns_table,
)

Make = Callable[..., dict[str, Any]]
Document = dict[str, Any]


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


def test_lift_over_the_base_rate_known_then_has_a_column_where_there_is_one(
    make_evaluation: Make, make_cell: Make
) -> None:
    known = hit_rate_table(make_evaluation(bearish=make_cell(lift_over_expanding=0.031))["horizons"])
    assert known.rows[0][[column.heading for column in known.columns].index("Lift then")] == "+3.1"
    without = hit_rate_table(make_evaluation(bearish=make_cell())["horizons"])
    assert "Lift then" not in [column.heading for column in without.columns]


def test_coverage_counts_verdicts_abstentions_and_dates(whole: Document) -> None:
    rows = [(label, number) for label, number, _ in coverage_table(whole).rows]
    assert rows == [
        ("Symbol-days", "1,503"),
        ("Bearish verdicts", "81"),
        ("Neutral verdicts", "640"),
        ("Bullish verdicts", "96"),
        ("No verdict", "686"),
        ("Active dates", "148"),
    ]


def test_power_has_a_row_for_each_cell(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(
        bearish=make_cell(return_minimum_detectable=0.0123), bullish=make_cell(n=4, return_minimum_detectable=0.05)
    )
    document["horizons"][0]["no_move_share"] = 0.004
    assert power_table(document["horizons"]).rows == (
        ("3", "bearish", "41", "30", "53.0%", "0.4%", "18", "1.23%"),
        ("3", "neutral", "0", "n/a", "53.0%", "0.4%", "n/a", "n/a"),
        ("3", "bullish", "4", "30", "53.0%", "0.4%", "n/a", "n/a"),
    )


def test_confusion_is_counted_by_verdict_with_shares() -> None:
    classes = {"dead_band": 0.25, "n": 20, "confusion": [[1, 1, 2], [4, 4, 8], [0, 0, 0]], "mcc": None}
    horizons = [{"horizon": 3, "three_classes": [classes]}]
    assert confusion_table(horizons).rows == (
        ("3", "0.25", "bearish", "1 (25%)", "1 (25%)", "2 (50%)"),
        ("3", "0.25", "neutral", "4 (25%)", "4 (25%)", "8 (50%)"),
        ("3", "0.25", "bullish", "0", "0", "0"),
    )
    assert classes_table(horizons).rows == (("3", "0.25", "20", "n/a", "n/a", "n/a", "n/a"),)


def test_direction_placebo_and_rank_correlation(whole: Document) -> None:
    first = whole["horizons"][:1]
    assert direction_table(first).rows == (
        ("1", "177", "51.9%", "50.2%", "0.46", "0.65", "+3.2", "−11 to +17", "0.66"),
    )
    assert placebo_table(first).rows[0][2:] == ("−0.31% to +0.31%", "499", "0.47")
    assert correlation_table(first).rows[0][-1] == "over time"


def test_a_p_value_of_the_placebo_alone_is_shown() -> None:
    assert placebo_table([{"horizon": 1, "placebo_p_value": 0.2}]).rows == (("1", "n/a", "n/a", "n/a", "0.20"),)


def test_tests_in_short_leave_out_what_was_not_made() -> None:
    table = other_tests_table(
        [{"horizon": 1, "information_coefficient": -0.0121, "ic_p_value": 0.583, "direction": None}]
    )
    assert [column.heading for column in table.columns] == ["Sessions", "IC", "IC p"]
    assert table.rows == (("1", "−0.012", "0.58"),)
    assert other_tests_table([{"horizon": 1}]).rows == ()
