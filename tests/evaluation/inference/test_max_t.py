"""Step-down by hand: three draws, three cells."""

import numpy as np
import pytest

from flowbt.evaluation.inference.max_t import step_down

NULL = np.array([[1.0, 1.0, 1.0], [0.0, 2.5, 0.0], [0.0, 0.0, 0.0]])


def test_each_cell_is_judged_by_the_largest_among_itself_and_the_weaker() -> None:
    found = step_down(np.array([3.0, 2.0, 1.0]), NULL)
    assert found.p_value == pytest.approx([1 / 4, 2 / 4, 2 / 4])


def test_the_order_of_cells_does_not_matter() -> None:
    found = step_down(np.array([1.0, 3.0, 2.0]), NULL[:, [2, 0, 1]])
    assert found.p_value == pytest.approx([2 / 4, 1 / 4, 2 / 4])
    assert (found.best, found.best_p_value) == (1, 0.25)


def test_a_weaker_cell_is_never_surer_than_a_stronger_one() -> None:
    found = step_down(np.array([2.0, 1.5]), np.array([[3.0, 0.0], [3.0, 0.0], [0.0, 0.0]]))
    assert found.p_value == pytest.approx([3 / 4, 3 / 4])


def test_two_sided_counts_what_is_far_below_zero() -> None:
    t, null = np.array([-3.0, 0.5]), np.array([[1.0, -4.0], [0.0, 0.0]])
    assert step_down(t, null).p_value == pytest.approx([2 / 3, 2 / 3])
    assert step_down(t, null, "greater").best == 1


def test_a_cell_that_is_not_a_number_is_left_out_and_said() -> None:
    found = step_down(np.array([np.nan, 2.0]), np.array([[9.0, 0.0]] * 19))
    assert found.left_out == (0,)
    assert found.p_value == pytest.approx([np.nan, 1 / 20], nan_ok=True)
    assert found.survivors == (1,)


def test_no_cells_say_nothing() -> None:
    found = step_down(np.array([np.nan]), np.zeros((5, 1)))
    assert (found.best, found.best_p_value, found.survivors) == (None, None, ())
