"""A backtest's composition: the base rate that a hit rate must beat, and the luck of an account."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import Costs, EventMeasures, decide, simulate
from flowbt.calendar import sessions
from flowbt.errors import FlowbtError
from flowbt.evaluation.assessment import UnusedAction, assess
from flowbt.evaluation.baseline_trades import base_trades
from flowbt.lake import Lake
from flowbt.schema import CORPORATE_ACTIONS, EQUITY
from flowbt.strategy import Plan, Strategy, from_entry
from flowbt.workflows.backtest import run_backtest
from flowbt.workflows.runs import to_json

FREE = Costs()


@dataclass(frozen=True)
class Days(Strategy):
    """Long on every `every`-th of the month's days, out after a session."""

    every: int = 1
    side: Any = "long"

    def plan(self) -> Plan:
        return Plan(when=pl.col("date").dt.day() % self.every == 0, side=self.side, exit_after=1)


@pytest.fixture
def lake(
    tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame], days: list[date]
) -> Lake:
    """Opens 10, 11, 10, 11, ...: every other session rises."""
    lake = Lake(tmp_path)
    first = list(days[:20])
    lake.write_strike_rows(
        pl.concat(chain({100: {"call_volume": 1}}, day=day, expiration=date(2026, 6, 19)) for day in first)
    )
    lake.write_bars(bars([10.0, 11.0] * 10))
    return lake


def events(lake: Lake, strategy: Strategy) -> EventMeasures:
    return run_backtest(lake, strategy, costs=FREE).event_measures


def test_a_trade_on_every_session_has_nothing_to_be_compared_with(lake: Lake) -> None:
    found = events(lake, Days())
    assert (found.base_n, found.base_rate, found.base_return) == (found.n, None, None)


def test_sessions_without_a_verdict_are_not_in_the_base(lake: Lake) -> None:
    @dataclass(frozen=True)
    class Late(Strategy):
        """Judges nothing before the tenth session."""

        def plan(self) -> Plan:
            judged = pl.when(pl.col("date") >= pl.date(2026, 1, 12)).then(pl.col("date").dt.day() == 20)
            return Plan(when=judged, side="long", exit_after=1)

    assert events(lake, Late()).base_n == 13


def test_a_chosen_day_is_compared_with_all_days(lake: Lake) -> None:
    found = events(lake, Days(every=5))
    assert found.base_rate == pytest.approx(0.5, abs=0.05)
    assert found.hit_rate != found.base_rate


def test_the_base_rate_is_of_the_same_side(lake: Lake) -> None:
    long, short = events(lake, Days(every=5)), events(lake, Days(every=5, side="short"))
    assert long.base_rate == pytest.approx(1 - (short.base_rate or 0))


def test_a_strategy_that_never_trades_has_nothing_to_compare(lake: Lake) -> None:
    assert events(lake, Days(every=99)).base_rate is None


def test_significance_is_that_of_the_daily_returns(lake: Lake) -> None:
    result = run_backtest(lake, Days(), costs=FREE)
    daily = result.equity["equity"].pct_change().drop_nulls()
    assert result.inference is not None
    assert result.inference.mean_daily == pytest.approx(daily.mean())


def test_a_symbol_without_bars_is_told(lake: Lake, chain: Callable[..., pl.DataFrame]) -> None:
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, symbol="BBB"))
    with pytest.raises(FlowbtError, match="no price bars for BBB"):
        run_backtest(lake, Days(), symbols=["AAA", "BBB"])


def test_symbols_without_bars_are_left_out_where_none_is_named(lake: Lake, chain: Callable[..., pl.DataFrame]) -> None:
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, symbol="BBB"))
    assert run_backtest(lake, Days()).symbols == ("AAA",)


def test_an_exit_at_an_offset_is_part_of_the_base(lake: Lake) -> None:
    @dataclass(frozen=True)
    class Target(Strategy):
        """Long with a target."""

        def plan(self) -> Plan:
            return Plan(when=pl.col("date").dt.day() % 5 == 0, side="long", target=from_entry(0.5), exit_after=1)

    assert events(lake, Target()).base_rate == pytest.approx(0.5, abs=0.05)


@dataclass(frozen=True)
class FirstDay(Strategy):
    """Long after the first day, a level of that day as the stop."""

    stop: float = 0.95
    hold: int = 3

    def plan(self) -> Plan:
        first = pl.col("date") == date(2026, 1, 5)
        return Plan(
            when=first, side="long", stop=self.stop * pl.col("low"), target=1.5 * pl.col("spot"), exit_after=self.hold
        )


def market(tmp_path: Path, chain: Any, bars: Any, days: list[date], closes: list[float], spots: list[float]) -> Lake:
    lake = Lake(tmp_path)
    lake.write_strike_rows(
        pl.concat(
            chain({100: {"call_volume": 1}}, day=day, spot=spot, expiration=date(2026, 6, 19))
            for day, spot in zip(days, spots, strict=False)
        )
    )
    lake.write_bars(bars(closes))
    return lake


def write_actions(lake: Lake, *rows: tuple[date, str, float]) -> None:
    lake.write_actions(pl.DataFrame([("AAA", *row) for row in rows], schema=CORPORATE_ACTIONS, orient="row"))


OVER_SPLIT = [100.0, 100.0, 101.0, 10.2, 10.3, 10.4]


