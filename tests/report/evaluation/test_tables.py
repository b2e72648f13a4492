from typing import Any

import pytest

from flowbt.report.evaluation import tables

Document = dict[str, Any]


def test_every_part_has_its_table(whole: Document, series: Document) -> None:
    assert tables.decay_table(whole).rows[3][0] == "3–5"
    assert [row[0] for row in tables.delay_table(whole).rows] == ["−1", "0", "1", "2", "3", "4", "5"]
    assert tables.calendar_table(whole).rows[0][:2] == ("Mean day", "+0.011%")
    assert tables.calendar_table(whole).title == "As a daily portfolio, each verdict held 3 sessions"
    assert tables.volatility_table(whole).rows[0] == (
        *("range of the next session", "bearish", "81", "1.80%", "+0.32%", "+0.16% to +0.48%", "<0.001"),
    )
    assert tables.stability_table(whole).rows[-1][:3] == ("without", "SYN002", "121")
    assert tables.calibration_table(whole).rows[0][0] == "40.5%"
    assert tables.thresholds_table(whole).rows[0][:2] == ("0.00", "900")
    assert tables.incremental_table(whole).rows[0] == (
        *("1", "817", "+0.12%", "0.41", "+0.07%", "−0.22% to +0.36%", "0.62", "1.21%", "1.24%"),
    )
    assert tables.bucket_tests_table(series).rows[1] == (
        *("size of the return", "−0.87%", "−1.08% to −0.65%", "<0.001", "−0.352", "<0.001"),
    )


@pytest.mark.parametrize("document", [{}, {"calibration": None, "decay": None, "calendar_time": None, "delay": {}}])
def test_what_the_document_lacks_has_no_rows(document: Document) -> None:
    for table in (
        *(tables.decay_table, tables.delay_table, tables.calendar_table, tables.volatility_table),
        *(tables.stability_table, tables.calibration_table, tables.thresholds_table, tables.incremental_table),
        tables.bucket_tests_table,
    ):
        assert table(document).rows == ()


def test_of_many_symbols_left_out_the_extremes_are_shown() -> None:
    parts = [{"by": "without", "group": f"S{i}", "n": 90, "signed_excess": i / 1e4} for i in range(60)]
    table = tables.stability_table({"stability": [{"by": "year", "group": "2026"}, *parts]})
    assert [row[1] for row in table.rows[:3]] == ["2026", "S0", "S1"]
    assert len(table.rows) == 11
    assert table.note == "The 50 symbols that change it least when left out are not shown."


def test_buckets_of_an_older_document_have_no_bounds_or_intervals() -> None:
    bucket = {
        "bucket": 1,
        "n": 700,
        "mean_value": 0.5,
        "mean_return": 0.0004,
        "mean_abs_return": 0.0125,
        "up_rate": 0.5,
    }
    assert tables.buckets_table({"buckets": [bucket]}).rows == (("1", "700", "0.5000", "+0.04%", "1.25%", "50.0%"),)


def test_buckets(series: Document) -> None:
    assert tables.buckets_table(series).note == "The price rose after 54.6% of all values."
    assert tables.buckets_table(series).rows[0] == (
        *(
            "1",
            "487",
            "−4.10 bn",
            "−1.50 bn",
            "1.10 bn",
            "+0.02%",
            "−0.22% to +0.26%",
            "1.30%",
            "1.16% to 1.43%",
            "53.0%",
        ),
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.4512, "0.4512"),
        (12_345.6, "12,346"),
        (3.3e9, "3.30 bn"),
        (-2.5e6, "−2.50 M"),
        (-1.234e-5, "−1.23e−05"),
        (0, "0.0000"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_values_of_any_size(value: float | None, written: str) -> None:
    assert tables.number(value) == written


def test_notes_say_what_the_numbers_are_set_against(whole: Document) -> None:
    assert "max-t p = 0.44" in tables.thresholds_table(whole).note
    assert "Brier score 0.2521, that of the base rate known then 0.2493: skill −1.1% (p = 0.32)" in (
        tables.calibration_table(whole).note
    )
    assert tables.incremental_table(whole).note.endswith("iv_30d, realised_volatility, day_of_week and expiry_week.")
