"""The hit rate of the latest verdicts beside the base rate known then."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.rolling import WINDOW, rolling


def test_the_base_rate_knows_only_outcomes_that_had_ended(make_panel: MakePanel) -> None:
    """Outcomes over 2 sessions from the close: that of session s is known at the close of s + 2."""
    panel = make_panel([0] * 40, [0.01] * 40)
    known = mean_known_then(np.arange(40.0)[:, None], 2, panel.outcomes)
    assert known[20, 0] != known[20, 0]
    assert known[21, 0] == pytest.approx(sum(range(20)) / 20)


def test_from_the_next_open_an_outcome_ends_a_session_later(make_panel: MakePanel) -> None:
    first = {}
    for entry in ("close", "next_open"):
        known = mean_known_then(np.ones((40, 1)), 1, make_panel([0] * 40, [0.01] * 40, entry=entry).outcomes)
        first[entry] = int(np.isfinite(known).argmax())
    assert first == {"close": 20, "next_open": 21}


def test_points_are_hits_and_base_rates_of_the_window(make_panel: MakePanel) -> None:
    """The price rises three sessions in four, the verdict says so on each of the fourth, on which it falls."""
    verdicts, moves = [0, 0, 0, 1] * 40, [0.01, 0.01, 0.01, -0.01] * 40
    points = rolling(make_panel(verdicts, moves), 1).points
    last = points[-1]
    assert last.hit_rate == 0
    assert last.base_rate == pytest.approx(0.75, abs=0.02)
    assert last.n == (WINDOW + 1) // 4


def test_a_few_verdicts_make_no_point(make_panel: MakePanel) -> None:
    assert rolling(make_panel([1] * 4 + [0] * 60, [0.01] * 64), 1).points == ()
