"""Whether the price was drawn: measures worked out by hand, placebos, and a pin that was planted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.contrast import Contrast
from flowbt.evaluation.levels.gravity import GravityMeasure, distance, gravity_measures, nearer, round_gap, within
from flowbt.evaluation.levels.placebo_days import far
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import over

MakePrices = Callable[..., Prices]
Put = Callable[..., Placed]


def sure(value: float | None) -> float:
    """The value, which must be known."""
    assert value is not None
    return value


def one(measure: Callable[..., Any], gap: float, move: float, scale: float = 0.04) -> float:
    return float(measure(np.array([gap]), np.array([move]), np.array([scale])).item())


@pytest.mark.parametrize(
    ("gap", "move", "near", "away", "pinned"),
    [
        (0.03, 0.02, 1.0, -0.01, 1.0),  # two of three percent towards it
        (0.03, 0.01, 0.0, 0.01, 0.0),  # one of three
        (0.03, -0.01, 0.0, 0.03, 0.0),  # away
        (0.03, 0.08, 1.0, -0.03, 0.0),  # far through it
        (-0.02, -0.02, 1.0, -0.02, 1.0),  # at it
    ],
)
def test_by_hand(gap: float, move: float, near: float, away: float, pinned: float) -> None:
    assert one(nearer, gap, move) == near
    assert one(distance, gap, move) == pytest.approx(away)
    assert one(within, gap, move) == pinned


@pytest.mark.parametrize(
    ("spot", "nearest"), [(102.0, 102.5), (82.05, 82.0), (299.94, 300.0), (4321.0, 4300.0), (7.42, 7.4), (43.3, 43.0)]
)
def test_round_strikes(spot: float, nearest: float) -> None:
    assert spot * (1 + round_gap(np.array([spot])).item()) == pytest.approx(nearest)


def measures(placed: Placed, prices: Prices, sessions: int = 1) -> dict[str, GravityMeasure]:
    return {row.measure: row for row in gravity_measures(over(placed, prices, sessions), prices)}


def test_level_and_placebos_side_by_side(make_prices: MakePrices, put: Put) -> None:
    """From 98 to 100 to 103: a level at 104 was neared, its mirror at 96 was not, nor the close before at 98."""
    prices = make_prices([98.0, 100.0, 103.0])
    found = measures(put(prices, (1, 104.0)), prices)["nearer"]
    assert [found.value, found.mirror, found.round_strike, found.prior_close] == [1.0, 0.0, 0.0, 0.0]
    assert found.elsewhere is None
    assert found.against.mirror.difference == 1.0
    # the round strike is the price itself, the prior close's own mirror, 102, was neared
    assert found.against.round_strike.difference == 1.0
    assert found.against.prior_close.difference == 2.0
    assert found.against.mirror.p_value is None


def above(close: Any, row: int) -> bool:
    """Whether the price stands above its mean of 20 sessions."""
    return bool(close[row] > close[row - 19 : row + 1].mean())


def test_elsewhere_against_a_loop(make_prices: MakePrices, put: Put) -> None:
    draw = np.random.default_rng(6)
    close = 100 * np.exp(np.cumsum(draw.normal(0, 0.01, 120)))
    prices = make_prices(close.tolist())
    rows = [(int(row), float(close[row] * (1 + draw.normal(0, 0.02)))) for row in range(30, 90, 7)]
    found = measures(put(prices, *rows), prices, 3)["distance"]
    starts = np.arange(117)
    expected, own = [], []
    for row, level in rows:
        gap = level / close[row] - 1
        own.append(abs(close[row + 3] / close[row] - 1 - gap) - abs(close[row + 3] / close[row] - 1))
        others = starts[far(np.array([row]), starts, 3)[0]]
        same = [other for other in others if other >= 19 and above(close, int(other)) == above(close, row)]
        others = np.array(same) if len(same) >= 10 else others
        moves = close[others + 3] / close[others] - 1
        expected.append(np.mean(np.abs(moves - gap) - np.abs(moves)))
    assert found.value == pytest.approx(np.mean(own))
    assert found.elsewhere == pytest.approx(np.mean(expected))
    assert found.against.elsewhere.difference == pytest.approx(np.mean(own) - np.mean(expected))


def test_a_planted_pin_is_found(make_prices: MakePrices, put: Put) -> None:
    """Every fifth session the price is taken half of the way to a level that lies to either side of it."""
    draw = np.random.default_rng(8)
    log_price, rows = [np.log(100.0)], []
    for row in range(400):
        drawn = 0.0
        if row % 5 == 0:
            gap = draw.normal(0, 0.02)
            rows.append((row, float(np.exp(log_price[-1] + gap))))
            drawn = 0.5 * gap
        log_price.append(log_price[-1] + drawn + draw.normal(0, 0.01))
    prices = make_prices(np.exp(log_price).tolist())
    found = measures(put(prices, *rows), prices)
    for placebo in ("mirror", "round_strike", "prior_close", "elsewhere"):
        against: Contrast = getattr(found["nearer"].against, placebo)
        assert sure(against.difference) > 0.1
        assert sure(against.p_value) < 0.05
    assert sure(found["distance"].against.elsewhere.difference) < 0
