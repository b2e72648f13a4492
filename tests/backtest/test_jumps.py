"""Moves that no split or dividend on file explains are found, with the plans and trades across them."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from flowbt.backtest import simulate
from flowbt.backtest.jumps import jumps_of_chains

Make = Callable[..., pl.DataFrame]
Day = Callable[[int], date]
QUIET = (100.0, 101.0, 99.0, 100.0)
TENTH = (10.0, 10.1, 9.9, 10.0)


def test_a_jump_inside_a_trade(bars: Make, plans: Make, day: Day) -> None:
    two = plans({"exit_after": 2}, {"signal": 2, "exit_after": 1}, {"signal": 3, "exit_after": 1})
    result = simulate(two, bars(A=[QUIET, QUIET, QUIET, TENTH, TENTH, TENTH]))
    assert result.jumps.to_dicts() == [
        {
            "symbol": "A", "previous": day(2), "date": day(3), "from": 100.0, "to": 10.0, "move": pytest.approx(-0.9),
            "source": "bars", "events": 2, "trades": 2,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bar", "move"),
    [
        ((136.0, 137.0, 100.0, 101.0), 0.36),
        ((100.0, 137.0, 100.0, 136.0), 0.36),
        ((134.0, 135.0, 133.0, 134.0), None),
        ((74.0, 75.0, 73.0, 74.0), -0.26),
        ((75.0, 76.0, 74.0, 75.0), None),
    ],
    ids=["at the open", "at the close", "35% is none", "down", "a fall of a quarter is none"],
)
def test_how_far_a_jump_is(bar: tuple[float, ...], move: float | None, bars: Make, plans: Make) -> None:
    found = simulate(plans({}), bars(A=[QUIET, QUIET, bar])).jumps["move"].to_list()
    assert found == ([] if move is None else [pytest.approx(move)])


def test_a_jump_over_sessions_without_bars(bars: Make, plans: Make, day: Day) -> None:
    found = simulate(plans({}), bars(A=[QUIET, QUIET, None, None, TENTH])).jumps
    assert found.select("previous", "date").row(0) == (day(1), day(4))


@pytest.mark.parametrize(
    ("given", "left"), [((2, "split", 10.0), []), ((2, "split", 2.0), [-0.8]), ((2, "dividend", 90.0), [])]
)
def test_actions_on_file_explain_a_move(
    given: tuple[int, str, float], left: list[float], bars: Make, plans: Make, actions: Make
) -> None:
    found = simulate(plans({}), bars(A=[QUIET, QUIET, TENTH]), actions=actions(given)).jumps["move"].to_list()
    assert found == pytest.approx(left)


def test_a_jump_that_no_trade_spans(bars: Make, plans: Make) -> None:
    found = simulate(plans({"exit_after": 1}), bars(A=[QUIET, QUIET, QUIET, TENTH])).jumps
    assert found.select("events", "trades").row(0) == (0, 0)


def test_jumps_of_the_chains(actions: Make, day: Day) -> None:
    prices = pl.DataFrame(
        {
            "symbol": ["A"] * 5 + ["B"],
            "date": [day(place) for place in range(5)] + [day(0)],
            "price": [100.0, None, 10.0, 11.0, 5.5, 1.0],
        }
    )
    found = jumps_of_chains(prices, actions((4, "split", 2.0)))
    assert found.rows() == [("A", day(0), day(2), 100.0, 10.0, pytest.approx(-0.9), "chain")]
    assert jumps_of_chains(prices, actions((1, "split", 10.0), (4, "split", 2.0))).is_empty()
