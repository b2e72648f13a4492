from collections.abc import Callable

import polars as pl

from flowbt.report.backtest.tables import MOST_ROWS, counts_table, jumps_table, measures_table, trades_table

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


def headings(trades: pl.DataFrame) -> set[str]:
    return {column.heading for column in trades_table(trades).columns}


def test_splits_and_dividends_are_shown_where_there_are_any(make_trades: MakeTrades) -> None:
    trades = make_trades(2)
    assert not headings(trades) & {"Split", "Dividends, USD", "Price return"}
    assert headings(trades.with_columns(split_ratio=pl.lit(10.0))) >= {"Split"}
    paid = trades_table(trades.with_columns(dividends=pl.lit(-12.5), price_return=pl.lit(0.01)))
    shown = dict(zip([column.heading for column in paid.columns], paid.rows[0], strict=True))
    assert (shown["Dividends, USD"], shown["Price return"]) == ("−12.50", "+1.00%")


def test_jumps() -> None:
    found = {
        "symbol": "SPL",
        "previous": "2026-01-07",
        "date": "2026-01-08",
        "from": 1005.0,
        "to": 102.0,
        "move": -0.8985,
    }
    table = jumps_table({"jumps": [found | {"source": "bars", "events": 2, "trades": 1}]})
    assert table.rows == (("SPL", "2026-01-07", "2026-01-08", "1,005.00", "102.00", "−89.8%", "bars", "2", "1"),)
    assert jumps_table({}).rows == ()
