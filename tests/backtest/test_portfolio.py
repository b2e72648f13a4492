"""One account for all plans: who gets what, in which order."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from flowbt.backtest import Costs, simulate

Make = Callable[..., pl.DataFrame]
QUIET = (100.0, 101.0, 99.0, 100.0)
HIGHER = (110.0, 112.0, 109.0, 111.0)


def test_a_plan_while_the_symbol_is_held_is_skipped(bars: Make, plans: Make) -> None:
    pair = plans({"exit_after": 3}, {"signal": 1, "exit_after": 1})
    result = simulate(pair, bars(A=[QUIET] * 5))
    assert result.counts.skipped_overlap == 1
    assert result.events.height == 2
    assert result.trades.height == 1
    assert result.not_traded.select("status", "reason").row(0) == ("skipped", "a position in the symbol was open")


def test_the_symbol_is_free_again_at_the_open_of_the_exit(bars: Make, plans: Make) -> None:
    pair = plans({"exit_after": 1}, {"signal": 1, "exit_after": 1, "side": -1})
    result = simulate(pair, bars(A=[QUIET] * 4))
    assert result.trades["side"].to_list() == ["long", "short"]
    assert result.trades["exit_date"][0] == result.trades["entry_date"][1]


def test_the_symbol_is_not_free_after_an_exit_within_the_bar(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (100.0, 103.0, 94.0, 102.0), QUIET]
    pair = plans({"stop": 95.0}, {"signal": 1, "entry": "stop", "entry_level": 102.0})
    assert simulate(pair, bars(A=path)).counts.skipped_overlap == 1


def test_each_symbol_gets_its_part_by_default(bars: Make, plans: Make) -> None:
    result = simulate(plans({}, {"symbol": "B"}), bars(A=[QUIET] * 3, B=[QUIET] * 3), initial_cash=1_000.0)
    assert result.trades["size"].to_list() == [5.0, 5.0]
    assert result.equity["cash"].to_list() == [1_000.0, 0.0, 0.0]
    assert result.equity["exposure"].to_list() == [0.0, 1.0, 1.0]


def test_cash_is_shared_and_the_last_in_takes_what_is_left(bars: Make, plans: Make) -> None:
    three = plans({"size": 0.6}, {"symbol": "B", "size": 0.6}, {"symbol": "C", "size": 0.6})
    result = simulate(three, bars(A=[QUIET] * 3, B=[QUIET] * 3, C=[QUIET] * 3), initial_cash=1_000.0)
    assert result.trades["symbol"].to_list() == ["A", "B"]
    assert result.trades["size"].to_list() == pytest.approx([6.0, 4.0])
    assert result.counts.skipped_cash == 1
    assert result.not_traded.select("symbol", "reason").row(0) == ("C", "the equity was invested already")


@pytest.mark.parametrize(("left", "traded"), [(0.004, 1), (0.02, 2)])
def test_an_entry_that_would_get_next_to_nothing_is_skipped(left: float, traded: int, bars: Make, plans: Make) -> None:
    pair = plans({"size": 1 - left}, {"symbol": "B", "size": 0.5})
    result = simulate(pair, bars(A=[QUIET] * 3, B=[QUIET] * 3))
    assert result.trades.height == traded
    assert result.counts.skipped_cash == 2 - traded


def test_orders_at_the_open_come_before_orders_within_the_bar(bars: Make, plans: Make) -> None:
    pair = plans({"entry": "stop", "entry_level": 100.5, "size": 1.0}, {"symbol": "B", "size": 1.0})
    result = simulate(pair, bars(A=[QUIET] * 3, B=[QUIET] * 3))
    assert result.trades["symbol"].to_list() == ["B"]


def test_what_an_exit_at_the_open_brings_is_used_at_that_open(bars: Make, plans: Make) -> None:
    pair = plans({"exit_after": 1, "size": 1.0}, {"symbol": "B", "signal": 1, "size": 1.0})
    result = simulate(pair, bars(A=[QUIET, QUIET, HIGHER], B=[QUIET] * 3), initial_cash=1_000.0)
    # 1,000 is the equity at the close before: what A made at this very open comes too late for the size
    assert result.trades["size"].to_list() == pytest.approx([10.0, 10.0])
    assert result.equity["cash"][-1] == pytest.approx(100.0)


def test_what_an_exit_at_the_open_lost_is_not_there_to_invest(bars: Make, plans: Make) -> None:
    lower = (70.0, 71.0, 69.0, 70.0)
    pair = plans({"exit_after": 1, "size": 1.0}, {"symbol": "B", "signal": 1, "size": 1.0})
    result = simulate(pair, bars(A=[QUIET, QUIET, lower], B=[QUIET] * 3), initial_cash=1_000.0)
    assert result.trades["size"].to_list() == pytest.approx([10.0, 7.0])


def test_what_an_exit_within_the_bar_brings_comes_too_late(bars: Make, plans: Make) -> None:
    path = [QUIET, QUIET, (100.0, 101.0, 94.0, 95.0)]
    pair = plans(
        {"stop": 95.0, "size": 1.0}, {"symbol": "B", "signal": 1, "entry": "stop", "entry_level": 100.5, "size": 1.0}
    )
    assert simulate(pair, bars(A=path, B=[QUIET] * 3)).counts.skipped_cash == 1


def test_size_goes_by_the_equity_at_the_closes_before(bars: Make, plans: Make) -> None:
    pair = plans({"size": 0.5}, {"symbol": "B", "signal": 1, "size": 0.5})
    path = [QUIET, (100.0, 120.0, 100.0, 120.0), (200.0, 200.0, 200.0, 200.0)]
    result = simulate(pair, bars(A=path, B=[QUIET] * 3), initial_cash=1_000.0)
    # A's 5 shares stood at 120 the evening before: 1,100 in all, of which 550 asked and 500 free
    assert result.trades["size"].to_list() == pytest.approx([5.0, 5.0])
    path = [QUIET, (100.0, 100.0, 80.0, 80.0), (200.0, 200.0, 200.0, 200.0)]
    result = simulate(pair, bars(A=path, B=[QUIET] * 3), initial_cash=1_000.0)
    assert result.trades["size"].to_list() == pytest.approx([5.0, 4.5])


def test_a_short_takes_as_much_room_as_a_long(bars: Make, plans: Make) -> None:
    pair = plans({"side": -1, "size": 0.7}, {"symbol": "B", "size": 0.7})
    result = simulate(pair, bars(A=[QUIET] * 3, B=[QUIET] * 3), initial_cash=1_000.0)
    assert result.trades["size"].to_list() == pytest.approx([7.0, 3.0])
    assert result.equity["exposure"].to_list() == pytest.approx([0.0, 1.0, 1.0])
    assert result.equity["cash"].to_list() == pytest.approx([1_000.0, 1_400.0, 1_400.0])
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0] * 3)


def test_a_short_that_ruins_the_account_ends_all_trading(bars: Make, plans: Make) -> None:
    ruin = (250.0, 260.0, 240.0, 250.0)
    pair = plans({"side": -1, "size": 1.0}, {"symbol": "B", "signal": 2, "size": 1.0})
    result = simulate(pair, bars(A=[QUIET, QUIET, ruin, ruin], B=[QUIET] * 4), initial_cash=1_000.0)
    assert result.equity["equity"][-1] == pytest.approx(-500.0)
    assert result.equity["exposure"][-1] is None
    assert result.counts.skipped_cash == 1
    assert result.measures.annual_return is None


def test_drawdown_and_buy_and_hold(bars: Make, plans: Make) -> None:
    path = [QUIET, (100.0, 121.0, 99.0, 120.0), (120.0, 120.0, 90.0, 90.0)]
    result = simulate(plans({}), bars(A=path, B=[None, QUIET, (100.0, 200.0, 99.0, 200.0)]), initial_cash=1_000.0)
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0, 1_100.0, 950.0])
    assert result.equity["drawdown"].to_list() == pytest.approx([0.0, 0.0, 950 / 1100 - 1])
    # half in A from its first close, half in cash and from the second session on in B
    assert result.equity["buy_and_hold"].to_list() == pytest.approx([1_000.0, 1_100.0, 1_450.0])


def test_a_position_is_marked_at_the_last_close_known(bars: Make, plans: Make) -> None:
    path = [QUIET, (100.0, 111.0, 99.0, 110.0), None, None]
    result = simulate(plans({"size": 1.0}), bars(A=path, B=[QUIET] * 4), initial_cash=1_000.0)
    assert result.equity["equity"].to_list() == pytest.approx([1_000.0, 1_100.0, 1_100.0, 1_100.0])
    assert result.trades.select("exit_price", "pnl", "exit_reason").row(0) == pytest.approx((110.0, 100.0, "end"))


def test_many_trades_add_up_to_the_equity(bars: Make, plans: Make) -> None:
    """Initial cash and the P&L of all trades make the final equity, and no entry goes beyond it."""
    random = np.random.default_rng(11)

    def walk() -> list[tuple[float, float, float, float]]:
        closes = 100 * np.exp(np.cumsum(random.normal(0, 0.02, 120)))
        opens = closes * np.exp(random.normal(0, 0.01, 120))
        tops, bottoms = np.maximum(opens, closes) * 1.01, np.minimum(opens, closes) * 0.99
        return [tuple(map(float, bar)) for bar in zip(opens, tops, bottoms, closes, strict=True)]  # type: ignore[misc]

    many = plans(
        *(
            {
                "symbol": str(random.choice(["A", "B", "C"])),
                "signal": int(signal),
                "side": int(random.choice([-1, 1])),
                "exit_after": int(random.integers(1, 6)),
                "stop_offset": 0.02,
                "target_offset": 0.04,
                "size": 0.5,
            }
            for signal in random.integers(0, 105, 200)
        )
    )
    result = simulate(many, bars(A=walk(), B=walk(), C=walk()), costs=Costs(2, 3))
    assert result.counts.open_trades == 0
    assert result.counts.skipped_cash > 0
    assert result.trades.height > 60
    assert 100_000.0 + float(result.trades["pnl"].sum()) == pytest.approx(result.equity["equity"][-1], rel=1e-12)
    assert result.trades.filter(result.trades["entry_date"] > result.trades["exit_date"]).is_empty()
    assert result.trades["entry_date"].is_sorted()
