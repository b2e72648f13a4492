"""The planted edge: its rule on small arrays, and what a long market shows of it."""

import numpy as np
import polars as pl
import pytest

from flowbt.market import MarketConfig, simulate_bars, simulate_sentiment
from flowbt.market.edge import extreme_side, planted_drift

CALM, BULLISH, BEARISH = 0.0, 2.0, -2.0
HORIZON = 3


def in_bp(sentiment: list[float], horizon: int = HORIZON) -> list[float]:
    drift = planted_drift(np.array(sentiment), edge_bp=30.0, horizon=horizon)
    return [round(each * 1e4, 6) for each in drift.tolist()]


def test_the_sessions_after_an_extreme_one_earn_the_edge_in_equal_parts() -> None:
    assert in_bp([CALM, BULLISH, CALM, CALM, CALM, CALM]) == [0, 0, 10, 10, 10, 0]


def test_bearish_flow_is_followed_by_a_fall() -> None:
    assert in_bp([BEARISH, CALM, CALM, CALM, CALM]) == [0, -10, -10, -10, 0]


def test_extremes_on_the_same_side_do_not_stack() -> None:
    assert in_bp([BULLISH, BULLISH, CALM, CALM, CALM, CALM]) == [0, 10, 10, 10, 10, 0]


def test_the_latest_extreme_rules() -> None:
    assert in_bp([BULLISH, BEARISH, CALM, CALM, CALM, CALM]) == [0, 10, -10, -10, -10, 0]


def test_a_horizon_of_one_puts_it_all_in_the_next_session() -> None:
    assert in_bp([BULLISH, CALM, CALM], horizon=1) == [0, 30, 0]


def test_a_session_does_not_earn_its_own_edge() -> None:
    assert in_bp([CALM, CALM, BULLISH]) == [0, 0, 0]


def test_extremes_are_a_fifth_on_either_side() -> None:
    side = extreme_side(np.random.default_rng(3).standard_normal(100_000))
    assert (side == 1).mean() == pytest.approx(0.2, abs=0.005)
    assert (side == -1).mean() == pytest.approx(0.2, abs=0.005)


def forward_returns(config: MarketConfig) -> pl.DataFrame:
    """Log return open(t+1) -> open(t+1+H) after each session, with the side of its sentiment."""
    open_ = pl.col("open").log()
    forward = (open_.shift(-1 - HORIZON) - open_.shift(-1)).over("symbol")
    truth = simulate_sentiment(config).with_columns(
        side=pl.col("sentiment").map_batches(lambda s: pl.Series(extreme_side(s.to_numpy())), return_dtype=pl.Int64)
    )
    bars = simulate_bars(config).join(truth, on=["symbol", "date"], maintain_order="left")
    return bars.select("symbol", "date", "side", forward=forward).drop_nulls()


def excess_and_error(returns: pl.DataFrame, side: int) -> tuple[float, float]:
    """Mean forward return after one side minus the mean over all days, in bp, and its standard error."""
    forward = returns["forward"].to_numpy() * 1e4
    after = forward[returns["side"].to_numpy() == side]
    # Windows overlap by up to the horizon, so only a third of them is independent of the others.
    return float(after.mean() - forward.mean()), float(after.std() / np.sqrt(after.size / HORIZON))


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("edge_bp", [0.0, 40.0])
def test_the_edge_is_recovered_from_open_to_open(edge_bp: float, side: int) -> None:
    config = MarketConfig(symbols=8, sessions=4000, edge_bp=edge_bp, edge_horizon=HORIZON)
    excess, error = excess_and_error(forward_returns(config), side)
    assert error < 7
    assert abs(excess - side * edge_bp) < 2 * error


@pytest.mark.parametrize("side", [1, -1])
def test_the_edge_is_added_to_the_very_same_shocks(side: int) -> None:
    without, with_edge = (
        forward_returns(MarketConfig(symbols=2, sessions=2000, edge_bp=edge, edge_horizon=HORIZON)) for edge in (0, 40)
    )
    gained = (with_edge["forward"] - without["forward"]).filter(without["side"] == side).mean()
    # An opposite extreme within the horizon takes the rest of the edge: one in twenty-five of it.
    assert gained == pytest.approx(side * 38.5e-4, abs=1e-4)
