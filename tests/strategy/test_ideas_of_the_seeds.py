"""The three ideas of the options signal: when they trade, and at which levels.

Everything is decided from one row of a history: the price at 100 unless a test says otherwise.
"""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from tests.seeds import december

from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.settings import configure
from flowbt.strategy import Strategy, new_strategy, plan_of
from flowbt.strategy.shipped import shipped_strategy

FRIDAY = "[expiry=this_friday,otm]"
FLOORS = [f"put_floor(rank={rank}){FRIDAY}" for rank in (1, 2, 3)]

OPTION = {"spot": 100.0, "low": 99.0, "bollinger_mid": 101.0, "contention": 102.0, "peak": 105.0}
PUT = {"spot": 100.0, "sma_30": 98.0, "lower": 95.0, "upper": 106.0, "floors": (94.0, 90.0, 97.0)}
STOCK = {"spot": 100.0, "low": 98.0, "upper": 106.0, "support_1": 99.0, "support_2": 97.0}
RENAMED = {
    "contention": f"contention_strike{FRIDAY}",
    "peak": f"next_call_peak{FRIDAY}",
    "lower": "bollinger_lower",
    "upper": "bollinger_upper",
    "support_1": "support_1(kind=fibonacci)",
    "support_2": "support_2(kind=fibonacci)",
}


@pytest.fixture(scope="module")
def lake(store: Callable[..., Lake]) -> Lake:
    """The options signal's."""
    return store(december.chain(), bars=december.bars())


def strategy_of(file: str, **settings: str) -> Strategy:
    return configure(new_strategy(shipped_strategy(file)), settings)


def decided(strategy: Strategy, history: dict[str, Any]) -> dict[str, Any]:
    """The plan's columns for the row."""
    known = dict(history)
    floors = dict(zip(FLOORS, known.pop("floors", ()), strict=False))
    row = {RENAMED.get(name, name): value for name, value in (known | floors).items()}
    frame = pl.DataFrame({name: pl.Series([value], dtype=pl.Float64) for name, value in row.items()})
    return frame.select(**plan_of(strategy).columns()).row(0, named=True)


def option_play(**changes: Any) -> dict[str, Any]:
    return decided(strategy_of("option_play.py"), OPTION | changes)


def protective_put(**changes: Any) -> dict[str, Any]:
    return decided(strategy_of("protective_put.py"), PUT | changes)


def stock_play(**changes: Any) -> dict[str, Any]:
    return decided(strategy_of("stock_play.py"), STOCK | changes)


def test_option_play_buys_above_the_middle_band() -> None:
    assert option_play() == {"when": True, "side": 1, "entry_level": 101.0, "target": 105.0, "stop": 99.0}


@pytest.mark.parametrize("band", [100.0, 99.0, None])
def test_option_play_buys_above_the_contention_strike_where_the_band_is_not_above(band: float | None) -> None:
    found = option_play(bollinger_mid=band)
    assert (found["when"], found["entry_level"]) == (True, 102.0)


@pytest.mark.parametrize(
    ("changes", "when"),
    [
        ({"bollinger_mid": 103.0}, True),
        ({"bollinger_mid": 103.01}, False),
        ({"peak": 101.0}, False),
        ({"peak": 101.01}, True),
        ({"low": 101.0}, False),
        ({"peak": None}, None),
        ({"low": None}, None),
        ({"spot": None}, None),
        ({"bollinger_mid": None, "contention": None}, None),
    ],
)
def test_option_play_wants_a_near_trigger_a_peak_beyond_it_and_a_low_below_it(
    changes: dict[str, Any], when: bool | None
) -> None:
    assert option_play(**changes)["when"] is when


def test_protective_put_sells_at_the_floor_nearest_the_lower_band() -> None:
    assert protective_put() == {"when": True, "side": 1, "target": 106.0, "stop": 94.0}


