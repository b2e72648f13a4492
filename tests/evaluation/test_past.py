"""What the price had done by the close of a verdict's session."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.past import ewma_volatility, past_return, realised_volatility

MOVES = np.random.default_rng(0).normal(0, 0.01, 60)


def test_momentum_ends_at_the_sessions_own_close(make_panel: MakePanel) -> None:
    panel = make_panel([0] * 5, [0.1, 0.2, -0.5, 0.0, 0.0])
    assert past_return(panel, 2)[:, 0] == pytest.approx(
        [np.nan, np.nan, 1.1 * 1.2 - 1, 1.2 * 0.5 - 1, -0.5], nan_ok=True
    )


def test_realised_volatility_is_the_root_mean_square_per_year(make_panel: MakePanel) -> None:
    found = realised_volatility(make_panel([0] * 60, list(MOVES)), 20)[:, 0]
    logs = np.log1p(MOVES)
    assert np.isnan(found[:20]).all()
    assert found[20] == pytest.approx(np.sqrt((logs[:20] ** 2).mean() * 252))
    assert found[-1] == pytest.approx(np.sqrt((logs[39:59] ** 2).mean() * 252))


def test_weighted_volatility_is_riskmetrics(make_panel: MakePanel) -> None:
    found = ewma_volatility(make_panel([0] * 60, list(MOVES)))[:, 0]
    squares = np.log1p(MOVES)[:40] ** 2
    weights = 0.94 ** np.arange(40)[::-1]
    assert found[40] == pytest.approx(np.sqrt(weights @ squares / weights.sum()))
    assert np.isnan(found[:20]).all()


@pytest.mark.parametrize("what", [lambda p: past_return(p, 5), ewma_volatility, realised_volatility])
def test_nothing_of_the_future_is_in_it(make_panel: MakePanel, what: object) -> None:
    changed = MOVES.copy()
    changed[40:] = 0.5
    before, after = (what(make_panel([0] * 60, list(moves)))[:41] for moves in (MOVES, changed))  # type: ignore[operator]
    assert before == pytest.approx(after, nan_ok=True, rel=0, abs=0)
