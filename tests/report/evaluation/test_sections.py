"""The tables of each question: columns, cells, units and notes."""

from dataclasses import replace

import pytest
from tests.report.evaluation.results import CELL, NONE, horizon_of, signal_of

from flowbt.evaluation.calendar_time import CalendarTime, Timing
from flowbt.evaluation.calibration import Calibration, CalibrationBin
from flowbt.evaluation.classification import Direction, IndependenceTest, ThreeClasses, TimingTest
from flowbt.evaluation.coverage import Coverage
from flowbt.evaluation.event_study import DecayWindow, Delay, DelayLag
from flowbt.evaluation.incremental import Incremental
from flowbt.evaluation.information_coefficient import InformationCoefficient
from flowbt.evaluation.move_size import MoveSize
from flowbt.evaluation.placebo import HistogramBin, Placebo
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.evaluation.stability import StabilityPart
from flowbt.evaluation.thresholds import Threshold, Thresholds
from flowbt.evaluation.verdicts import VerdictCell
from flowbt.report.evaluation import (
    buckets,
    calendar_time,
    calibration,
    coverage,
    decay,
    delay,
    direction,
    hit_rates,
    incremental,
    information_coefficient,
    mean_returns,
    move_size,
    other_tests,
    placebo,
    stability,
    three_classes,
    thresholds,
)
from flowbt.report.kit.table import Table

IC = InformationCoefficient(value=-0.0121, ci=(-0.08, 0.055), p_value=0.583, ratio=None, method="over_time")
DIRECTION = Direction(177, 0.519, 0.502, IndependenceTest(0.46, 0.646), TimingTest(0.032, (-0.11, 0.174), 0.659))


def column(table: Table, heading: str) -> list[str]:
    """The cells of a column."""
    place = [each.heading for each in table.columns].index(heading)
    return [row[place] for row in table.rows]


def hit_rate_table(cell: VerdictCell) -> Table:
    return hit_rates.section([horizon_of(bearish=cell)]).tables[0]


def test_a_hit_rate_has_its_base_rate_lift_and_power() -> None:
    assert hit_rate_table(CELL).rows[0] == (
        *("3", "bearish", "41", "48.0%", "34% to 62%", "46.0%", "+2.0", "−11 to +15", "0.60", "18"),
        "not significant",
    )


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        (replace(CELL, p_value=0.01, lift=0.2), "significant"),
        (replace(CELL, p_value=0.01, lift=-0.2), "wrong direction"),
        (replace(CELL, p_value=None), "not testable"),
        (replace(CELL, n=9, p_value=None), "too few"),
        (NONE, "no verdicts"),
    ],
)
def test_result(cell: VerdictCell, result: str) -> None:
    assert column(hit_rate_table(cell), "Result")[0] == result


def test_neutral_verdicts_have_a_return_but_no_hit_rate() -> None:
    horizons = [horizon_of(neutral=replace(CELL, n=123))]
    table = hit_rates.section(horizons).tables[0]
    assert set(column(table, "Verdict")) == {"bearish", "bullish"}
    assert "123 neutral verdicts" in table.note
    returns = mean_returns.section(horizons, "own_mean").tables[0]
    assert ("3", "neutral", "123", "−0.04%", "−0.11%", "−0.60% to +0.38%", "0.66") in returns.rows


def test_expanding_lift_has_a_column_where_there_is_one() -> None:
    assert column(hit_rate_table(replace(CELL, lift_over_expanding=0.031)), "Expanding lift")[0] == "+3.1"
    assert "Expanding lift" not in [each.heading for each in hit_rate_table(CELL).columns]


def test_coverage_counts_verdicts_abstentions_and_dates() -> None:
    counts = Coverage(1_503, {"bearish": 81, "neutral": 640, "bullish": 96}, 148, 686)
    rows = [(name, number) for name, number, _ in coverage.section(counts, []).tables[0].rows]
    assert rows == [
        ("Symbol-days", "1,503"),
        ("Bearish verdicts", "81"),
        ("Neutral verdicts", "640"),
        ("Bullish verdicts", "96"),
        ("No verdict", "686"),
        ("Active dates", "148"),
    ]
    unknown = coverage.section(replace(counts, abstentions=None), []).tables[0]
    assert "No verdict" not in [row[0] for row in unknown.rows]