@pytest.mark.parametrize(
    ("floors", "stop"),
    [
        ((90.0, 94.0, 97.0), 94.0),
        ((90.0, 99.0, 96.0), 96.0),
        # as near: the one of more open interest
        ((94.0, 96.0, 90.0), 94.0),
        ((96.0, 94.0, 90.0), 96.0),
        ((90.0, None, None), 90.0),
        ((90.0, 96.0, None), 96.0),
    ],
)
def test_protective_put_s_floor(floors: tuple[float | None, ...], stop: float) -> None:
    assert protective_put(floors=floors)["stop"] == stop


@pytest.mark.parametrize(
    ("changes", "when"),
    [
        ({"spot": 98.0}, False),
        ({"spot": 98.01}, True),
        ({"upper": 100.0}, False),
        ({"sma_30": None}, None),
        ({"floors": (None, None, None)}, None),
        ({"floors": (100.0, None, None)}, False),
    ],
)
def test_protective_put_wants_the_price_above_its_mean_and_between_its_levels(
    changes: dict[str, Any], when: bool | None
) -> None:
    assert protective_put(**changes)["when"] is when


def test_stock_play_buys_at_the_support_and_leaves_at_the_day_s_low() -> None:
    assert stock_play() == {"when": True, "side": 1, "entry_level": 99.0, "target": 106.0, "stop": 98.0}


@pytest.mark.parametrize("low", [99.0, 99.5])
def test_stock_play_leaves_at_the_support_below_where_the_low_held_above(low: float) -> None:
    found = stock_play(low=low)
    assert (found["when"], found["stop"]) == (True, 97.0)


@pytest.mark.parametrize(
    ("changes", "when"),
    [
        ({"support_1": 100.0}, True),
        ({"support_1": 100.01}, False),
        ({"support_1": 97.0, "low": 96.0}, True),
        ({"support_1": 96.99, "low": 96.0}, False),
        ({"upper": 100.0}, False),
        ({"support_1": None}, None),
        ({"upper": None}, None),
    ],
)
def test_stock_play_wants_a_support_that_is_near_and_below(changes: dict[str, Any], when: bool | None) -> None:
    assert stock_play(**changes)["when"] is when


@pytest.mark.parametrize("file", ["option_play.py", "stock_play.py"])
def test_how_near_can_be_set(file: str) -> None:
    history = OPTION if file == "option_play.py" else STOCK
    assert decided(strategy_of(file, max_distance="0.005"), history)["when"] is False


@pytest.mark.parametrize(
    ("file", "entry", "valid_for"),
    [("option_play.py", "stop", 3), ("protective_put.py", "market", 1), ("stock_play.py", "limit", 3)],
)
def test_orders_stand_for_three_sessions_and_positions_too(file: str, entry: str, valid_for: int) -> None:
    plan = plan_of(strategy_of(file))
    assert (plan.entry.kind, plan.entry.valid_for, plan.exit_after) == (entry, valid_for, 3)


def test_hold_and_valid_for_can_be_set() -> None:
    plan = plan_of(strategy_of("option_play.py", hold="5", valid_for="1"))
    assert (plan.entry.valid_for, plan.exit_after) == (1, 5)


@pytest.mark.parametrize(
    ("file", "levels"),
    [
        ("option_play.py", {"entry_level": "250.94", "target": "266.00", "stop": "249.35"}),
        ("protective_put.py", {"target": "256.96", "stop": "245.00"}),
        ("stock_play.py", {"entry_level": "249.73", "target": "256.96", "stop": "249.35"}),
    ],
)
def test_levels_of_the_signal_of_december(file: str, levels: dict[str, str], lake: Lake) -> None:
    plan, day = plan_of(strategy_of(file)), december.DAY
    rows = plan.rows(compute(lake, Request(("IWM",), day, day, expressions=plan.columns())))
    assert rows["signal_date"].to_list() == [december.DAY]
    assert {name: f"{rows[name].item():.2f}" for name in levels} == levels
