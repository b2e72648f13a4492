"""The information coefficient of a panel."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.information_coefficient import information_coefficient, score_of

DRAWS = np.random.default_rng(0)


def test_scores_in_order_of_the_moves_have_a_coefficient_of_one(make_panel: MakePanel) -> None:
    moves = DRAWS.normal(0, 0.01, 60)
    told = information_coefficient(make_panel(np.zeros(60), moves, scores=moves**3), 1)
    assert told.value == pytest.approx(1.0)
    assert known(told.p_value) < 1e-4
    assert known(told.ci)[1] <= 1.0
    assert (told.method, told.ratio) == ("over_time", None)


def test_a_universe_is_judged_across_its_symbols(make_panel: MakePanel) -> None:
    moves = DRAWS.normal(0, 0.01, (60, 12))
    told = information_coefficient(
        make_panel(np.zeros((60, 12)), moves, scores=moves + DRAWS.normal(0, 0.01, (60, 12))), 1
    )
    assert told.method == "across_symbols"
    assert 0.4 < known(told.value) < 0.9
    assert known(told.ratio) > 1


def test_verdicts_stand_in_where_there_are_no_scores(make_panel: MakePanel) -> None:
    verdicts = DRAWS.integers(-1, 2, 60)
    moves = 0.01 * verdicts + DRAWS.normal(0, 0.01, 60)
    panel = make_panel(verdicts, moves, scores=np.full(60, np.nan))
    assert np.array_equal(score_of(panel), panel.verdict)
    assert information_coefficient(panel, 1).value == pytest.approx(spearmanr(verdicts, moves).statistic)


def test_scores_that_never_change_say_nothing(make_panel: MakePanel) -> None:
    told = information_coefficient(make_panel(np.zeros(60), DRAWS.normal(0, 0.01, 60)), 1)
    assert set(told.document()) == {"information_coefficient", "ic_ci", "ic_p_value", "icir", "ic_method"}
    assert set(told.document().values()) == {None}
