"""Documents and frames as the commands give them: random walks with a seed, nothing planted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.report import sample

from flowbt.calendar import sessions
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
def make_cell() -> Callable[..., dict[str, Any]]:
    """One verdict at one horizon: by default 41 of them, within luck."""

    def make(**changes: Any) -> dict[str, Any]:
        cell: dict[str, Any] = {
            "n": 41,
            "effective_n": 30.2,
            "hit_rate": 0.4802,
            "hit_ci": (0.34, 0.62),
            "base_rate": 0.4601,
            "lift": 0.0201,
            "lift_ci": (-0.11, 0.15),
            "t": 0.52,
            "p_value": 0.603,
            "minimum_detectable": 0.18,
            "mean_return": -0.0004,
            "mean_excess_return": -0.0011,
            "mean_excess_ci": (-0.006, 0.0038),
            "return_p_value": 0.66,
        }
        return cell | changes

    return make


@pytest.fixture
def no_cell() -> dict[str, Any]:
    """A verdict never given."""
    return {"n": 0, "hit_rate": None, "base_rate": None, "lift": None, "p_value": None}


@pytest.fixture
def make_evaluation(no_cell: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """An evaluation at one horizon, of the verdicts given."""

    def make(*, horizon: int = 3, **verdicts: dict[str, Any]) -> dict[str, Any]:
        cells = {name: verdicts.get(name, no_cell) for name in ("bearish", "neutral", "bullish")}
        judged = {"horizon": horizon, "sessions": 250, "base_rate_up": 0.53, "verdicts": cells}
        return {
            "signal": "flow_verdict",
            "symbols": ["IWM"],
            "from": "2025-07-01",
            "to": "2026-06-30",
            "sessions": 250,
            "decision": "close",
            "entry": "next_open",
            "horizons": [judged],
        }

    return make


@pytest.fixture
def evaluation(make_cell: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The document of an evaluation at four horizons, with only what documents have always had."""
    draw = np.random.default_rng(11)

    def cell(side: str, horizon: int) -> dict[str, Any]:
        base = 0.46 if side == "bearish" else 0.53
        lift, error = draw.normal(0, 0.05), 0.05 + 0.006 * horizon
        excess = draw.normal(0, 0.001 * horizon)
        direction = {
            "hit_rate": base + lift,
            "hit_ci": (base + lift - 1.6 * error, base + lift + 1.6 * error),
            "base_rate": base,
            "lift": lift,
            "lift_ci": (lift - 2.2 * error, lift + 2.2 * error),
            "p_value": min(1.0, abs(error / lift) / 2),
            "minimum_detectable": 2.8 * error,
        }
        if side == "neutral":
            direction = dict.fromkeys(direction)
        spread = 0.002 * horizon
        around = {
            "n": {"bearish": 81, "neutral": 640, "bullish": 96}[side],
            "mean_return": excess + 0.0005 * horizon,
            "mean_excess_return": excess,
            "mean_excess_ci": (excess - spread, excess + spread),
        }
        return make_cell(**direction, **around)

    return {
        "run": "evaluate-flow_verdict-5e6f7a8b",
        "signal": "flow_verdict",
        "description": "Reads the day's flow against the symbol's own habit: bearish, neutral or bullish.",
        "parameters": {"bearish": 0.25, "bullish": 0.25, "lookback": 63},
        "symbols": ["SYN000", "SYN001", "SYN002"],
        "from": "2024-07-01",
        "to": "2026-06-30",
        "sessions": 501,
        "decision": "close",
        "entry": "next_open",
        "horizons": [
            {
                "horizon": horizon,
                "sessions": 817,
                "base_rate_up": 0.53,
                "verdicts": {side: cell(side, horizon) for side in ("bearish", "neutral", "bullish")},
            }
            for horizon in (1, 3, 5, 10)
        ],
        "report": "reports/evaluate-flow_verdict-5e6f7a8b/report.html",
        "manifest": {"data_version": {"chains": 3, "prices": 2}, "flowbt_version": "0.1.0"},
    }


@pytest.fixture
def whole() -> dict[str, Any]:
    """The document of an evaluation with every part there is."""
    return sample.evaluation()


@pytest.fixture
def series() -> dict[str, Any]:
    """The document of a series in fifths, without verdicts."""
    return sample.series()
