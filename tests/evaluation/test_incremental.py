"""What a signal adds to what everybody can see."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.incremental import controls_of, incremental
from flowbt.evaluation.panel import Panel


@pytest.fixture
def reverting(make_panel: MakePanel) -> tuple[Panel, Panel]:
    """A market that takes back half of each day's move; a score that is yesterday's move itself, and one that knows more."""
    draws = np.random.default_rng(5)
    own = draws.normal(size=500)
    moves = np.zeros(500)
    for day in range(500):
        moves[day] = 0.01 * draws.normal() - (0.5 * moves[day - 1] if day else 0.0) + 0.004 * own[day]
    copied = np.concatenate([[0.0], moves[:-1]])
    return tuple(make_panel([0] * 500, list(moves), scores=list(scores)) for scores in (copied + 1e-4 * own, own))  # type: ignore[return-value]


def test_a_signal_that_repeats_momentum_counts_alone_and_not_beside_it(reverting: tuple[Panel, Panel]) -> None:
    copied = reverting[0]
    found = incremental(
        copied,
        1,
        {"momentum_1": controls_of(copied, {})["momentum_1"] + 0.002 * np.random.default_rng(1).normal(size=(500, 1))},
    )
    assert found["p_value_alone"] < 0.001
    assert abs(found["coefficient"]) < abs(found["coefficient_alone"])


def test_a_signal_that_knows_more_counts_beside_all_controls(reverting: tuple[Panel, Panel]) -> None:
    found = incremental(reverting[1], 1, controls_of(reverting[1], {}))
    assert found["coefficient"] == pytest.approx(0.004, abs=0.001)
    assert found["p_value"] < 0.001
    assert found["r2_with_signal"] > found["r2_controls"] > 0.1
    assert found["ci"][0] < found["coefficient"] < found["ci"][1]


def test_the_coefficient_is_that_of_least_squares(reverting: tuple[Panel, Panel]) -> None:
    panel = reverting[1]
    control = controls_of(panel, {})["momentum_1"]
    found = incremental(panel, 1, {"momentum_1": control})
    y, x, c = panel.following(1)[1:, 0], panel.score[1:, 0], control[1:, 0]
    design = np.column_stack([x / x.std(), c, np.ones(len(x))])
    known = np.isfinite(y)
    assert found["coefficient"] == pytest.approx(np.linalg.lstsq(design[known], y[known], rcond=None)[0][0], rel=1e-2)


def test_controls_are_named_and_what_few_days_have_is_left_out(reverting: tuple[Panel, Panel]) -> None:
    panel = reverting[1]
    empty = np.full(panel.score.shape, np.nan)
    names = incremental(panel, 1, controls_of(panel, {"iv_30d": empty}))["controls"]
    assert "iv_30d" not in names
    assert {"momentum_1", "momentum_20", "realised_volatility_20", "tuesday", "expiry_week"} <= set(names)


def test_days_of_the_week_and_of_the_monthly_expiry(make_panel: MakePanel) -> None:
    panel = make_panel([0] * 25, [0.01] * 25)
    controls = controls_of(panel, {})
    fridays = {day for day, mark in zip(panel.dates, controls["friday"][:, 0], strict=True) if mark}
    assert {day.weekday() for day in fridays} == {4}
    in_expiry_week = [
        day.isoformat() for day, mark in zip(panel.dates, controls["expiry_week"][:, 0], strict=True) if mark
    ]
    assert in_expiry_week == ["2023-01-17", "2023-01-18", "2023-01-19", "2023-01-20"]


def test_a_constant_signal_says_nothing(make_panel: MakePanel) -> None:
    panel = make_panel([1] * 100, list(np.random.default_rng(0).normal(0, 0.01, 100)))
    found = incremental(panel, 1, controls_of(panel, {}))
    assert (found["coefficient"], found["p_value"], found["p_value_alone"]) == (None, None, None)
