"""Documents and frames as the commands give them: random walks with a seed, nothing planted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.report.market import series_evaluation, signal_evaluation

from flowbt.calendar import sessions
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.schema import TRADES, conform

DAYS = sessions(date(2024, 7, 1), date(2026, 6, 30))
REASONS = ("time", "stop", "time", "target", "time", "expiry")


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


@pytest.fixture
def backtest() -> dict[str, Any]:
    """The document of a backtest without an edge."""
    return {
        "run": "backtest-bearish_verdict-1a2b3c4d",
        "strategy": "BearishVerdict",
        "description": "Short at the open after a bearish verdict, out after `hold` sessions, or at the stop.",
        "parameters": {"hold": 3, "stop": 0.03, "signal.bearish": 0.25, "signal.lookback": None},
        "symbols": ["SYN000", "SYN001"],
        "from": date(2024, 7, 1),
        "to": date(2026, 6, 30),
        "plans": 64,
        "trades": 48,
        "open_trades": 1,
        "measures": {
            "total_return": 0.0123,
            "annual_return": 0.0062,
            "sharpe": 0.11,
            "max_drawdown": -0.0934,
            "hit_rate": 0.5213,
            "profit_factor": 1.04,
            "mean_trade": 0.00046,
            "exposure": 0.183,
            "turnover": 11.9,
            "break_even_cost": 2.1,
        },
        "events": {"n": 57, "hit_rate": 0.509, "mean_return": 0.0004},
        "missing_quotes": 0,
        "counts": {
            "plans": 64,
            "filled": 58,
            "unfilled": 4,
            "invalid": 2,
            "skipped_overlap": 9,
            "skipped_cash": 1,
            "open_trades": 1,
            "missing_bars": 3,
            "off_calendar_bars": 0,
        },
        "costs": {"fees_bp": 0.0, "slippage_bp": 1.0},
        "initial_cash": 100_000.0,
        "buy_and_hold": 0.0401,
        "sides": {"long": 0, "short": 48},
        "inference": {"mean_daily": 0.00003, "t": 0.31, "p_value": 0.757, "minimum_detectable": 0.0007},
        "report": "reports/backtest-bearish_verdict-1a2b3c4d/report.html",
        "manifest": {
            "run": "backtest-bearish_verdict-1a2b3c4d",
            "data_version": {"chains": 3, "prices": 2},
            "flowbt_version": "0.1.0",
            "strategy_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    }


@pytest.fixture(scope="session")
def signal() -> SignalEvaluation:
    """The evaluation of a signal on a small synthetic market."""
    return signal_evaluation()


@pytest.fixture(scope="session")
def series() -> SeriesEvaluation:
    """The evaluation of a series on a small synthetic market."""
    return series_evaluation()