def test_a_trade_over_a_split(
    tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame], days: list[date]
) -> None:
    lake = market(tmp_path, chain, bars, days, OVER_SPLIT, OVER_SPLIT)
    lost = run_backtest(lake, FirstDay(), costs=FREE)
    assert lost.measures.total_return == pytest.approx(-0.898)
    assert [(jump.day, jump.source, jump.trades) for jump in lost.jumps] == [(days[3], "bars", 1)]
    assert "No split or dividend on file explains the −89.9% move of AAA from 2026-01-07 to 2026-01-08" in lost.answer

    write_actions(lake, (days[3], "split", 10.0), (days[2], "dividend", 0.5))
    result = run_backtest(lake, FirstDay(), costs=FREE)
    assert result.measures.total_return == pytest.approx(0.035)
    assert result.measures.price_return == pytest.approx(0.03)
    assert result.buy_and_hold == pytest.approx(1.04 * (1 + 0.5 / 101) - 1)
    assert (result.jumps, result.splits_not_in_bars) == ((), ())
    assert "on file explains" not in result.answer
    assert result.trades.select("split_ratio", "dividends", "exit_reason").row(0) == (
        10.0,
        pytest.approx(500.0),
        "time",
    )


def test_a_stop_from_before_a_split(
    tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame], days: list[date]
) -> None:
    lake = market(tmp_path, chain, bars, days, [100.0, 100.0, 10.0, 9.4, 9.0], [100.0, 100.0, 10.0, 9.4, 9.0])
    write_actions(lake, (days[2], "split", 10.0))
    result = run_backtest(lake, FirstDay(), costs=FREE)
    assert result.trades.select("exit_date", "exit_price", "exit_reason").row(0) == (days[3], 9.4, "stop")


def test_a_jump_of_the_chain_alone(
    tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame], days: list[date]
) -> None:
    """Bars that are split-adjusted already beside a chain that is not."""
    lake = market(tmp_path, chain, bars, days, [10.0, 10.0, 10.1, 10.2, 10.3, 10.4], OVER_SPLIT)
    result = run_backtest(lake, FirstDay(stop=0.5), costs=FREE)
    assert [(jump.previous, jump.day, jump.source) for jump in result.jumps] == [(days[2], days[3], "chain")]
    assert "(101.00 to 10.20 in the chain)" in result.answer

    write_actions(lake, (days[3], "split", 10.0))
    result = run_backtest(lake, FirstDay(stop=0.5), costs=FREE)
    assert (result.jumps, result.splits_not_in_bars) == ((), (UnusedAction(symbol="AAA", day=days[3], value=10.0),))
    assert "AAA 10-for-1 on 2026-01-08" in result.answer


def test_each_symbol_trades_on_the_sessions_that_the_lake_remembers(
    tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame]
) -> None:
    """New York was closed on Monday 21 January 2019, Mumbai was not."""
    exchanges = {"IND": "XNSE", "USA": "XNYS"}
    lake = Lake(tmp_path)
    lake.write_exchanges({"IND": "XNSE"})
    held = {symbol: sessions(date(2019, 1, 17), date(2019, 1, 25), exchange) for symbol, exchange in exchanges.items()}
    lake.write_strike_rows(
        pl.concat(
            chain({100: {"call_volume": 1}}, symbol=symbol, day=day, expiration=date(2019, 6, 21))
            for symbol, of_symbol in held.items()
            for day in of_symbol
        )
    )
    lake.write_bars(pl.concat(bars([100.0] * 9, symbol=symbol, on=of_symbol) for symbol, of_symbol in held.items()))

    @dataclass(frozen=True)
    class Friday(Strategy):
        """Long after one Friday, for two sessions."""

        def plan(self) -> Plan:
            return Plan(when=pl.col("date") == date(2019, 1, 18), side="long", exit_after=2)

    result = run_backtest(lake, Friday(), costs=FREE)
    assert result.exchanges == exchanges
    assert result.trades.select("symbol", "entry_date", "exit_date").sort("symbol").rows() == [
        ("IND", date(2019, 1, 21), date(2019, 1, 23)),
        ("USA", date(2019, 1, 22), date(2019, 1, 24)),
    ]
    assert result.equity["date"].to_list() == sorted({*held["IND"], *held["USA"]})


def test_the_document_has_the_documented_keys_in_order(lake: Lake, tmp_path: Path) -> None:
    result = run_backtest(lake, Days(every=5), costs=FREE, reports=tmp_path / "reports")
    document = result.document()
    assert list(document) == [
        "run", "strategy", "description", "parameters", "symbols", "from", "to", "decision", "plans", "trades",
        "open_trades", "measures", "events", "missing_quotes", "counts", "costs", "initial_cash", "buy_and_hold", "sides",
        "inference", "exchanges", "jumps", "splits_not_in_bars", "dividends_in_prices", "failed_metrics", "answer", "report",
    ]  # fmt: skip
    assert document["trades"] == result.trades.height
    assert document["missing_quotes"] == 0
    assert result.report is not None
    folder = Path(result.report).parent
    assert json.loads((folder / "summary.json").read_text("utf-8")) == json.loads(to_json(document))
    assert pl.read_parquet(folder / "equity.parquet").schema == pl.Schema(EQUITY)
    assert pl.read_parquet(folder / "trades.parquet").equals(result.trades)


def test_the_three_steps_can_be_taken_one_by_one(lake: Lake) -> None:
    bars = lake.bars(["AAA"])
    decisions = decide(Days(every=5), lake, ["AAA"])
    assert decisions.first == date(2026, 1, 5)
    assert set(decisions.plans["signal_date"].dt.day()) <= {5, 10, 15, 20, 25, 30}
    simulation = simulate(decisions.plans, bars, costs=FREE, first=decisions.first)
    base = base_trades(decisions.plan, decisions.rows, bars, FREE, decisions.first)
    assessed = assess(decisions, simulation, base, actions=lake.actions(["AAA"]), exchanges=lake.exchanges(["AAA"]))
    whole = run_backtest(lake, Days(every=5), costs=FREE)
    assert replace(assessed, run=whole.run, description=whole.description, answer=whole.answer) == whole
    assert assessed.equity.equals(whole.equity)
