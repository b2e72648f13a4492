"""Forward returns: from the next open, over sessions, null where the future has no bar."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation.forward_returns import Entry, forward_returns, outcomes_of
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, conform

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


def action(kind: str, day: date, value: float) -> pl.DataFrame:
    return conform(
        pl.DataFrame({"symbol": ["AAA"], "date": [day], "kind": [kind], "value": [value]}), CORPORATE_ACTIONS
    )


def test_a_dividend_on_file_counts_where_there_is_no_adjusted_close() -> None:
    found = forward_returns(bars([10, 10, 10, 10]), [1], "close", action("dividend", DAYS[2], 0.5))
    assert found["return_1"].to_list() == pytest.approx([0.0, 10.5 / 10.0 - 1, 0.0, None], nan_ok=True)


def test_a_split_on_file_leaves_no_step() -> None:
    found = forward_returns(bars([100, 100, 10, 10]), [1], "close", action("split", DAYS[2], 10.0))
    assert found["return_1"][1] == pytest.approx(10 * 10.5 / 100.5 - 1)


def test_bars_that_their_source_adjusted_are_not_adjusted_for_the_split_again() -> None:
    found = forward_returns(bars([10, 10, 10, 10]), [1], "close", action("split", DAYS[2], 10.0))
    assert found["return_1"].to_list() == [0.0, 0.0, 0.0, None]


def test_an_action_before_the_first_bar_changes_nothing() -> None:
    found = forward_returns(bars([10, 10]), [1], "close", action("split", date(2025, 1, 2), 10.0))
    assert found["return_1"][0] == 0.0


def test_windows_follow_each_other_without_overlap() -> None:
    outcomes = outcomes_of(bars([10, 20, 30, 60, 90]))
    assert outcomes.between(1, 2)[0, 0] == 60 / 30 - 1
    assert (1 + outcomes.between(0, 1)[0, 0]) * (1 + outcomes.between(1, 2)[0, 0]) == pytest.approx(60 / 20)


def test_a_window_may_look_back_from_the_entry() -> None:
    assert outcomes_of(bars([10, 20, 30, 60])).between(0, -1)[1, 0] == 20 / 30 - 1


def test_the_range_is_that_of_the_next_session() -> None:
    frame = bars([10, 10, 10]).with_columns(high=pl.Series([20.0, 11.0, 12.0]))
    assert outcomes_of(frame).next_range()[:, 0] == pytest.approx([np.log(1.1), np.log(1.2), np.nan], nan_ok=True)
