"""Does a verdict say how far the price will move?"""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.move_size import move_sizes


def test_wild_days_after_a_verdict_show_in_size_and_not_in_direction(make_panel: MakePanel) -> None:
    draws = np.random.default_rng(2)
    verdicts = draws.integers(-1, 2, 300)
    sizes = np.where(verdicts == -1, 0.02, 0.01)
    panel = make_panel(list(verdicts), list(sizes * draws.choice([-1, 1], 300)))
    found = {(row.outcome, row.verdict): row for row in move_sizes(panel)}
    wild = found["absolute_return", "bearish"]
    assert wild.mean == pytest.approx(0.02)
    assert wild.excess == pytest.approx(0.02 - sizes.mean())
    assert known(wild.p_value) < 0.01


def test_the_range_is_that_of_the_next_session(make_panel: MakePanel) -> None:
    found = move_sizes(make_panel([1, 0, 0, 0], [0.0, 0.0, 0.0, 0.0]))
    bullish = next(row for row in found if (row.outcome, row.verdict) == ("next_range", "bullish"))
    assert bullish.mean == pytest.approx(np.log(1.01 / 0.99))


def test_a_verdict_that_was_not_given_has_a_row_of_nothing(make_panel: MakePanel) -> None:
    found = move_sizes(make_panel([0, 0], [0.01, 0.01]))
    assert [row.n for row in found if row.verdict == "bearish"] == [0, 0]
