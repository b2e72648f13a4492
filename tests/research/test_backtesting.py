"""A backtest's composition: the base rate that a hit rate must beat, and the luck of an account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import Costs
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.research.backtesting import run_backtest
from flowbt.strategy import Plan, Strategy, from_entry

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


def events(lake: Lake, strategy: Strategy) -> dict[str, float | None]:
    document, _ = run_backtest(lake, strategy, costs=FREE)
    return dict(document["events"])


def test_a_trade_on_every_session_has_nothing_to_be_compared_with(lake: Lake) -> None:
    said = events(lake, Days())
    assert (said["base_n"], said["base_rate"], said["base_return"]) == (said["n"], None, None)


def test_sessions_without_a_verdict_are_not_in_the_base(lake: Lake) -> None:
    @dataclass(frozen=True)
    class Late(Strategy):
        """Judges nothing before the tenth session."""

        def plan(self) -> Plan:
            judged = pl.when(pl.col("date") >= pl.date(2026, 1, 12)).then(pl.col("date").dt.day() == 20)
            return Plan(when=judged, side="long", exit_after=1)

    assert events(lake, Late())["base_n"] == 13


def test_a_chosen_day_is_compared_with_all_days(lake: Lake) -> None:
    said = events(lake, Days(every=5))
    assert said["base_rate"] == pytest.approx(0.5, abs=0.05)
    assert said["hit_rate"] != said["base_rate"]


def test_the_base_rate_is_of_the_same_side(lake: Lake) -> None:
    long, short = events(lake, Days(every=5)), events(lake, Days(every=5, side="short"))
    assert long["base_rate"] == pytest.approx(1 - (short["base_rate"] or 0))


def test_a_strategy_that_never_trades_has_nothing_to_compare(lake: Lake) -> None:
    assert events(lake, Days(every=99))["base_rate"] is None


def test_the_account_s_luck_is_told_from_its_daily_returns(lake: Lake) -> None:
    document, result = run_backtest(lake, Days(), costs=FREE)
    daily = result.equity["equity"].pct_change().drop_nulls()
    assert document["inference"]["mean_daily"] == pytest.approx(daily.mean())


def test_a_symbol_without_bars_is_told(lake: Lake, chain: Callable[..., pl.DataFrame]) -> None:
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, symbol="BBB"))
    with pytest.raises(FlowbtError, match="no price bars for BBB"):
        run_backtest(lake, Days(), symbols=["AAA", "BBB"])


def test_symbols_without_bars_are_left_out_where_none_is_named(lake: Lake, chain: Callable[..., pl.DataFrame]) -> None:
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, symbol="BBB"))
    assert run_backtest(lake, Days())[0]["symbols"] == ["AAA"]


def test_an_exit_at_an_offset_is_part_of_the_base(lake: Lake) -> None:
    @dataclass(frozen=True)
    class Target(Strategy):
        """Long with a target."""

        def plan(self) -> Plan:
            return Plan(when=pl.col("date").dt.day() % 5 == 0, side="long", target=from_entry(0.5), exit_after=1)

    assert events(lake, Target())["base_rate"] == pytest.approx(0.5, abs=0.05)
