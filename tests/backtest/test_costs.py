"""Slippage and fees worked by hand."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.backtest import Costs, simulate
from flowbt.errors import FlowbtError

Make = Callable[..., pl.DataFrame]
QUIET = (100.0, 101.0, 99.0, 100.0)
COSTS = Costs(fees_bp=10, slippage_bp=100)


def test_a_long_pays_up_and_sells_down(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (110.0, 112.0, 109.0, 111.0)]
    trade = simulate(plans({"exit_after": 1}), bars(A=path), costs=COSTS).events.row(0, named=True)
    assert trade["entry_price"] == pytest.approx(101.0)
    assert trade["exit_price"] == pytest.approx(108.9)
    assert trade["fees"] == pytest.approx(0.001 * (101.0 + 108.9))
    assert trade["pnl"] == pytest.approx(108.9 - 101.0 - 0.2099)
    assert trade["return"] == pytest.approx((108.9 - 101.0 - 0.2099) / 101.0)


def test_a_short_sells_down_and_buys_up(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (90.0, 91.0, 89.0, 90.0)]
    trade = simulate(plans({"side": -1, "exit_after": 1}), bars(A=path), costs=COSTS).events.row(0, named=True)
    assert (trade["side"], trade["instrument"]) == ("short", "underlying")
    assert trade["entry_price"] == pytest.approx(99.0)
    assert trade["exit_price"] == pytest.approx(90.9)
    assert trade["pnl"] == pytest.approx(99.0 - 90.9 - 0.001 * (99.0 + 90.9))


@pytest.mark.parametrize(
    ("plan", "last", "price"),
    [
        ({"stop": 95.0}, (98.0, 99.0, 94.0, 96.0), 94.05),
        ({"target": 105.0}, (101.0, 106.0, 100.0, 104.0), 103.95),
        ({"exit_on": "last"}, (101.0, 103.0, 100.0, 102.0), 100.98),
        ({}, (101.0, 103.0, 100.0, 102.0), 102.0),
    ],
    ids=["stop", "target", "expiry", "a mark is no fill"],
)
def test_slippage_on_every_exit(
    plan: dict[str, object],
    last: tuple[float, ...],
    price: float,
    bars: Make,
    plans: Make,
    day: Callable[[int], object],
) -> None:
    plan = {**plan, "exit_on": day(2)} if "exit_on" in plan else plan
    trade = simulate(plans(plan), bars(A=[QUIET, QUIET, last]), costs=COSTS).events
    assert trade["exit_price"].item() == pytest.approx(price)


def test_offsets_and_validity_go_by_the_price_before_slippage(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (100.0, 104.0, 100.0, 100.0)]
    trade = simulate(plans({"target_offset": 0.03}), bars(A=path), costs=Costs(slippage_bp=100)).events
    assert trade["exit_price"].item() == pytest.approx(103.0 * 0.99)
    valid = simulate(plans({"target": 100.5}), bars(A=path), costs=Costs(slippage_bp=100))
    assert valid.counts.filled == 1


def test_the_portfolio_pays_the_same(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (110.0, 112.0, 109.0, 111.0)]
    result = simulate(plans({"exit_after": 1, "size": 0.5}), bars(A=path), costs=COSTS, initial_cash=1_000.0)
    trade = result.trades.row(0, named=True)
    shares = 500.0 / 101.0
    assert trade["size"] == pytest.approx(shares)
    assert trade["fees"] == pytest.approx(shares * 0.2099)
    assert trade["pnl"] == pytest.approx(shares * (108.9 - 101.0 - 0.2099))
    assert trade["return"] == pytest.approx(result.events["return"].item())
    assert result.equity["equity"][-1] == pytest.approx(1_000.0 + trade["pnl"])


def test_a_whole_account_leaves_room_for_the_fee(bars: Make, plans: Make) -> None:
    result = simulate(plans({}), bars(A=[QUIET, QUIET]), costs=COSTS, initial_cash=1_000.0)
    assert result.trades["size"].item() * 101.0 * 1.001 == pytest.approx(1_000.0)
    assert result.equity["cash"][-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("costs", [{"fees_bp": -1.0}, {"slippage_bp": 10_000.0}, {"fees_bp": float("nan")}])
def test_impossible_costs_are_refused(costs: dict[str, float]) -> None:
    with pytest.raises(FlowbtError, match="basis points per fill"):
        Costs(**costs)
