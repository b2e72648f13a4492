"""A series of one's own beside its prices."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evaluation.conftest import known

from flowbt.errors import FlowbtError
from flowbt.evaluation.price_calendar import PriceCalendar
from flowbt.workflows.evaluate_series import evaluate_series
from flowbt.workflows.user_series import read_series

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(60)]


def table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def own(tmp_path: Path) -> Path:
    rows = [f"{day},{number % 4},{100 + (number % 4 == 1)}" for number, day in enumerate(DAYS)]
    return table(tmp_path / "mood.csv", "date,mood,price", rows)


def test_the_price_may_be_in_the_series_own_file(tmp_path: Path) -> None:
    series = read_series(own(tmp_path), "mood")
    assert series.values.columns == ["symbol", "date", "score"]
    assert series.bars["close"].to_list()[:3] == [100, 101, 100]


def test_sessions_are_the_days_of_the_prices_whatever_the_exchange(tmp_path: Path) -> None:
    found = evaluate_series(own(tmp_path), "mood", buckets=4, entry="close")
    assert found.sessions == 60
    assert [row.n for row in found.buckets] == [15, 15, 15, 14]
    assert found.buckets[0].mean_return == pytest.approx(0.01)


def test_prices_from_another_file_are_matched_by_day(tmp_path: Path) -> None:
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close", [f"{day},1,2,1,2" for day in DAYS[10:]])
    series = read_series(own(tmp_path), "mood", prices=prices)
    assert series.without_price == 10
    assert series.bars.height == 50


def test_the_entry_is_the_next_open_where_there_are_opens_else_the_next_close(tmp_path: Path) -> None:
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close", [f"{day},1,2,1,2" for day in DAYS])
    assert evaluate_series(own(tmp_path), "mood", prices=prices).entry == "next_open"
    assert evaluate_series(own(tmp_path), "mood").entry == "next_close"
    with pytest.raises(FlowbtError, match="has no opens"):
        evaluate_series(own(tmp_path), "mood", entry="next_open")


def test_the_adjusted_close_makes_total_returns(tmp_path: Path) -> None:
    rows = [f"{day},1,1,1,100,{100 + number}" for number, day in enumerate(DAYS)]
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close,Adj Close", rows)
    found = evaluate_series(own(tmp_path), "mood", prices=prices, buckets=2, entry="close")
    assert all(row.mean_return > 0 for row in found.buckets)


def test_a_day_that_comes_twice_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "mood.csv", "date,mood,price", ["2026-01-05,1,100", "2026-01-05,2,100"])
    with pytest.raises(FlowbtError, match="2026-01-05 more than once"):
        read_series(path, "mood")


def test_files_without_a_day_in_common_are_refused(tmp_path: Path) -> None:
    prices = table(tmp_path / "prices.csv", "date,close", ["2020-01-01,5"])
    with pytest.raises(FlowbtError, match="no day in common"):
        read_series(own(tmp_path), "mood", prices=prices)


def test_a_price_of_zero_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "mood.csv", "date,mood,price", ["2026-01-05,1,0", "2026-01-06,2,1"])
    with pytest.raises(FlowbtError, match="prices are above 0"):
        read_series(path, "mood")


def test_too_few_prices_for_the_horizon_are_told(tmp_path: Path) -> None:
    path = table(tmp_path / "mood.csv", "date,mood,price", ["2026-01-05,1,1", "2026-01-06,2,1"])
    with pytest.raises(FlowbtError, match="too few for a horizon"):
        evaluate_series(path, "mood", horizons=[5])


def test_days_asked_for_are_those_evaluated(tmp_path: Path) -> None:
    found = evaluate_series(own(tmp_path), "mood", buckets=2, entry="close", first=DAYS[10], last=DAYS[29])
    assert (found.first, found.last) == (DAYS[10], DAYS[29])
    assert sum(row.n for row in found.buckets) == 20


def walk(seed: int, count: int = 300) -> list[float]:
    return [
        round(float(price), 2) for price in 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))
    ]


def discrete(path: Path, values: list[Any], closes: list[float], extra: str = "") -> Path:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(len(values))]
    rows = [f"{day},{value},{close}{extra}" for day, value, close in zip(days, values, closes, strict=True)]
    return table(path, "date,mood,price", rows)


def test_a_series_of_few_values_has_a_bucket_for_each(tmp_path: Path) -> None:
    """A rise of 2% follows 1 and a fall of 2% follows -1: the size of moves is the same after both."""
    draws = np.random.default_rng(1)
    said = draws.choice([-1, 0, 1], 300, p=[0.15, 0.7, 0.15])
    moves = 0.02 * said + draws.normal(0, 0.01, 300)
    closes = [round(float(close), 4) for close in 100 * np.cumprod([1.0, *(1 + moves[:-1])])]
    found = evaluate_series(discrete(tmp_path / "mood.csv", list(said), closes), "mood", entry="close")
    assert [(row.low, row.high) for row in found.buckets] == [(-1, -1), (0, 0), (1, 1)]
    assert [row.n for row in found.buckets] == [int((said[:-1] == value).sum()) for value in (-1, 0, 1)]
    direction, size = found.bucket_tests.outcomes
    assert known(direction.p_value) < 0.001
    assert known(size.p_value) > 0.05
    assert "After the lowest value of mood (-1)".replace("-", "−") in found.answer
    assert "It does not significantly predict the size of moves" in found.answer
    assert "There is one bucket for each value of mood." in found.answer


def test_a_constant_series_is_called_constant(tmp_path: Path) -> None:
    found = evaluate_series(discrete(tmp_path / "mood.csv", [5] * 300, walk(2)), "mood")
    assert found.answer.startswith(
        "mood is 5 on all 298 days followed by a price from 2024-01-01 to 2024-10-26: the series is constant"
    )


def test_values_of_few_days_share_a_bucket(tmp_path: Path) -> None:
    counts = [0] * 200 + [1] * 60 + [2] * 37 + [3] * 3
    values = [int(value) for value in np.random.default_rng(3).permutation(counts)]
    found = evaluate_series(discrete(tmp_path / "mood.csv", values, walk(3)), "mood", entry="close")
    assert [(row.low, row.high) for row in found.buckets] == [(0, 0), (1, 1), (2, 3)]
    assert found.bucket_tests.outcomes[0].p_value is not None
    assert "values of fewer than 10 days share one" in found.answer


def test_one_of_two_values_that_is_rare_is_named(tmp_path: Path) -> None:
    values = [1 if number in {50, 120, 121} else 0 for number in range(300)]
    found = evaluate_series(discrete(tmp_path / "mood.csv", values, walk(4)), "mood", entry="close")
    assert "3 days with it are too few" in found.answer


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 1000),
    st.sampled_from([{-1: 1, 0: 2, 1: 3}, {-1: -1.0, 0: 0.0, 1: 1.0}, {-1: "-0.30000000000000004", 0: "0", 1: "0.3"}]),
)
def test_another_encoding_of_the_same_series_gives_the_same_answer(
    tmp_path: Path, seed: int, encoding: dict[int, Any]
) -> None:
    said = np.random.default_rng(seed).choice([-1, 0, 1], 120, p=[0.2, 0.6, 0.2]).tolist()
    plain, other = (
        evaluate_series(discrete(tmp_path / f"{name}.csv", values, walk(seed, 120)), "mood", horizons=[1, 3])
        for name, values in (("plain", said), ("other", [encoding[value] for value in said]))
    )
    # the buckets differ in their values alone
    one, two = ([replace(row, low=0.0, high=0.0, mean_value=0.0) for row in found.buckets] for found in (plain, other))
    assert one == two
    assert plain.bucket_tests == other.bucket_tests
    assert plain.horizons == other.horizons
    for mine, theirs in zip(plain.incremental, other.incremental, strict=True):
        assert mine.p_value == pytest.approx(theirs.p_value)
        assert mine.coefficient == pytest.approx(theirs.coefficient)


def test_infinite_and_missing_values_are_no_values(tmp_path: Path) -> None:
    values = ["inf", "NaN", "", "-inf", *[number % 3 for number in range(100)]]
    found = evaluate_series(discrete(tmp_path / "mood.csv", values, walk(5, 104)), "mood", entry="close")
    assert sum(row.n for row in found.buckets) == 99
    assert [row.low for row in found.buckets] == [0, 1, 2]


def test_a_file_with_other_days_than_new_york_says_so_and_names_the_option(tmp_path: Path) -> None:
    found = evaluate_series(own(tmp_path), "mood")
    assert found.calendar == PriceCalendar(exchange=None, closed_days=21, first_closed_day=DAYS[0])
    assert (
        "Sessions are the days of 'mood.csv'. New York (XNYS) was closed on 21 of them, the first 2026-01-01"
        in found.answer
    )
    assert "--exchange" in found.answer


def test_an_exchange_that_is_named_has_its_own_sessions(tmp_path: Path) -> None:
    """New York was closed on three weekdays and Mumbai on two, but open on Sunday 2026-02-01."""
    new_york, mumbai = (
        evaluate_series(own(tmp_path), "mood", entry="close", exchange=exchange) for exchange in ("XNYS", "XNSE")
    )
    assert (new_york.calendar.closed_days, mumbai.calendar.closed_days) == (21, 19)
    assert new_york.sessions == 60 - 21
    assert mumbai.sessions == 60 - 19
    assert "Left out: 21 days of 'mood.csv' on which XNYS was closed" in new_york.answer


def test_a_jump_without_an_adjusted_close_is_named(tmp_path: Path) -> None:
    closes = [100.0 + number % 3 for number in range(30)] + [10.0 + number % 3 / 10 for number in range(30)]
    path = discrete(tmp_path / "mood.csv", [number % 4 for number in range(60)], closes)
    found = evaluate_series(path, "mood", entry="close")
    assert [(jump.close_before, jump.close) for jump in found.returns.jumps] == [(102.0, 10.0)]
    assert "mood closed at 102.00 on 2024-01-30 and at 10.00 on 2024-01-31, with no split on file" in found.answer
    assert found.returns.price == ("mood",)
    assert "Returns are price returns" in found.answer
