"""A backtest on a small synthetic market, and one whose numbers are set by hand for what rarely happens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.backtest import Costs, Counts, EventMeasures, Measures
from flowbt.calendar import sessions
from flowbt.evaluation.assessment import AccountTest, BacktestRun, Sides
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.schema import EQUITY, TRADES, conform
from flowbt.strategy import Plan, Strategy, from_entry
from flowbt.workflows.backtest import run_backtest
from flowbt.workflows.simulate import simulate_market

DAYS = sessions(date(2024, 7, 1), date(2026, 6, 30))
REASONS = ("time", "stop", "time", "target", "time", "expiry")


@dataclass(frozen=True)
class EveryThirdDay(Strategy):
    """Long or short by turns, with a stop, out after two sessions."""

    hold: int = 2
    stop: float = 0.03

    def plan(self) -> Plan:
        day = pl.col("date").dt.day()
        side = pl.when(day % 2 == 0).then(1).otherwise(-1)
        return Plan(when=day % 3 == 0, side=side, stop=from_entry(self.stop), exit_after=self.hold)


@pytest.fixture(scope="session")
def equity() -> pl.DataFrame:
    """Two years of an account that goes nowhere, beside a market that rises."""
    draw = np.random.default_rng(5)
    account = 100_000 * np.cumprod(1 + draw.normal(0.0001, 0.006, len(DAYS)))
    market = 100_000 * np.cumprod(1 + draw.normal(0.0005, 0.010, len(DAYS)))
    line = pl.DataFrame({"date": DAYS, "equity": account, "buy_and_hold": market})
    return line.with_columns(drawdown=pl.col("equity") / pl.col("equity").cum_max() - 1)


@pytest.fixture(scope="session")
def make_trades() -> Callable[[int], pl.DataFrame]:
    """So many trades, spread over the two years, the last one still open."""

    def make(number: int) -> pl.DataFrame:
        draw = np.random.default_rng(7)
        places = np.sort(draw.integers(0, len(DAYS) - 8, number)).tolist()
        rows = []
        for i, place in enumerate(places):
            entry, gain = 200 + 30 * draw.standard_normal(), draw.normal(0.001, 0.02)
            side = "short" if draw.random() < 0.6 else "long"
            rows.append(
                {
                    "symbol": ("SYN000", "SYN001")[i % 2],
                    "instrument": "underlying",
                    "side": side,
                    "signal_date": DAYS[place],
                    "entry_date": DAYS[place + 1],
                    "entry_price": entry,
                    "exit_date": DAYS[place + 4],
                    "exit_price": entry * (1 + (gain if side == "long" else -gain)),
                    "exit_reason": "end" if i == number - 1 else REASONS[i % len(REASONS)],
                    "size": 50_000 / entry,
                    "fees": 10.0,
                    "pnl": 50_000 * gain,
                    "return": gain,
                    "split_ratio": 1.0,
                    "dividends": 0.0,
                    "price_return": gain,
                }
            )
        return conform(pl.DataFrame(rows, schema_overrides=TRADES) if rows else pl.DataFrame(schema=TRADES), TRADES)

    return make


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> BacktestRun:
    """A backtest of two synthetic symbols over 60 sessions."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    simulate_market(lake, MarketConfig(symbols=2, sessions=60, seed=7, contracts_per_snapshot=60))
    return run_backtest(lake, EveryThirdDay())


@pytest.fixture
def backtest(equity: pl.DataFrame, make_trades: Callable[[int], pl.DataFrame]) -> BacktestRun:
    """A backtest without an edge, set by hand."""
    return BacktestRun(
        run="backtest-bearish_verdict-1a2b3c4d",
        strategy="BearishVerdict",
        description="Short at the open after a bearish verdict, out after `hold` sessions, or at the stop.",
        parameters={"hold": 3, "stop": 0.03, "signal.bearish": 0.25, "signal.lookback": None},
        symbols=("SYN000", "SYN001"),
        first=date(2024, 7, 1),
        last=date(2026, 6, 30),
        decision="close",
        plans=64,
        trade_count=48,
        open_trades=1,
        measures=Measures(
            total_return=0.0123,
            price_return=0.0123,
            dividends=0.0,
            annual_return=0.0062,
            sharpe=0.11,
            max_drawdown=-0.0934,
            hit_rate=0.5213,
            profit_factor=1.04,
            mean_trade=0.00046,
            exposure=0.183,
            turnover=11.9,
            break_even_cost=2.1,
        ),
        event_measures=EventMeasures(n=57, hit_rate=0.509, mean_return=0.0004),
        missing_quotes=0,
        counts=Counts(
            plans=64,
            filled=58,
            unfilled=4,
            invalid=2,
            skipped_overlap=9,
            skipped_cash=1,
            open_trades=1,
            missing_bars=3,
            off_calendar_bars=0,
        ),
        costs=Costs(slippage_bp=1.0),
        initial_cash=100_000.0,
        buy_and_hold=0.0401,
        sides=Sides(short=48),
        inference=AccountTest(mean_daily=0.00003, t=0.31, p_value=0.757, minimum_detectable=0.0007),
        exchanges={"SYN000": "XNYS", "SYN001": "XNYS"},
        jumps=(),
        splits_not_in_bars=(),
        dividends_in_prices=(),
        failed_metrics=(),
        report="reports/backtest-bearish_verdict-1a2b3c4d/report.html",
        trades=make_trades(48),
        events=make_trades(57),
        not_traded=pl.DataFrame(),
        equity=conform(equity, EQUITY),
    )


@pytest.fixture
def nothing_known() -> dict[str, Any]:
    """Changes that make of a backtest one without any number."""
    measures = ("total_return", "price_return", "dividends", "annual_return", "sharpe", "max_drawdown", "hit_rate",
                "profit_factor", "mean_trade", "exposure", "turnover", "break_even_cost")  # fmt: skip
    return {
        "measures": Measures(**dict.fromkeys(measures)),
        "event_measures": EventMeasures(n=0, hit_rate=None, mean_return=None),
        "inference": None,
        "buy_and_hold": None,
        "trades": pl.DataFrame(schema=TRADES),
        "events": pl.DataFrame(schema=TRADES),
    }
