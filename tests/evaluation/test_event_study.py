"""Where in time an effect lies: planted in one window, it must show there and nowhere else."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.event_study import DISJOINT, decay, delay, event_path
from flowbt.evaluation.panel import Panel


@pytest.fixture
def moves_two_days_later(make_panel: MakePanel) -> Panel:
    """After a verdict nothing on the next session, 2% its way on the one after, and noise of 0.5%."""
    draws = np.random.default_rng(1)
    verdicts = draws.integers(-1, 2, 400)
    moves = 0.005 * draws.normal(size=400)
    moves[1:] += 0.02 * verdicts[:-1]
    return make_panel(list(verdicts), list(moves))


def test_the_effect_is_in_its_own_window_only(moves_two_days_later: Panel) -> None:
    found = {(row.start, row.end): row for row in decay(moves_two_days_later)}
    assert set(found) == set(DISJOINT)
    assert found[1, 2].signed_excess == pytest.approx(0.02, abs=0.002)
    assert known(found[1, 2].p_value) < 0.01
    others = [known(found[window].signed_excess) for window in DISJOINT if window != (1, 2)]
    assert max(map(abs, others)) < 0.005


def test_acting_later_misses_it_and_acting_earlier_does_too(moves_two_days_later: Panel) -> None:
    found = {row.lag: known(row.signed_excess) for row in delay(moves_two_days_later, 1).lags}
    assert list(found) == [-1, 0, 1, 2, 3, 4, 5]
    assert found[1] == pytest.approx(0.02, abs=0.002)
    assert max(abs(found[lag]) for lag in (-1, 0, 2, 3)) < 0.003


def test_the_path_steps_where_the_effect_is(moves_two_days_later: Panel) -> None:
    found = {row.session: known(row.mean) for row in event_path(moves_two_days_later) if row.verdict == "bullish"}
    assert found[0] == 0.0
    assert abs(found[1]) < 0.003
    assert found[2] == pytest.approx(0.02, abs=0.004)
    assert abs(found[-5]) < 0.005


def test_the_two_sides_have_paths_of_their_own(moves_two_days_later: Panel) -> None:
    found = {(row.verdict, row.session): known(row.mean) for row in event_path(moves_two_days_later)}
    assert found["bearish", 2] == pytest.approx(-0.02, abs=0.004)


def test_without_enough_verdicts_there_are_rows_and_no_numbers(make_panel: MakePanel) -> None:
    few = make_panel([1] * 5 + [0] * 60, [0.01] * 65)
    assert all(row.signed_excess is None for row in decay(few))
    assert all(row.signed_excess is None for row in delay(few, 1).lags)
