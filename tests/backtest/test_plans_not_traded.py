"""Every plan that is no trade is counted, with the reason."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import EventMeasures, Simulation, simulate

Make = Callable[..., pl.DataFrame]
QUIET = (100.0, 101.0, 99.0, 100.0)


def add_up(result: Simulation) -> bool:
    counts = result.counts
    return (
        counts.plans == counts.filled + counts.unfilled + counts.invalid
        and counts.filled == result.events.height
        and result.trades.height == counts.filled - counts.skipped_overlap - counts.skipped_cash
        and result.not_traded.height == counts.plans - result.trades.height
    )


@pytest.mark.parametrize(
    ("plan", "status", "reason"),
    [
        ({"stop": 101.0}, "invalid", "stop is not on the losing side"),
        ({"stop": 100.0}, "invalid", "stop is not on the losing side"),
        ({"target": 99.0}, "invalid", "target is not on the winning side"),
        ({"side": -1, "stop": 99.0}, "invalid", "stop is not on the losing side"),
        ({"side": -1, "target": 101.0}, "invalid", "target is not on the winning side"),
        ({"stop_offset": -0.01}, "invalid", "stop is not on the losing side"),
        ({"target_offset": 0.0}, "invalid", "target is not on the winning side"),
        ({"entry": "stop", "entry_level": 99.5, "target": 99.8}, "invalid", "target is not on the winning side"),
        ({"exit_on": date(2024, 1, 2)}, "invalid", "exit_on is before"),
        ({"side": 0}, "invalid", "side is neither"),
        ({"side": None}, "invalid", "side is neither"),
        ({"entry": "stop"}, "invalid", "its level is not a positive price"),
        ({"entry": "limit", "entry_level": float("nan")}, "invalid", "its level is not a positive price"),
        ({"entry": "limit", "entry_level": -5.0}, "invalid", "its level is not a positive price"),
        ({"entry": "moon"}, "invalid", "entry is none of"),
        ({"entry": None}, "invalid", "entry is none of"),
        ({"stop": float("nan")}, "invalid", "a target or stop is not a finite number"),
        ({"target_offset": float("inf")}, "invalid", "a target or stop is not a finite number"),
        ({"exit_after": 0}, "invalid", "less than one session"),
        ({"entry": "stop", "entry_level": 105.0, "valid_for": 0}, "invalid", "less than one session"),
        ({"size": 0.0}, "invalid", "size is not in"),
        ({"size": 1.5}, "invalid", "size is not in"),
        ({"symbol": None}, "invalid", "symbol or signal_date is missing"),
        ({"entry": "stop", "entry_level": 105.0}, "unfilled", "not reached in time"),
        ({"signal": 2}, "unfilled", "no session after the signal yet"),
        ({"symbol": "NONE"}, "unfilled", "no bar on the session"),
        ({"symbol": "B"}, "unfilled", "no bar on the session"),
    ],
)
def test_reason(plan: dict[str, Any], status: str, reason: str, bars: Make, plans: Make) -> None:
    result = simulate(plans(plan), bars(A=[QUIET] * 3, B=[QUIET, None, QUIET]))
    assert result.not_traded["status"].to_list() == [status]
    assert reason in result.not_traded["reason"].item()
    assert getattr(result.counts, status) == 1
    assert add_up(result)


def test_a_plan_without_a_date_is_invalid(bars: Make, plans: Make) -> None:
    dateless = plans({}).with_columns(signal_date=pl.lit(None, pl.Date))
    result = simulate(dateless, bars(A=[QUIET] * 3), first=date(2024, 1, 2))
    assert result.counts.invalid == 1
    assert add_up(result)


def test_missing_bars_are_counted_while_open_to_the_end(bars: Make, plans: Make) -> None:
    result = simulate(plans({}), bars(A=[QUIET, QUIET, None, QUIET, None], B=[QUIET] * 5))
    assert result.counts.missing_bars == 2
    assert result.events.select("exit_date", "exit_reason").row(0) == (date(2024, 1, 5), "end")


def test_open_trades_are_counted_and_are_no_hits(bars: Make, plans: Make) -> None:
    result = simulate(plans({}), bars(A=[QUIET, QUIET, (110.0, 112.0, 109.0, 111.0)]))
    assert result.counts.open_trades == 1
    assert result.event_measures == EventMeasures(n=0, hit_rate=None, mean_return=None)
    assert result.measures.hit_rate is None
    assert result.measures.mean_trade is None
    assert result.equity["equity"].to_list() == pytest.approx([100_000.0, 100_000.0, 111_000.0])


def test_plans_outside_the_range_do_not_count(bars: Make, plans: Make) -> None:
    many = plans(*({"signal": signal, "exit_after": 1} for signal in range(6)))
    result = simulate(many, bars(A=[QUIET] * 8), first=date(2024, 1, 3), last=date(2024, 1, 5))
    assert result.counts.plans == 3
    assert result.equity["date"].to_list() == [date(2024, 1, 3), date(2024, 1, 4), date(2024, 1, 5)]
    assert result.events["exit_date"].max() == date(2024, 1, 5)
    assert add_up(result)


@pytest.mark.parametrize("bound", [{}, {"first": date(2024, 1, 2)}, {"last": date(2024, 1, 5)}])
def test_thousands_of_plans_are_all_kept(bound: dict[str, date], bars: Make, plans: Make) -> None:
    many = plans(*({"exit_after": 1} for _ in range(20_000)))
    result = simulate(many, bars(A=[QUIET] * 4), **bound)  # type: ignore[arg-type]
    assert result.counts.plans == result.events.height == 20_000
    assert result.counts.skipped_overlap == 19_999


def test_no_plans(bars: Make, plans: Make) -> None:
    result = simulate(plans({}).clear(), bars(A=[QUIET] * 3))
    assert result.trades.is_empty()
    assert result.events.is_empty()
    assert result.equity["equity"].to_list() == [100_000.0] * 3
    assert result.measures.total_return == 0.0
    assert result.measures.sharpe is None
    assert set(result.counts.document().values()) == {0}


def test_no_plan_fills(bars: Make, plans: Make) -> None:
    result = simulate(plans({"stop": 101.0}), bars(A=[QUIET] * 3))
    assert result.trades.is_empty()
    assert result.trades.columns == result.events.columns
    assert add_up(result)
