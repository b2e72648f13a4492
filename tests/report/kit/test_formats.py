import math
from datetime import date
from typing import Any

import pytest

from flowbt.report.kit.formats import (
    MISSING,
    cell,
    count,
    counted,
    day,
    interval,
    listed,
    p_phrase,
    p_value,
    percent,
    plain,
    points,
    small_percent,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(0.0123, signed=True), "+1.2%"),
        (percent(-0.0123), "−1.2%"),
        (percent(-0.0001, signed=True), "0.0%"),
        (percent(0.481, 0), "48%"),
        (small_percent(0.000456), "+0.046%"),
        (small_percent(-0.0123), "−1.23%"),
        (small_percent(0.1234), "+12.3%"),
        (small_percent(0.0), "0.00%"),
        (points(0.18), "+18"),
        (plain(1234.5), "1,234.50"),
        (count(1234), "1,234"),
        (p_value(0.6), "0.60"),
        (p_value(0.0996), "0.10"),
        (p_value(0.0342), "0.034"),
        (p_value(0.0001), "<0.001"),
        (p_phrase(0.0001), "p < 0.001"),
        (interval((0.1, 0.2), percent), "10.0% to 20.0%"),
        (day(date(2026, 6, 24)), "2026-06-24"),
        (counted(0, "trade"), "no trades"),
        (counted(1, "trade"), "1 trade"),
        (counted(1200, "trade"), "1,200 trades"),
        (listed(["A"]), "A"),
        (listed(["A", "B"]), "A and B"),
        (listed(["A", "B", "C"]), "A, B and C"),
        (listed(list("ABCDEF")), "A, B, C and 3 more"),
        (listed([]), ""),
        (cell(0.25), "0.25"),
        (cell(100_000.0), "100,000"),
        (cell(1e-7), "1e-07"),
        (cell([1, 3]), "1, 3"),
        (cell(True), "yes"),
        (cell(None), "none"),
    ],
)
def test_how_it_is_written(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, "text", True])
def test_what_is_no_number_is_missing(value: Any) -> None:
    for write in (percent, small_percent, points, plain, count, p_value):
        assert write(value) == MISSING
    assert interval((0.1, value), percent) == MISSING
