"""Each measure by hand, and None where it is undefined."""

import math

import polars as pl
import pytest

from flowbt.backtest import Costs, measures
from flowbt.schema import TRADES, conform

LINE = pl.Series([100.0, 110.0, 99.0, 121.0])


def trades(*rows: tuple[str, float, float, float, str]) -> pl.DataFrame:
    """Side, entry, exit, shares, reason; no costs."""
    done = [
        {
            "side": side,
            "entry_price": entry,
            "exit_price": left,
            "size": size,
            "exit_reason": reason,
            "pnl": (left - entry) * size * (1 if side == "long" else -1),
            "return": (left / entry - 1) * (1 if side == "long" else -1),
            "split_ratio": 1.0,
            "dividends": 0.0,
        }
        for side, entry, left, size, reason in rows
    ]
    return conform(pl.DataFrame(done), TRADES)


THREE = trades(
    ("long", 100.0, 110.0, 2.0, "target"), ("short", 50.0, 55.0, 1.0, "stop"), ("long", 10.0, 20.0, 1.0, "end")
)
NONE = THREE.clear()


def test_total_return() -> None:
    assert measures.total_return(LINE) == pytest.approx(0.21)


def test_annual_return() -> None:
    assert measures.annual_return(LINE) == pytest.approx(1.21**63 - 1)
    assert measures.annual_return(pl.Series([100.0, 0.0])) is None
    assert measures.annual_return(pl.Series([1.0, 1e9])) is None  # beyond what a float holds


def test_sharpe() -> None:
    returns = [0.0, 0.1, -0.1, 121 / 99 - 1]
    mean = sum(returns) / 4
    deviation = math.sqrt(sum((value - mean) ** 2 for value in returns) / 3)
    assert measures.sharpe(LINE) == pytest.approx(mean / deviation * math.sqrt(252))
    assert measures.sharpe(pl.Series([100.0, 100.0, 100.0])) is None
    assert measures.sharpe(pl.Series([100.0])) is None


def test_max_drawdown() -> None:
    assert measures.max_drawdown(LINE) == pytest.approx(-0.1)
    assert measures.max_drawdown(pl.Series([1.0, 2.0])) == 0.0


def test_hit_rate() -> None:
    assert measures.hit_rate(THREE) == 0.5
    assert measures.hit_rate(NONE) is None


def test_profit_factor() -> None:
    assert measures.profit_factor(THREE) == pytest.approx(20 / 5)
    assert measures.profit_factor(THREE.head(1)) is None
    assert measures.profit_factor(NONE) is None


def test_mean_trade() -> None:
    assert measures.mean_trade(THREE) == pytest.approx(0.0)
    assert measures.mean_trade(NONE) is None


def test_exposure() -> None:
    assert measures.exposure(pl.DataFrame({"exposure": [0.0, 1.0, None, 0.5]})) == pytest.approx(0.5)


def test_turnover() -> None:
    # bought and sold: 200 + 220, 50 + 55, and 10 for the trade still open
    assert measures.turnover(THREE, LINE) == pytest.approx(535 / 2 / 107.5 * 252 / 4)
    assert measures.turnover(NONE, LINE) == 0.0
    assert measures.turnover(THREE, pl.Series([-1.0, 0.0])) is None


def test_break_even_cost() -> None:
    assert measures.break_even_cost(THREE, Costs()) == pytest.approx((20 - 5) / (200 + 220 + 50 + 55) * 1e4)
    assert measures.break_even_cost(NONE, Costs()) is None


def test_break_even_cost_is_that_of_the_prices_before_slippage() -> None:
    slipped = trades(("long", 101.0, 108.9, 2.0, "target"), ("short", 49.5, 55.55, 1.0, "stop"))
    found = measures.break_even_cost(slipped, Costs(slippage_bp=100))
    assert found == pytest.approx((20 - 5) / (200 + 220 + 50 + 55) * 1e4)


def test_nothing_is_left_at_the_break_even_cost() -> None:
    cost = measures.break_even_cost(THREE, Costs())
    assert cost is not None
    paid = measures.closed(THREE).select(
        (pl.col("pnl") - cost * 1e-4 * pl.col("size") * (pl.col("entry_price") + pl.col("exit_price"))).sum()
    )
    assert paid.item() == pytest.approx(0.0, abs=1e-9)
