"""Many thresholds at once, against one at a time."""

import numpy as np
import pytest

from flowbt.evaluation.effects import effect
from flowbt.evaluation.grid import Grid, evaluate_grid
from flowbt.evaluation.inference import Floats, estimate_from_influence
from flowbt.evaluation.panel import above_universe


def random_panel(days: int, symbols: int) -> tuple[Floats, dict[int, Floats]]:
    random = np.random.default_rng(days + symbols)
    scores = np.round(random.normal(size=(days, symbols)), 1)
    scores[random.random(scores.shape) < 0.1] = np.nan
    outcomes = {horizon: random.normal(size=(days, symbols)) + scores * 0.2 for horizon in (1, 5)}
    for horizon, moves in outcomes.items():
        moves[-horizon - 1 :] = np.nan
    return scores, outcomes


def test_by_hand() -> None:
    """Bullish days return 3 and 1, the bearish one -2; the symbol's mean is 0.5, and it rises on half its days."""
    scores = np.array([[0.9], [0.5], [-0.7], [0.0]])
    grid = evaluate_grid(scores, np.array([0.5, 0.8]), {1: np.array([[3.0], [1.0], [-2.0], [0.0]])})
    assert grid.n.tolist() == [[3, 1]]
    assert grid.signed_excess == pytest.approx(np.array([[(2.5 + 0.5 + 2.5) / 3, 2.5]]))
    assert grid.lift == pytest.approx(np.array([[(0.5 + 0.5 + 0.75) / 3, 0.5]]))


def test_pairs_need_not_be_symmetric() -> None:
    scores, outcomes = random_panel(60, 2)
    pairs = np.array([[-1.0, 0.5], [-0.2, 2.0]])
    grid = evaluate_grid(scores, pairs, outcomes)
    known = np.isfinite(scores) & np.isfinite(outcomes[5])
    assert grid.n[1].tolist() == [int((known & ((scores <= low) | (scores >= high))).sum()) for low, high in pairs]


@pytest.mark.parametrize("symbols", [1, 3, 12])
def test_each_cell_equals_the_effect_of_its_verdicts(symbols: int) -> None:
    scores, outcomes = random_panel(80, symbols)
    levels = np.array([0.3, 0.7, 0.7, 1.2])
    grid = evaluate_grid(scores, levels, outcomes)
    for row, (horizon, moves) in enumerate(outcomes.items()):
        for column, level in enumerate(levels):
            verdict = np.where(np.isfinite(scores), (scores >= level) * 1.0 - (scores <= -level), np.nan)
            alone = effect(verdict, above_universe(moves), horizon, unit=float(grid.n[row, column]))
            assert alone is not None
            assert grid.signed_excess[row, column] == pytest.approx(alone.value)


def test_the_lift_is_over_the_base_rate_of_each_symbol() -> None:
    scores, outcomes = random_panel(80, 3)
    moves = outcomes[1]
    known = np.isfinite(scores) & np.isfinite(moves)
    lift = []
    for side, chosen in ((1, known & (scores >= 0.5)), (-1, known & (scores <= -0.5))):
        for symbol in range(3):
            hits = np.sign(moves[:, symbol]) == side
            lift += list(hits[chosen[:, symbol]] - hits[known[:, symbol]].mean())
    assert evaluate_grid(scores, np.array([0.5]), outcomes).lift[0, 0] == pytest.approx(np.mean(lift))


def test_the_daily_series_add_up_to_the_estimate_and_hold_its_error() -> None:
    scores, outcomes = random_panel(80, 3)
    grid = evaluate_grid(scores, np.array([0.3, 0.7]), outcomes)
    assert grid.daily.sum(axis=0) == pytest.approx(grid.signed_excess.ravel())
    value = float(grid.signed_excess[1, 0])
    estimate = estimate_from_influence(value, grid.daily[:, 2] - value / 80, 5)
    assert estimate is not None
    assert grid.t[1, 0] == pytest.approx(estimate.t)


def test_a_threshold_nobody_reaches_says_nothing() -> None:
    scores, outcomes = random_panel(40, 1)
    grid = evaluate_grid(scores, np.array([99.0]), outcomes)
    assert grid.n.tolist() == [[0], [0]]
    assert np.isnan([grid.signed_excess, grid.lift, grid.t]).all()
    assert (grid.daily == 0).all()


def test_too_few_to_judge_have_a_mean_and_no_t() -> None:
    scores = np.zeros((30, 1))
    scores[:5] = 1.0
    grid = evaluate_grid(scores, np.array([0.5]), {1: np.arange(30.0)[:, None]})
    assert grid.signed_excess[0, 0] == pytest.approx(2 - 14.5)
    assert np.isnan(grid.t[0, 0])


def test_a_lower_threshold_above_the_upper_is_refused() -> None:
    with pytest.raises(ValueError, match="below its upper"):
        evaluate_grid(np.zeros((3, 1)), np.array([[0.5, 0.1]]), {})


@pytest.mark.parametrize("shape", [(0, 0), (30, 1), (30, 2)])
def test_nothing_known_is_a_grid_of_nothing(shape: tuple[int, int]) -> None:
    nothing = np.full(shape, np.nan)
    grid = evaluate_grid(nothing, np.array([0.5]), {1: nothing, 5: nothing})
    assert isinstance(grid, Grid)
    assert (grid.n == 0).all()
    assert grid.daily.shape == (shape[0], 2)
