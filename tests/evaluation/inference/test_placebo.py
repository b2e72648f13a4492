"""The placebo against a loop over shifts, and on markets whose truth is known."""

import numpy as np
import pytest
from scipy.signal import lfilter

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.placebo import Cell, placebo_max_t, placebo_test, shifted_means


def market(seed: int, days: int, horizon: int, symbols: int = 1) -> tuple[Floats, Floats]:
    """Persistent verdicts, and overlapping returns that know nothing of them; the last labels do not exist."""
    random = np.random.default_rng(seed)
    score = lfilter([np.sqrt(1 - 0.81)], [1, -0.9], random.normal(size=(days + 50, symbols)), axis=0)[50:]
    verdict = (score > 0.84) * 1.0 - (score < -0.84)
    path = np.concatenate([np.zeros((1, symbols)), random.normal(size=(days, symbols)).cumsum(axis=0)])
    moves = np.full((days, symbols), np.nan)
    moves[: -horizon - 1] = path[1 + horizon : -1] - path[1 : -1 - horizon]
    return verdict, moves


def test_every_shift_equals_a_loop() -> None:
    random = np.random.default_rng(0)
    weights, outcomes = random.integers(-1, 2, (23, 3)).astype(float), random.normal(size=(23, 3))
    weights[:4, 1], outcomes[-3:], outcomes[7, 2] = np.nan, np.nan, np.nan
    expected = []
    for shift in range(23):
        moved = np.roll(weights, shift, axis=0)
        met = np.isfinite(moved) & np.isfinite(outcomes)
        expected.append((moved * outcomes)[met].sum() / np.abs(moved[met]).sum())
    assert shifted_means(weights, outcomes) == pytest.approx(expected)


def test_a_shift_at_which_nothing_meets_is_not_a_number() -> None:
    weights, outcomes = np.zeros((5, 1)), np.full((5, 1), np.nan)
    weights[0], outcomes[0], outcomes[2] = 1.0, 4.0, 6.0
    assert shifted_means(weights, outcomes) == pytest.approx([4, np.nan, 6, np.nan, np.nan], nan_ok=True)


def test_the_statistic_is_the_mean_signed_outcome_above_the_own_mean() -> None:
    verdict, moves = market(1, 100, 1)
    known = np.isfinite(moves)
    directional = known & (verdict != 0)
    found = placebo_test(Cell(verdict, moves, 1))
    assert found is not None
    assert found.statistic == pytest.approx((verdict * (moves - moves[known].mean()))[directional].mean())


def test_the_shifts_are_those_more_than_twice_the_horizon_and_ten_away() -> None:
    found = placebo_test(Cell(*market(1, 100, 3), 3))
    assert found is not None
    assert len(found.shifted) == 100 - 2 * (2 * 3 + 10) - 1


def test_the_p_value_is_no_smaller_than_the_share_of_shifts() -> None:
    verdict, moves = market(2, 150, 1)
    found = placebo_test(Cell(verdict, moves, 1))
    assert found is not None
    share = (1 + (np.abs(found.shifted) >= abs(found.statistic)).sum()) / (1 + len(found.shifted))
    assert found.p_value >= share


def test_verdicts_that_know_the_outcome_are_found() -> None:
    _, moves = market(3, 200, 1)
    found = placebo_test(Cell(np.sign(np.nan_to_num(moves)), moves, 1))
    assert found is not None
    assert found.p_value <= 0.01
    assert found.interval[0] > 0


def test_an_edge_that_near_shifts_see_as_well_is_found_over_a_short_sample() -> None:
    """Counted among all 250 shifts it could not: some 15 on either side meet most of the same 20 sessions."""
    verdict, moves = market(4, 250, 20, symbols=10)
    found = placebo_test(Cell(verdict, moves + 5 * verdict, 20))
    assert found is not None
    assert found.p_value < 0.02


@pytest.mark.parametrize(
    ("weights", "outcomes"),
    [
        (np.full((100, 1), np.nan), np.ones((100, 1))),
        (np.ones((100, 1)), np.full((100, 1), np.nan)),
        (np.ones((100, 1)), np.arange(100.0)[:, None]),
        (np.tile([1.0, 0.0], 50)[:, None], np.ones((100, 1))),
        (np.ones((30, 1)), np.arange(30.0)[:, None]),
        (np.eye(100)[:, :1], np.arange(100.0)[:, None]),
        (np.empty((0, 0)), np.empty((0, 0))),
    ],
    ids=["never said", "never known", "always said", "constant outcome", "too short", "said once", "empty"],
)
def test_what_cannot_be_judged_is_none(weights: Floats, outcomes: Floats) -> None:
    assert placebo_test(Cell(weights, outcomes, 1)) is None
    assert placebo_max_t([Cell(weights, outcomes, 1)], draws=9).left_out == (0,)


def test_one_cell_alone_is_judged_as_among_none() -> None:
    cell = Cell(*market(5, 120, 1), 1)
    found, alone = placebo_test(cell, draws=99), placebo_max_t([cell], draws=99)
    assert found is not None
    assert alone.best_p_value is not None
    assert found.p_value >= alone.best_p_value


def test_the_cell_with_an_edge_survives_among_those_without() -> None:
    verdict, moves = market(6, 250, 1)
    cells = [Cell(verdict, market(seed, 250, 1)[1], 1) for seed in range(7, 12)]
    found = placebo_max_t([*cells, Cell(verdict, moves + verdict, 1)])
    assert found.survivors == (5,)


def test_no_cells_are_no_family() -> None:
    assert placebo_max_t([]).best is None


def test_unrelated_verdicts_are_found_in_about_5_of_100() -> None:
    """Counting shifts alone finds 8, as those of a short sample at a long horizon are worth but a dozen."""
    found = [placebo_test(Cell(*market(seed, 250, 20), 20), draws=199) for seed in range(100, 200)]
    assert 1 <= sum(each.p_value <= 0.05 for each in found if each) <= 10


def test_the_best_of_unrelated_cells_is_found_in_about_5_of_100() -> None:
    def best(seed: int) -> float | None:
        verdict, moves = market(seed, 250, 20)
        _, nearby = market(seed, 250, 1)
        cells = [
            Cell((verdict == side) * 1.0, outcome, h) for side in (-1, 1) for outcome, h in ((moves, 20), (nearby, 1))
        ]
        return placebo_max_t(cells, draws=99).best_p_value

    assert 1 <= sum((best(seed) or 1) <= 0.05 for seed in range(200, 300)) <= 10
