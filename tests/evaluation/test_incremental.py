"""What a signal adds to momentum, volatility and the calendar."""

from datetime import date

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from tests.evaluation.conftest import DAYS, MakePanel, known

from flowbt.evaluation.incremental import controls_of, incremental

DRAWS = np.random.default_rng(0)
COUNT = 250
SCORE, NOISE, CONTROL = DRAWS.normal(size=(3, COUNT))


def test_the_controls_are_those_of_the_field(make_panel: MakePanel) -> None:
    panel = make_panel(np.zeros(30), np.full(30, 0.01))
    assert list(controls_of(panel, {"iv_30d": panel.verdict})) == [
        "momentum_1",
        "momentum_5",
        "momentum_20",
        "realised_volatility_20",
        "iv_30d",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "expiry_week",
    ]


def test_days_of_the_week_and_the_week_of_the_monthly_expiry(make_panel: MakePanel) -> None:
    """From Tuesday 3 January 2023; the third Friday is the 20th, the Monday before it a holiday."""
    found = controls_of(make_panel(np.zeros(16), np.zeros(16)), {})
    assert [DAYS[row] for row in np.flatnonzero(found["tuesday"][:, 0])] == [
        date(2023, 1, 3),
        date(2023, 1, 10),
        date(2023, 1, 17),
        date(2023, 1, 24),
    ]
    assert [DAYS[row].day for row in np.flatnonzero(found["expiry_week"][:, 0])] == [17, 18, 19, 20]


def test_momentum_ends_at_the_verdicts_close(make_panel: MakePanel) -> None:
    """The move that follows the first verdict is the momentum of the second."""
    found = controls_of(make_panel(np.zeros(3), [0.01, 0.02, 0.03]), {})
    assert found["momentum_1"][:, 0] == pytest.approx([np.nan, 0.01, 0.02], nan_ok=True)


def test_coefficients_and_shares_explained_equal_statsmodels(make_panel: MakePanel) -> None:
    score = SCORE + CONTROL
    moves = 0.01 * (0.3 * score + 0.5 * CONTROL + NOISE)
    told = incremental(make_panel(np.zeros(COUNT), moves, scores=score), 1, {"control": CONTROL[:, None]})
    x = score / score.std()
    alone, without, together = (
        OLS(moves, np.column_stack([np.ones(COUNT), *columns])).fit() for columns in ([x], [CONTROL], [CONTROL, x])
    )
    assert told.unit == "score"
    assert told.n == COUNT
    assert told.coefficient_alone == pytest.approx(alone.params[-1])
    assert told.coefficient == pytest.approx(together.params[-1])
    assert (told.r2_controls, told.r2_with_signal) == pytest.approx((without.rsquared, together.rsquared))
    low, high = known(told.ci)
    assert low < known(told.coefficient) < high


def test_what_only_repeats_a_control_predicts_alone_and_adds_nothing(make_panel: MakePanel) -> None:
    score = CONTROL + 0.3 * SCORE
    told = incremental(
        make_panel(np.zeros(COUNT), 0.01 * (CONTROL + NOISE), scores=score), 1, {"control": CONTROL[:, None]}
    )
    assert known(told.p_value_alone) < 0.001
    assert known(told.p_value) > 0.05


def test_a_signal_that_the_controls_make_up_cannot_be_judged(make_panel: MakePanel) -> None:
    panel = make_panel(np.zeros(COUNT), 0.01 * NOISE, scores=2 * CONTROL + 1)
    told = incremental(panel, 1, {"control": CONTROL[:, None]})
    assert (told.coefficient, told.ci, told.p_value) == (None, None, None)
    assert told.coefficient_alone is not None


def test_a_control_that_others_make_up_is_not_named(make_panel: MakePanel) -> None:
    panel = make_panel(np.zeros(COUNT), 0.01 * NOISE, scores=SCORE)
    told = incremental(panel, 1, {"control": CONTROL[:, None], "twice": 2 * CONTROL[:, None]})
    assert told.controls == ("control",)


def test_a_control_that_is_mostly_unknown_is_left_out_and_the_days_are_kept(make_panel: MakePanel) -> None:
    rare = np.where(np.arange(COUNT) < 100, CONTROL, np.nan)[:, None]
    often = np.where(np.arange(COUNT) < 200, CONTROL, np.nan)[:, None]
    panel = make_panel(np.zeros(COUNT), 0.01 * NOISE, scores=SCORE)
    assert (incremental(panel, 1, {"c": rare}).n, incremental(panel, 1, {"c": rare}).controls) == (COUNT, ())
    assert (incremental(panel, 1, {"c": often}).n, incremental(panel, 1, {"c": often}).controls) == (200, ("c",))


def test_without_scores_the_coefficient_is_of_a_step_of_the_verdict(make_panel: MakePanel) -> None:
    verdicts = DRAWS.integers(-1, 2, COUNT)
    panel = make_panel(verdicts, 0.002 * verdicts + 0.01 * NOISE, scores=np.full(COUNT, np.nan))
    told = incremental(panel, 1, {})
    assert told.unit == "verdict"
    assert told.coefficient == pytest.approx(
        OLS(0.002 * verdicts + 0.01 * NOISE, np.column_stack([np.ones(COUNT), verdicts])).fit().params[1]
    )


def test_a_symbol_that_always_does_better_adds_nothing(make_panel: MakePanel) -> None:
    """BBB has the higher scores and the higher returns throughout; within each symbol there is nothing."""
    score = np.column_stack([SCORE, SCORE[::-1] + 10])
    moves = 0.01 * np.column_stack([NOISE, NOISE[::-1] + 1])
    told = incremental(make_panel(np.zeros((COUNT, 2)), moves, scores=score), 1, {})
    assert abs(known(told.coefficient)) < 0.002


@pytest.mark.parametrize(("days", "width"), [(1, 1), (30, 1), (30, 12)])
@pytest.mark.parametrize("score", [0.0, np.nan])
def test_nothing_to_go_by_is_told_as_none(make_panel: MakePanel, days: int, width: int, score: float) -> None:
    panel = make_panel(
        np.full((days, width), score), DRAWS.normal(0, 0.01, (days, width)), scores=np.full((days, width), score)
    )
    told = incremental(panel, 1, controls_of(panel, {"iv_30d": np.full(panel.score.shape, np.nan)}))
    assert (told.coefficient, told.p_value, told.coefficient_alone) == (None, None, None)


def test_a_signal_that_knows_more_counts_beside_all_controls(make_panel: MakePanel) -> None:
    panel = make_panel(np.zeros(COUNT), 0.01 * (0.5 * SCORE + NOISE), scores=SCORE)
    told = incremental(panel, 1, controls_of(panel, {}))
    assert len(told.controls) == 9
    assert known(told.p_value) < 0.001
    assert known(told.r2_with_signal) > known(told.r2_controls)
