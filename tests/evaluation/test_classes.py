"""Verdicts against falls, no moves and rises."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.classes import _forecasts, direction, three_classes


def test_verdicts_stand_down_and_outcomes_across(make_panel: MakePanel) -> None:
    verdicts, moves = [-1, -1, 0, 1] * 10, [-0.01, 0.01, 0.0, 0.01] * 10
    found = three_classes(make_panel(verdicts, moves), 1)[0]
    assert (found["dead_band"], found["n"]) == (0.0, 40)
    assert found["confusion"] == [[10, 0, 10], [0, 10, 0], [0, 0, 10]]


def test_a_dead_band_makes_small_moves_flat(make_panel: MakePanel) -> None:
    moves = np.where(np.arange(80) % 2, 0.02, 0.001)
    found = {row["dead_band"]: row["confusion"][1] for row in three_classes(make_panel([0] * 80, list(moves)), 1)}
    assert found[0.0][1] == 0
    assert found[0.5][1] == pytest.approx(30, abs=1)


def test_classes_that_tell_have_skill(make_panel: MakePanel) -> None:
    draws = np.random.default_rng(1)
    verdicts = draws.integers(-1, 2, 300)
    found = three_classes(make_panel(list(verdicts), list(0.01 * verdicts + 0.005 * draws.normal(size=300))), 1)[0]
    assert found["rps_skill"] > 0.3
    assert found["mcc"] > 0.3


def test_a_forecast_knows_only_outcomes_that_had_ended() -> None:
    draws = np.random.default_rng(2)
    said, came = draws.integers(0, 3, 100), draws.integers(0, 3, 100)
    other = np.where(np.arange(100) < 60, came, 2 - came)
    delay = 4
    before, after = (_forecasts(np.arange(100), said, outcome, 100, delay)[:2] for outcome in (came, other))
    for one, another in zip(before, after, strict=True):
        assert np.array_equal(one[: 60 + delay], another[: 60 + delay])
        assert not np.array_equal(one[60 + delay :], another[60 + delay :])


def test_direction_leaves_neutral_verdicts_out(make_panel: MakePanel) -> None:
    found = direction(make_panel([1, 0, -1, 1], [0.01, 0.01, -0.01, -0.01]), 1)
    assert (found["n"], found["share_right"]) == (3, pytest.approx(2 / 3))
    assert found["pesaran_timmermann"]["p_value"] is None


def test_neither_verdict_nor_outcome_is_no_class(make_panel: MakePanel) -> None:
    found = three_classes(make_panel([1, 0], [None, None]), 1)
    assert [row["n"] for row in found] == [0, 0, 0]
    assert found[0]["rps_skill"] is None
