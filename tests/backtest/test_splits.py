"""Positions, orders, levels and P&L over splits, worked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import Costs, simulate, trade_each
from flowbt.errors import FlowbtError

Make = Callable[..., pl.DataFrame]
Day = Callable[[int], date]
OLD = (1000.0, 1010.0, 990.0, 1000.0)
NEW = (100.0, 101.0, 99.0, 100.0)


def only(trades: pl.DataFrame) -> dict[str, Any]:
    assert trades.height == 1
    return trades.row(0, named=True)


@pytest.mark.parametrize(
    ("last", "reason", "price"),
    [
        ((101.0, 106.0, 100.0, 104.0), "target", 105.0),
        ((101.0, 102.0, 94.0, 96.0), "stop", 95.0),
        ((93.0, 97.0, 92.0, 96.0), "stop", 93.0),
        ((107.0, 108.0, 106.0, 107.0), "target", 107.0),
        ((100.0, 106.0, 94.0, 100.0), "stop", 95.0),
    ],
    ids=["target", "stop", "gap through the stop", "gap through the target", "both in one bar"],
)
@pytest.mark.parametrize("after", [0, 1], ids=["on the split day", "a session later"])
def test_levels_are_carried_over_a_ten_for_one_split(
    last: tuple[float, ...], reason: str, price: float, after: int, bars: Make, plans: Make, actions: Make, day: Day
) -> None:
    path = [OLD, OLD, *[NEW] * after, last]
    result = simulate(
        plans({"target": 1050.0, "stop": 950.0}),
        bars(A=path),
        actions=actions((2, "split", 10.0)),
        initial_cash=5_000.0,
    )
    trade = only(result.trades)
    assert (trade["entry_price"], trade["size"]) == (1000.0, 5.0)
    assert (trade["exit_price"], trade["exit_reason"]) == (pytest.approx(price), reason)
    assert (trade["exit_date"], trade["split_ratio"]) == (day(2 + after), 10.0)
    assert trade["return"] == pytest.approx(price / 100 - 1) == trade["price_return"]
    assert trade["pnl"] == pytest.approx(50 * price - 5_000)
    assert result.equity["equity"][-1] == pytest.approx(50 * price)
    assert only(result.events)["pnl"] == pytest.approx(10 * price - 1_000)
    assert result.jumps.is_empty()


def test_without_the_action_a_split_is_a_loss(bars: Make, plans: Make) -> None:
    assert only(trade_each(plans({"exit_after": 1}), bars(A=[OLD, OLD, NEW])))["return"] == pytest.approx(-0.9)


def test_offsets_are_of_the_entry_price(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, OLD, (100.0, 104.0, 99.0, 100.0)]
    trade = only(
        trade_each(
            plans({"target_offset": 0.03, "stop_offset": 0.02}), bars(A=path), actions=actions((2, "split", 10.0))
        )
    )
    assert (trade["exit_reason"], trade["exit_price"]) == ("target", pytest.approx(103.0))


@pytest.mark.parametrize(
    ("plan", "bar", "price"),
    [
        ({"entry": "stop", "entry_level": 1010.0}, (100.5, 102.0, 100.0, 101.5), 101.0),
        ({"entry": "stop", "entry_level": 1010.0}, (101.5, 102.0, 100.0, 101.5), 101.5),
        ({"entry": "limit", "entry_level": 990.0}, (100.0, 101.0, 98.5, 99.5), 99.0),
        ({"entry": "stop", "entry_level": 990.0, "side": -1}, (100.0, 101.0, 98.5, 99.5), 99.0),
        ({"entry": "limit", "entry_level": 1010.0, "side": -1}, (100.0, 101.5, 98.5, 99.5), 101.0),
    ],
    ids=["stop", "gap over the stop", "limit", "short stop", "short limit"],
)
@pytest.mark.parametrize("waited", [0, 1], ids=["split on the first session", "split while waiting"])
def test_an_order_from_before_the_split_fills_after_it(
    plan: dict[str, Any], bar: tuple[float, ...], price: float, waited: int, bars: Make, plans: Make, actions: Make
) -> None:
    quiet = (1000.0, 1005.0, 995.0, 1000.0)
    path = [quiet, *[quiet] * waited, bar, NEW]
    order = {"valid_for": 3, "exit_after": 1, **plan}
    trade = only(trade_each(plans(order), bars(A=path), actions=actions((1 + waited, "split", 10.0))))
    assert (trade["entry_price"], trade["split_ratio"]) == (pytest.approx(price), 1.0)
    assert trade["return"] == pytest.approx((100.0 / price - 1) * order.get("side", 1))


def test_a_target_from_before_a_split_on_the_entry_day(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, (100.0, 103.0, 99.0, 102.0), (102.0, 106.0, 101.0, 105.0)]
    split = actions((1, "split", 10.0))
    trade = only(trade_each(plans({"target": 1050.0, "stop": 950.0}), bars(A=path), actions=split))
    assert (trade["entry_price"], trade["exit_price"], trade["exit_reason"]) == (100.0, 105.0, "target")
    assert trade["split_ratio"] == 1.0


def test_a_level_of_the_split_day_is_in_new_shares(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, NEW, NEW, (100.0, 106.0, 99.0, 105.0)]
    trade = only(trade_each(plans({"signal": 1, "target": 105.0}), bars(A=path), actions=actions((1, "split", 10.0))))
    assert (trade["exit_reason"], trade["exit_price"], trade["split_ratio"]) == ("target", 105.0, 1.0)


@pytest.mark.parametrize("side", [1, -1])
def test_a_reverse_split(side: int, bars: Make, plans: Make, actions: Make) -> None:
    path = [(10.0, 10.1, 9.9, 10.0)] * 2 + [(100.0, 101.0, 99.0, 100.0), (110.0, 111.0, 109.0, 110.0)]
    result = simulate(
        plans({"side": side, "exit_after": 2}), bars(A=path), actions=actions((2, "split", 0.1)), initial_cash=1_000.0
    )
    trade = only(result.trades)
    assert (trade["size"], trade["split_ratio"], trade["exit_price"]) == (pytest.approx(100.0), 0.1, 110.0)
    assert trade["pnl"] == pytest.approx(side * 100.0)
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0, 1_000.0, 1_000.0, 1_000.0 + side * 100.0])


def test_a_short_is_stopped_at_the_carried_level(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, OLD, (100.0, 106.0, 99.0, 105.0)]
    trade = only(trade_each(plans({"side": -1, "stop": 1050.0}), bars(A=path), actions=actions((2, "split", 10.0))))
    assert (trade["exit_reason"], trade["exit_price"]) == ("stop", 105.0)
    assert trade["return"] == pytest.approx(-0.05)


def test_fractions_of_a_share_are_kept_and_fees_are_on_what_is_sold(bars: Make, plans: Make, actions: Make) -> None:
    path = [(30.0, 31.0, 29.0, 30.0)] * 2 + [(21.0, 22.0, 20.0, 21.0)]
    result = simulate(
        plans({"exit_after": 1, "size": 0.5}), bars(A=path), actions=actions((2, "split", 1.5)), costs=Costs(fees_bp=100),
        initial_cash=1_000.0,
    )  # fmt: skip
    trade = only(result.trades)
    # 16.67 shares become 25, sold at 21
    assert trade["size"] == pytest.approx(500 / 30)
    assert trade["fees"] == pytest.approx(0.01 * (500 + 525))
    assert trade["pnl"] == pytest.approx(25 - 10.25)
    mean = float(result.equity["equity"].mean())  # type: ignore[arg-type]
    assert result.measures.turnover == pytest.approx(1_025 / 2 / mean * 252 / 3)
    assert result.measures.break_even_cost == pytest.approx(25 / 1_025 * 1e4)
    assert only(result.events)["fees"] == pytest.approx(0.01 * (30 + 31.5))


def test_splits_within_one_trade_multiply(bars: Make, plans: Make, actions: Make) -> None:
    path = [(600.0, 601.0, 599.0, 600.0)] * 2 + [(300.0, 301.0, 299.0, 300.0), (101.0, 102.0, 99.0, 101.0)]
    split = actions((2, "split", 2.0), (3, "split", 3.0))
    trade = only(trade_each(plans({"exit_after": 2}), bars(A=path), actions=split))
    assert (trade["split_ratio"], trade["return"]) == (6.0, pytest.approx(0.01))


def test_a_split_on_a_session_without_a_bar(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, OLD, None, (101.0, 106.0, 100.0, 104.0)]
    result = simulate(
        plans({"target": 1050.0}), bars(A=path), actions=actions((2, "split", 10.0)), initial_cash=1_000.0
    )
    assert only(result.trades)["exit_price"] == 105.0
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0, 1_000.0, 1_000.0, 1_050.0])


def test_an_exit_at_the_open_of_the_split_day(bars: Make, plans: Make, actions: Make) -> None:
    path = [OLD, OLD, (102.0, 103.0, 101.0, 102.0)]
    trade = only(trade_each(plans({"exit_after": 1}), bars(A=path), actions=actions((2, "split", 10.0))))
    assert (trade["exit_price"], trade["return"]) == (102.0, pytest.approx(0.02))


@pytest.mark.parametrize("place", [0, 9], ids=["first session", "after the last"])
def test_a_split_outside_the_range_changes_nothing(place: int, bars: Make, plans: Make, actions: Make) -> None:
    plain, split = (
        trade_each(plans({"exit_after": 1}), bars(A=[OLD] * 4), actions=given)
        for given in (None, actions((place, "split", 10.0)))
    )
    assert plain.equals(split)


def test_the_other_symbols_are_left_alone(bars: Make, plans: Make, actions: Make) -> None:
    two = plans({"exit_after": 1}, {"symbol": "B", "exit_after": 1})
    trades = trade_each(
        two, bars(A=[OLD, OLD, NEW], B=[OLD] * 3), actions=actions((2, "split", 10.0), (2, "split", 2.0, "C"))
    )
    assert trades["return"].to_list() == pytest.approx([0.0, 0.0])


def test_bars_that_are_split_adjusted_already_are_not_adjusted_again(
    bars: Make, plans: Make, actions: Make, day: Day
) -> None:
    split = actions((2, "split", 10.0))
    result = simulate(plans({"exit_after": 2}), bars(A=[NEW, NEW, NEW, (102.0, 103.0, 101.0, 102.0)]), actions=split)
    assert only(result.trades)["return"] == pytest.approx(0.02)
    assert result.splits_not_in_bars.rows() == [("A", day(2), 10.0)]


def test_buy_and_hold_is_carried_over_splits(bars: Make, plans: Make, actions: Make) -> None:
    result = simulate(
        plans({"exit_after": 1}), bars(A=[OLD, OLD, NEW]), actions=actions((2, "split", 10.0)), initial_cash=1_000.0
    )
    assert result.equity["buy_and_hold"].to_list() == pytest.approx([1_000.0] * 3)


@pytest.mark.parametrize(
    "row", [(2, "merger", 1.0), (2, "split", 0.0), (2, "dividend", None), (2, "split", float("inf"))]
)
def test_what_is_no_action_is_refused(row: tuple[Any, ...], bars: Make, plans: Make, actions: Make) -> None:
    with pytest.raises(FlowbtError, match="the action of A on 2024-01-04"):
        trade_each(plans({}), bars(A=[OLD] * 3), actions=actions(row))


@pytest.mark.parametrize(
    ("adjusted", "applied"),
    [([31.0 / 1.05, 30.7], True), ([31.0, 30.7], False)],
    ids=["adjusted closes step by the split", "closes are adjusted themselves"],
)
def test_adjusted_closes_decide_a_split_that_the_open_cannot_show(
    adjusted: list[float], applied: bool, bars: Make, plans: Make, actions: Make
) -> None:
    """5% more shares on a morning 4% up: 31.00 to 30.70 in new shares."""
    path = [(31.0, 31.0, 31.0, 31.0)] * 2 + [(30.7, 30.7, 30.7, 30.7)]
    rows = bars(A=path).with_columns(adj_close=pl.Series([adjusted[0], *adjusted], dtype=pl.Float64))
    result = simulate(plans({}), rows, actions=actions((2, "split", 1.05)))
    assert result.splits_not_in_bars.is_empty() is applied
    assert result.events["split_ratio"].item() == (1.05 if applied else 1.0)
