from collections.abc import Callable

import polars as pl

from flowbt.report.backtest_tables import MOST_ROWS, counts_table, measures_table, trades_table

MakeTrades = Callable[[int], pl.DataFrame]


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
