"""The share of the gap that is closed: least squares where nothing is near, booked session by session."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from flowbt.evaluation.inference import Bools, Integers
from flowbt.evaluation.levels import gap_regression as module
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.gap_regression import booked, gap_regressions
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import over

MakePrices = Callable[..., Prices]
Put = Callable[..., Placed]


def sure(value: float | None) -> float:
    """The value, which must be known."""
    assert value is not None
    return value


@pytest.fixture
def nothing_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Means over all windows."""

    def all_others(own: Integers, others: Integers, _: int) -> Bools:
        return np.ones((len(own), len(others)), np.bool_)

    monkeypatch.setattr(module, "far", all_others)


def walk(draw: np.random.Generator, count: int, pulled: float) -> tuple[list[float], list[tuple[int, float]]]:
    """Closes, and a level a day of whose gap a share is closed over the next session."""
    close, rows = [100.0], []
    for row in range(count):
        gap = draw.normal(0, 0.02)
        rows.append((row, close[-1] * (1 + gap)))
        close.append(close[-1] * (1 + pulled * gap + draw.normal(0, 0.01)))
    return close, rows


@pytest.mark.usefixtures("nothing_near")
def test_with_nothing_near_it_is_least_squares(make_prices: MakePrices, put: Put) -> None:
    close, rows = walk(np.random.default_rng(1), 150, 0.3)
    prices = make_prices(close)
    windows = over(put(prices, *rows[30:]), prices, 2)
    alone, beside, both = gap_regressions(windows, prices)
    price = np.array(close)
    start = windows.placed.row
    before = price[start - 1] / price[start] - 1
    past = np.array([price[row - 19 : row + 1].mean() / price[row] - 1 for row in start])
    for found, columns in ((alone, []), (beside, [before]), (both, [before, past])):
        oracle = sm.OLS(windows.move, sm.add_constant(np.stack([windows.gap, *columns], axis=1))).fit()
        assert found.coefficient == pytest.approx(oracle.params[1])
    assert [row.beside for row in (alone, beside, both)] == [
        (), ("prior_close",), ("prior_close", "mean_close_20")
    ]  # fmt: skip


def test_each_sessions_move_is_booked_on_its_session(make_prices: MakePrices, put: Put) -> None:
    """Windows from sessions 0 and 1 over two sessions; closes 100, 102, 101, 103."""
    prices = make_prices([100.0, 102.0, 101.0, 103.0])
    windows = over(put(prices, (0, 99.0), (1, 99.0)), prices, 2)
    day, value = booked(windows, np.array([1.0, 2.0]), np.array([0.01, 0.03]), prices)
    by_day = np.bincount(day, value)
    first, second = 0.02 - 0.005, -0.01 - 0.005
    late = (-1 / 102 - 0.015, 2 / 102 - 0.015)
    assert by_day == pytest.approx([0, first, second + 2 * late[0], 2 * late[1]])


def test_a_planted_pull_is_found(make_prices: MakePrices, put: Put) -> None:
    close, rows = walk(np.random.default_rng(3), 250, 0.25)
    prices = make_prices(close)
    for found in gap_regressions(over(put(prices, *rows[30:]), prices, 1), prices):
        assert found.ci is not None
        assert found.ci[0] < 0.25 < found.ci[1]
        assert sure(found.p_value) < 0.01


def test_reversal_alone_is_not_taken_for_a_pull(make_prices: MakePrices, put: Put) -> None:
    """A price that takes back half of every move, and levels at the close before, a little off."""
    draw = np.random.default_rng(5)
    close = [100.0, 101.0]
    for _ in range(300):
        close.append(close[-1] * (1 - 0.5 * (close[-1] / close[-2] - 1) + draw.normal(0, 0.01)))
    rows = [(row, close[row - 1] * (1 + draw.normal(0, 0.004))) for row in range(30, 300)]
    prices = make_prices(close)
    alone, beside, _ = gap_regressions(over(put(prices, *rows), prices, 1), prices)
    assert sure(alone.p_value) < 0.01
    assert beside.ci is not None
    assert beside.ci[0] < 0 < beside.ci[1]


def test_a_symbol_drawn_up_is_compared_with_itself(make_bars: Any, make_levels: Any) -> None:
    """Two symbols, one rising with levels above, one falling with levels below: no pull within either."""
    import polars as pl  # noqa: PLC0415

    from flowbt.evaluation.levels.align import place, placed_of  # noqa: PLC0415
    from flowbt.evaluation.levels.prices import prices_of  # noqa: PLC0415

    draw = np.random.default_rng(9)
    bars, levels = [], []
    for symbol, drift in (("AAA", 0.01), ("BBB", -0.01)):
        close = 100 * np.exp(np.cumsum(drift + draw.normal(0, 0.01, 200)))
        bars.append(make_bars(close.tolist(), symbol=symbol))
        rows = [(row, float(close[row] * (1 + 2 * drift + draw.normal(0, 0.005)))) for row in range(30, 190)]
        levels.append(make_levels(*rows, symbol=symbol))
    prices = prices_of(pl.concat(bars))
    placed = placed_of(place(pl.concat(levels), prices)[0])
    alone = gap_regressions(over(placed, prices, 1), prices)[0]
    assert abs(sure(alone.coefficient)) < 0.2
    assert sure(alone.p_value) > 0.05


def test_gaps_that_are_all_the_same_say_nothing(make_prices: MakePrices, put: Put) -> None:
    close = [100.0 * 1.01**row for row in range(60)]
    prices = make_prices(close)
    placed = put(prices, *((row, close[row] * 1.02) for row in range(30, 59)))
    found = gap_regressions(over(placed, prices, 1), prices)[0]
    assert (found.coefficient, found.p_value) == (None, None)