def test_power_has_a_row_for_each_verdict() -> None:
    horizons = [horizon_of(bearish=replace(CELL, return_minimum_detectable=0.0123))]
    [power] = coverage.section(signal_of().coverage, horizons).folded
    assert power.rows[0] == ("3", "bearish", "41", "30", "53.0%", "0.0%", "18", "1.23%")
    assert power.rows[2][-2:] == ("n/a", "n/a")


def test_classes_and_their_counts_with_shares() -> None:
    classes = ThreeClasses(0.25, 20, ((1, 1, 2), (4, 4, 8), (0, 0, 0)), None, None, None, None)
    scores, counts = three_classes.section([replace(horizon_of(), three_classes=(classes,))]).tables
    assert counts.rows == (
        ("3", "0.25", "bearish", "1 (25%)", "1 (25%)", "2 (50%)"),
        ("3", "0.25", "neutral", "4 (25%)", "4 (25%)", "8 (50%)"),
        ("3", "0.25", "bullish", "0", "0", "0"),
    )
    assert scores.rows == (("3", "0.25", "20", "n/a", "n/a", "n/a", "n/a"),)


def test_classes_are_of_the_headline_horizon_and_all_others_folded(signal: SignalEvaluation) -> None:
    section = three_classes.section(signal.horizons)
    assert {column(table, "Sessions")[0] for table in section.tables} == {"3"}
    assert [set(column(table, "Sessions")) for table in section.folded] == [{"1", "3", "5", "10"}] * 2


def test_direction_placebo_and_rank_correlation() -> None:
    bars = (HistogramBin(start=-0.01, end=0.01, count=499),)
    shifts = Placebo(0.0004, 0.47, 499, -0.0031, 0.0031, bars)
    horizon = replace(
        horizon_of(1), direction=DIRECTION, placebo=shifts, placebo_p_value=0.47, information_coefficient=IC
    )
    assert direction.section([horizon]).tables[0].rows == (
        ("1", "177", "51.9%", "50.2%", "0.46", "0.65", "+3.2", "−11 to +17", "0.66"),
    )
    assert placebo.section([horizon]).tables[0].rows == (("1", "+0.04%", "−0.31% to +0.31%", "499", "0.47"),)
    assert information_coefficient.section([(1, IC)]).tables[0].rows == (
        ("1", "−0.012", "−0.080 to +0.055", "0.58", "over time"),
    )
    section = other_tests.section([horizon])
    assert section.tables[0].rows == (("1", "+0.04%", "0.47", "51.9%", "50.2%", "0.65", "0.66", "−0.012", "0.58"),)
    assert [table.title for table in section.folded] == ["Placebo", "Direction", "Information coefficient"]


def test_other_tests_leave_out_what_was_not_tested() -> None:
    table = other_tests.section([replace(horizon_of(1), information_coefficient=IC)]).tables[0]
    assert [each.heading for each in table.columns] == ["Sessions", "IC", "IC p"]
    assert table.rows == (("1", "−0.012", "0.58"),)
    assert other_tests.section([horizon_of(1)]).is_empty()


def test_windows_and_delays() -> None:
    window = DecayWindow(start=3, end=5, signed_excess=0.0012, ci=(-0.001, 0.0034), p_value=0.28)
    assert decay.section([window]).tables[0].rows == (("3–5", "+0.12%", "−0.10% to +0.34%", "0.28"),)
    [table] = delay.section(Delay(3, (DelayLag(-1, 0.0142, (0.01, 0.018)), DelayLag(0, None, None)))).folded
    assert table.rows == (("−1", "+1.42%", "+1.00% to +1.80%"), ("0", "n/a", "n/a"))
    assert table.note.startswith("Over 3 sessions.")


def test_the_portfolio_has_each_measure_with_its_meaning() -> None:
    portfolio = CalendarTime(3, 312, 0.00011, (-0.00038, 0.0006), 0.45, 0.653, 0.00068, 0.34, Timing(0.0001, None, 0.7))
    section = calendar_time.section(portfolio)
    assert section.title == "Daily portfolio, each verdict held for 3 sessions"
    measures = {row[0]: row[1] for row in section.tables[0].rows}
    assert measures == {
        "Mean daily return": "+0.011%",
        "95% CI": "−0.038% to +0.060%",
        "t": "0.45",
        "p": "0.65",
        "Sharpe ratio": "0.34",
        "Minimum detectable mean": "+0.068%",
        "Days": "312",
        "Timing": "+0.010%",
        "Timing 95% CI": "n/a",
        "Timing p": "0.70",
    }
    assert all(row[2] for row in section.tables[0].rows)


