"""Forward returns: from the next open, over sessions, null where the future has no bar."""

from datetime import date

import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation import forward_returns
from flowbt.evaluation.outcomes import Entry
from flowbt.schema import PRICE_BARS, conform

DAYS = sessions(date(2026, 1, 5), date(2026, 1, 16))


def bars(opens: list[float | None], adjusted: float | None = None) -> pl.DataFrame:
    rows = [
        {"symbol": "AAA", "date": day, "open": price, "high": price, "low": price, "close": price + 0.5,
         "adj_close": None if adjusted is None else (price + 0.5) * adjusted}
        for day, price in zip(DAYS, opens, strict=False) if price is not None
    ]  # fmt: skip
    return conform(pl.DataFrame(rows, infer_schema_length=None), PRICE_BARS)


def returns(frame: pl.DataFrame, horizon: int, entry: Entry = "next_open") -> list[float | None]:
    return forward_returns(frame, [horizon], entry)[f"return_{horizon}"].to_list()


def test_the_return_runs_from_the_next_open_to_the_open_a_horizon_later() -> None:
    assert returns(bars([10, 20, 30, 60, 90]), 2) == [60 / 20 - 1, 90 / 30 - 1, None, None, None]


def test_the_last_horizon_and_one_sessions_have_none() -> None:
    assert [value is None for value in returns(bars([10.0] * 6), 3)] == [False, False, True, True, True, True]


def test_a_missing_bar_is_a_missing_price_and_no_shorter_horizon() -> None:
    assert returns(bars([10, 20, None, 40, 80]), 1) == [None, None, 1.0, None, None]


@pytest.mark.parametrize(("entry", "first"), [("next_close", 30.5 / 20.5 - 1), ("close", 20.5 / 10.5 - 1)])
def test_other_entries(entry: Entry, first: float) -> None:
    assert returns(bars([10, 20, 30]), 1, entry)[0] == pytest.approx(first)


def test_symbols_do_not_run_into_each_other() -> None:
    one = bars([10, 20, 30])
    both = pl.concat([one, one.with_columns(symbol=pl.lit("BBB"), open=pl.col("open") * 7)])
    assert forward_returns(both, [1])["return_1"].to_list() == [0.5, None, None, 0.5, None, None]


def test_a_dividend_counts_through_the_adjusted_close() -> None:
    frame = bars([10, 10, 10, 10], adjusted=1.0)
    after = frame["date"] >= DAYS[2]
    paid = frame.with_columns(adj_close=pl.when(after).then("adj_close").otherwise(pl.col("adj_close") * 0.9))
    assert returns(paid, 1)[0] == pytest.approx(1 / 0.9 - 1)


def test_no_bars_give_no_rows() -> None:
    assert forward_returns(bars([10])[:0], [1]).height == 0
