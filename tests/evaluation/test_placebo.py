"""The same verdicts at other times, and other thresholds."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.placebo import placebo
from flowbt.evaluation.thresholds import thresholds

DRAWS = np.random.default_rng(9)


def test_the_statistic_is_the_mean_return_in_the_verdicts_direction(make_panel: MakePanel) -> None:
    verdicts, moves = DRAWS.choice([-1, 0, 1], 120), 0.01 * DRAWS.normal(size=120)
    found = placebo(make_panel(list(verdicts), list(moves)), 1)
    assert found is not None
    above = verdicts - verdicts.mean()
    assert found.statistic == pytest.approx((above * (moves - moves.mean())).sum() / np.abs(verdicts).sum(), rel=1e-9)
    assert found.shifts == 119
    assert sum(row.count for row in found.histogram) == 119
    assert found.low < 0 < found.high


def test_an_edge_lies_outside_what_the_shifts_give(make_panel: MakePanel) -> None:
    verdicts = DRAWS.choice([-1, 0, 1], 200)
    found = placebo(make_panel(list(verdicts), list(0.01 * verdicts + 0.01 * DRAWS.normal(size=200))), 1)
    assert found is not None
    assert found.statistic > found.high
    assert found.p_value <= 2 / 200


def test_few_verdicts_have_no_placebo(make_panel: MakePanel) -> None:
    assert placebo(make_panel([1] * 5 + [0] * 60, [0.01, -0.01] * 32 + [0.0]), 1) is None


def test_higher_thresholds_leave_fewer_days(make_panel: MakePanel) -> None:
    scores = DRAWS.normal(size=300)
    found = thresholds(make_panel([0] * 300, list(0.01 * DRAWS.normal(size=300)), scores=list(scores)), 1)
    counts = [row.n for row in found.rows]
    assert counts == sorted(counts, reverse=True)
    assert known(found.max_t_p_value) >= 0.05


def test_an_edge_that_grows_with_the_score_shows_in_the_curve(make_panel: MakePanel) -> None:
    scores = DRAWS.normal(size=400)
    found = thresholds(
        make_panel([0] * 400, list(0.01 * scores + 0.01 * DRAWS.normal(size=400)), scores=list(scores)), 1
    )
    excess = [known(row.signed_excess) for row in found.rows]
    assert excess[-1] > excess[0] > 0
    assert known(found.max_t_p_value) < 0.01


def test_no_scores_no_thresholds(make_panel: MakePanel) -> None:
    found = thresholds(make_panel([1, 0], [0.01, 0.0], scores=[None, None]), 1)
    assert (found.rows, found.max_t_p_value) == ((), None)
