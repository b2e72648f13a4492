"""A series of one's own beside its prices."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from flowbt.errors import FlowbtError
from flowbt.research.evaluating import evaluate_series
from flowbt.research.series import read_series

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
    assert found["sessions"] == 60
    assert [row["n"] for row in found["buckets"]] == [15, 15, 15, 14]
    assert found["buckets"][0]["mean_return"] == pytest.approx(0.01)


def test_prices_from_another_file_are_matched_by_day(tmp_path: Path) -> None:
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close", [f"{day},1,2,1,2" for day in DAYS[10:]])
    series = read_series(own(tmp_path), "mood", prices=prices)
    assert series.without_price == 10
    assert series.bars.height == 50


def test_the_entry_is_the_next_open_where_there_are_opens_else_the_next_close(tmp_path: Path) -> None:
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close", [f"{day},1,2,1,2" for day in DAYS])
    assert evaluate_series(own(tmp_path), "mood", prices=prices)["entry"] == "next_open"
    assert evaluate_series(own(tmp_path), "mood")["entry"] == "next_close"
    with pytest.raises(FlowbtError, match="has no opens"):
        evaluate_series(own(tmp_path), "mood", entry="next_open")


def test_the_adjusted_close_makes_total_returns(tmp_path: Path) -> None:
    rows = [f"{day},1,1,1,100,{100 + number}" for number, day in enumerate(DAYS)]
    prices = table(tmp_path / "prices.csv", "Date,Open,High,Low,Close,Adj Close", rows)
    found = evaluate_series(own(tmp_path), "mood", prices=prices, buckets=2, entry="close")
    assert all(row["mean_return"] > 0 for row in found["buckets"])


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