def test_sizes_and_parts() -> None:
    size = MoveSize("next_range", "bearish", 81, 0.018, 0.0032, (0.0016, 0.0048), 0.0001)
    assert move_size.section([size]).tables[0].rows == (
        ("range of the next session", "bearish", "81", "1.80%", "+0.32%", "+0.16% to +0.48%", "<0.001"),
    )
    part = StabilityPart("without", "SYN002", 121, 0.001, None)
    assert stability.section([part]).folded[0].rows == (("without", "SYN002", "121", "+0.10%", "n/a"),)


def test_of_many_symbols_left_out_the_extremes_are_shown() -> None:
    parts = [StabilityPart("without", f"S{i}", 90, i / 1e4, None) for i in range(60)]
    [table] = stability.section([StabilityPart("year", "2026", 90, None, None), *parts]).folded
    assert [row[1] for row in table.rows[:3]] == ["2026", "S0", "S1"]
    assert len(table.rows) == 11
    assert table.note == "The 50 symbols that change it least when left out are not shown."


def test_added_value_names_its_controls_and_its_unit() -> None:
    row = Incremental(
        1, 817, 0.0012, 0.41, 0.0007, (-0.0022, 0.0036), 0.62, 0.0121, 0.0124, ("iv_30d", "expiry_week"), "verdict"
    )
    table = incremental.section([row]).tables[0]
    assert table.rows == (("1", "817", "+0.12%", "0.41", "+0.07%", "−0.22% to +0.36%", "0.62", "1.21%", "1.24%"),)
    assert table.note == "Return per one step of the verdict. Controls: iv_30d and expiry_week."


def test_notes_name_what_the_numbers_are_compared_with() -> None:
    score = Calibration(3, 300, 0.2521, 0.2493, -0.0112, 0.32, (CalibrationBin(0.405, 0.45, 30, (0.3, 0.6)),))
    [table] = calibration.section(score).folded
    assert table.rows == (("40.5%", "45.0%", "30% to 60%", "30"),)
    assert "Brier score 0.2521, that of the base rate known at the time 0.2493: skill −1.1% (p = 0.32)" in table.note
    [table] = thresholds.section(Thresholds(3, 0.44, (Threshold(0.0, 900, 0.0006, 0.5),))).folded
    assert table.rows == (("0.00", "900", "+0.06%", "0.50"),)
    assert "max-t p = 0.44" in table.note


def test_what_was_not_tested_has_no_note_and_no_figure() -> None:
    for section in (calibration.section(Calibration(3, 0)), thresholds.section(Thresholds(3, None, ()))):
        assert section.is_empty()


def test_buckets(series: SeriesEvaluation) -> None:
    rows, tests = buckets.section(series.buckets, series.bucket_tests).tables
    first, spread = series.buckets[0], series.bucket_tests.outcomes[1]
    assert rows.rows[0][:2] == ("1", str(first.n))
    assert (column(rows, "From")[0], column(rows, "To")[0]) == (buckets.number(first.low), buckets.number(first.high))
    assert [row[0] for row in tests.rows] == ["return", "absolute return"]
    assert column(tests, "Spread")[1] == f"{100 * (spread.spread or 0):.2f}%".replace("-", "−")
    bare = buckets.section([replace(first, return_ci=None, abs_return_ci=None)], series.bucket_tests).tables[0]
    assert not {"95% CI", "Absolute 95% CI"} & {each.heading for each in bare.columns}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.4512, "0.4512"),
        (12_345.6, "12,346"),
        (3.3e9, "3.30 bn"),
        (-2.5e6, "−2.50 M"),
        (-1.234e-5, "−1.23e−05"),
        (0, "0.0000"),
    ],
)
def test_values_of_any_size(value: float, written: str) -> None:
    assert buckets.number(value) == written
