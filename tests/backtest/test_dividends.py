"""Dividends received and paid, worked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import Costs, simulate, trade_each

Make = Callable[..., pl.DataFrame]
Day = Callable[[int], date]
QUIET = (100.0, 101.0, 99.0, 100.0)
EX = (98.0, 99.0, 97.0, 98.0)


@pytest.mark.parametrize(("side", "dividends", "pnl"), [(1, 20.0, 0.0), (-1, -20.0, 0.0)])
def test_a_long_receives_and_a_short_pays(
    side: int, dividends: float, pnl: float, bars: Make, plans: Make, actions: Make
) -> None:
    result = simulate(
        plans({"side": side, "exit_after": 2}), bars(A=[QUIET, QUIET, EX, EX]), actions=actions((2, "dividend", 2.0)),
        initial_cash=1_000.0,
    )  # fmt: skip
    trade = result.trades.row(0, named=True)
    assert (trade["size"], trade["dividends"]) == (10.0, pytest.approx(dividends))
    assert trade["pnl"] == pytest.approx(pnl) == trade["return"]
    assert trade["price_return"] == pytest.approx(-0.02 * side)
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0] * 4)
    assert result.equity["dividends"].to_list() == pytest.approx([0.0, 0.0, dividends, dividends])
    assert result.equity["cash"].to_list() == pytest.approx(
        [1_000.0, 1_000.0 - 1_000 * side, 1_000.0 - 1_000 * side + dividends, 1_000.0]
    )
    assert result.measures.total_return == pytest.approx(0.0)
    assert result.measures.price_return == pytest.approx(-0.02 * side)
    assert result.measures.dividends == pytest.approx(dividends)
    assert result.events["dividends"].item() == pytest.approx(dividends / 10)
    assert result.events["return"].item() == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("plan", "ex", "received"),
    [
        ({"exit_after": 2}, 1, 0.0),
        ({"entry": "limit", "entry_level": 99.0, "exit_after": 2}, 1, 0.0),
        ({"exit_after": 1}, 2, 2.0),
        ({"exit_after": 1}, 3, 0.0),
        ({"stop": 99.0, "signal": 1}, 3, 2.0),
        ({}, 2, 2.0),
    ],
    ids=[
        "bought at the open of the ex-date",
        "bought within the ex-date",
        "sold at the open of the ex-date",
        "sold before the ex-date",
        "stopped on the ex-date",
        "still open",
    ],
)
def test_who_receives_it(
    plan: dict[str, Any], ex: int, received: float, bars: Make, plans: Make, actions: Make
) -> None:
    path = [(100.5, 101.0, 99.5, 100.0), *[(100.5, 101.0, 99.5, 100.0)] * 4]
    path[1] = (100.5, 101.0, 99.0 if plan.get("entry") else 99.5, 100.0)
    path[3] = (99.5, 100.0, 98.0, 99.0)
    trades = trade_each(plans(plan), bars(A=path), actions=actions((ex, "dividend", 2.0)))
    assert trades["dividends"].to_list() == [received]


def test_a_split_and_a_dividend_on_one_day_the_dividend_is_of_new_shares(
    bars: Make, plans: Make, actions: Make
) -> None:
    path = [QUIET, QUIET, (49.0, 50.0, 48.0, 49.0)]
    both = actions((2, "split", 2.0), (2, "dividend", 1.0))
    result = simulate(plans({"exit_after": 1}), bars(A=path), actions=both, initial_cash=1_000.0)
    trade = result.trades.row(0, named=True)
    assert (trade["split_ratio"], trade["dividends"], trade["exit_price"]) == (2.0, pytest.approx(20.0), 49.0)
    assert (trade["return"], trade["price_return"]) == (pytest.approx(0.0), pytest.approx(-0.02))
    assert result.splits_not_in_bars.is_empty()


@pytest.mark.parametrize(("ex", "received"), [(2, 1.0), (4, 2.0)], ids=["before the split", "after it"])
def test_a_dividend_is_of_the_shares_of_its_own_day(
    ex: int, received: float, bars: Make, plans: Make, actions: Make
) -> None:
    half = (50.0, 51.0, 49.0, 50.0)
    given = actions((3, "split", 2.0), (ex, "dividend", 1.0))
    trades = trade_each(plans({}), bars(A=[QUIET, QUIET, QUIET, half, half]), actions=given)
    assert trades["dividends"].item() == pytest.approx(received)


def test_dividends_add_up(bars: Make, plans: Make, actions: Make) -> None:
    given = actions((2, "dividend", 0.5), (3, "dividend", 0.75), (4, "dividend", 9.0))
    trades = trade_each(plans({"exit_after": 2}), bars(A=[QUIET] * 5), actions=given)
    assert trades["dividends"].to_list() == [1.25]


def test_without_a_bar_on_the_ex_date_it_counts_at_the_next(bars: Make, plans: Make, actions: Make) -> None:
    """So that it is received on the day on which the price loses it."""
    given = actions((2, "dividend", 2.0))
    result = simulate(plans({}), bars(A=[QUIET, QUIET, None, EX]), actions=given, initial_cash=1_000.0)
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0] * 4)
    assert result.equity["dividends"].to_list() == pytest.approx([0.0, 0.0, 0.0, 20.0])


def test_a_mark_before_the_ex_date_still_has_the_dividend_in_it(bars: Make, plans: Make, actions: Make) -> None:
    given = actions((2, "dividend", 2.0))
    trades = trade_each(plans({}), bars(A=[QUIET, QUIET, None], B=[QUIET] * 3), actions=given)
    assert (trades["exit_price"].item(), trades["dividends"].item()) == (100.0, 0.0)


def test_a_dividend_is_cash_for_entries_from_the_session_after_the_ex_date(
    bars: Make, plans: Make, actions: Make
) -> None:
    cash = {"A": [QUIET, QUIET, EX, EX, EX], "B": [QUIET] * 5}
    given = actions((2, "dividend", 2.0))
    sizes = {}
    for signal in (1, 2):
        both = plans({"size": 1.0}, {"symbol": "B", "signal": signal, "size": 1.0})
        result = simulate(both, bars(**cash), actions=given, initial_cash=1_000.0)
        sizes[signal] = result.trades.filter(pl.col("symbol") == "B")["size"].to_list()
        assert result.equity["cash"].min() >= 0.0  # type: ignore[operator]
    assert sizes == {1: [], 2: pytest.approx([0.2])}


def test_what_a_short_paid_is_not_there_to_invest(bars: Make, plans: Make, actions: Make) -> None:
    given = actions((2, "dividend", 2.0))
    both = plans({"side": -1, "size": 0.5, "exit_after": 2}, {"symbol": "B", "signal": 3, "size": 1.0})
    path = {"A": [QUIET] * 5, "B": [QUIET] * 5}
    result = simulate(both, bars(**path), actions=given, initial_cash=1_000.0)
    assert result.trades["size"].to_list() == pytest.approx([5.0, 9.9])


def test_buying_and_holding_reinvests_dividends(bars: Make, plans: Make, actions: Make) -> None:
    given = actions((2, "dividend", 2.0))
    result = simulate(
        plans({}), bars(A=[QUIET, QUIET, EX, (99.0, 100.0, 98.0, 99.0)]), actions=given, initial_cash=1_000.0
    )
    assert result.equity["buy_and_hold"].to_list() == pytest.approx([1_000.0, 1_000.0, 1_000.0, 1_000 * 99 / 98])


def test_buying_and_holding_gets_nothing_before_its_first_close(bars: Make, plans: Make, actions: Make) -> None:
    given = actions((1, "dividend", 2.0, "B"), (2, "dividend", 2.0, "B"))
    result = simulate(plans({}), bars(A=[QUIET] * 3, B=[None, None, QUIET]), actions=given, initial_cash=1_000.0)
    assert result.equity["buy_and_hold"].to_list() == pytest.approx([1_000.0] * 3)


def test_fees_and_break_even_with_dividends(bars: Make, plans: Make, actions: Make) -> None:
    result = simulate(
        plans({"exit_after": 1, "size": 0.5}), bars(A=[QUIET] * 3), actions=actions((2, "dividend", 1.0)),
        costs=Costs(fees_bp=10), initial_cash=1_000.0,
    )  # fmt: skip
    trade = result.trades.row(0, named=True)
    assert trade["pnl"] == pytest.approx(5.0 - 1.0)
    assert trade["price_return"] == pytest.approx(-1 / 500)
    assert result.measures.break_even_cost == pytest.approx(5 / 1_000 * 1e4)
    assert result.measures.hit_rate == 1.0


ADJUSTED = [QUIET, QUIET, (100.0, 101.0, 99.0, 100.0)]
"""A dividend of 2 that the price loses on session 2, in prices adjusted for it: they do not move."""


def test_prices_that_are_adjusted_for_a_dividend_do_not_pay_it_again(
    bars: Make, plans: Make, actions: Make, day: Day
) -> None:
    rows = bars(A=ADJUSTED).with_columns(adj_close=pl.col("close"))
    result = simulate(plans({"exit_after": 1}), rows, actions=actions((2, "dividend", 2.0)))
    assert result.trades.select("dividends", "return").row(0) == (0.0, pytest.approx(0.0))
    assert result.dividends_in_prices.rows() == [("A", day(2), 2.0)]


@pytest.mark.parametrize(
    "adjusted",
    [[98.0, 98.0, 98.0], [None, None, 98.0], [None, 98.0, None]],
    ids=["adjusted closes show it", "none before", "none after"],
)
def test_prices_as_traded_pay_it(adjusted: list[float | None], bars: Make, plans: Make, actions: Make) -> None:
    rows = bars(A=[QUIET, QUIET, EX]).with_columns(adj_close=pl.Series(adjusted, dtype=pl.Float64))
    result = simulate(plans({"exit_after": 1}), rows, actions=actions((2, "dividend", 2.0)))
    assert result.events["dividends"].item() == 2.0
    assert result.dividends_in_prices.is_empty()


def test_a_split_on_the_ex_date_hides_no_dividend(bars: Make, plans: Make, actions: Make) -> None:
    """Of 100, a split of 2 and a dividend of 1 per new share: adjusted closes of 49 on all days."""
    path = [QUIET, QUIET, (49.0, 50.0, 48.0, 49.0)]
    both = actions((2, "split", 2.0), (2, "dividend", 1.0))
    rows = bars(A=path).with_columns(adj_close=pl.lit(49.0))
    assert trade_each(plans({"exit_after": 1}), rows, actions=both)["dividends"].item() == pytest.approx(2.0)
