"""The tables of a backtest's report."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import polars as pl

from flowbt.backtest import Counts, EventMeasures, Measures, TradeJump
from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.backtest.account import account_section
from flowbt.report.backtest.data_quality import moves_section
from flowbt.report.backtest.plans import plans_section
from flowbt.report.backtest.trades import MOST_ROWS, trades_section, trades_table
from flowbt.report.kit.formats import percent
from flowbt.report.kit.table import Table

MakeTrades = Callable[[int], pl.DataFrame]


def table_of(trades: pl.DataFrame) -> Table:
    return trades_table("Trades", trades, "trades.parquet")


def test_a_short_list_of_trades_is_whole(make_trades: MakeTrades) -> None:
    table = table_of(make_trades(MOST_ROWS))
    assert len(table.rows) == MOST_ROWS
    assert not table.note


def test_of_a_long_list_the_first_and_the_last_are_shown(make_trades: MakeTrades) -> None:
    trades = make_trades(1_250)
    table = table_of(trades)
    assert len(table.rows) == MOST_ROWS
    assert table.rows[0][3] == trades["signal_date"][0].isoformat()
    assert table.rows[-1][3] == trades["signal_date"][-1].isoformat()
    assert table.note == "The first and the last 100 of 1,250 trades; trades.parquet contains all."


def test_no_trades_is_no_rows(make_trades: MakeTrades, backtest: BacktestRun) -> None:
    none = make_trades(0)
    assert table_of(none).rows == ()
    assert trades_section(replace(backtest, trades=none, events=none)).is_empty()


def test_every_measure_and_count_has_a_row(simulated: BacktestRun) -> None:
    [measures], [counts] = account_section(simulated).tables, plans_section(simulated).tables
    # and buy and hold, and missing quotes
    assert len(measures.rows) == len(fields(Measures)) + len(fields(EventMeasures)) + 1
    assert len(counts.rows) == len(fields(Counts)) + 1
    assert ("Total return", percent(simulated.measures.total_return, signed=True)) in {row[:2] for row in measures.rows}
    assert ("Plans", str(simulated.counts.plans)) in {row[:2] for row in counts.rows}


def headings(trades: pl.DataFrame) -> set[str]:
    return {column.heading for column in table_of(trades).columns}


def test_splits_and_dividends_are_shown_where_there_are_any(make_trades: MakeTrades) -> None:
    trades = make_trades(2)
    assert not headings(trades) & {"Split", "Dividends, USD", "Price return"}
    assert headings(trades.with_columns(split_ratio=pl.lit(10.0))) >= {"Split"}
    paid = table_of(trades.with_columns(dividends=pl.lit(-12.5), price_return=pl.lit(0.01)))
    shown = dict(zip([column.heading for column in paid.columns], paid.rows[0], strict=True))
    assert (shown["Dividends, USD"], shown["Price return"]) == ("−12.50", "+1.00%")


def test_jumps(backtest: BacktestRun) -> None:
    found = TradeJump(
        symbol="SPL",
        previous=date(2026, 1, 7),
        day=date(2026, 1, 8),
        before=1005.0,
        after=102.0,
        move=-0.8985,
        source="bars",
        events=2,
        trades=1,
    )
    [table] = moves_section(replace(backtest, jumps=(found,))).tables
    assert table.rows == (("SPL", "2026-01-07", "2026-01-08", "1,005.00", "102.00", "−89.8%", "bars", "2", "1"),)
    assert moves_section(backtest).is_empty()
