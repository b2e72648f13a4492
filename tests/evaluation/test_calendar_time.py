"""The verdicts as a portfolio: what is held when, and what it earns."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.calendar_time import calendar_time, daily_returns, position


def test_a_verdict_is_held_for_its_horizon_with_a_share_each(make_panel: MakePanel) -> None:
    panel = make_panel([1, 0, 0, -1, -1, None], [0.0] * 6)
    assert position(panel, 2)[:, 0] == pytest.approx([0.5, 0.5, 0, -0.5, -1])


def test_a_horizon_longer_than_the_sample_holds_what_there_is(make_panel: MakePanel) -> None:
    assert position(make_panel([1, 1], [0.0, 0.0]), 4)[:, 0] == pytest.approx([0.25, 0.5])


def test_symbols_share_the_capital_alike(make_panel: MakePanel) -> None:
    panel = make_panel([[1, 0], [1, -1]], [[0.02, 0.5], [0.04, 0.02]])
    assert daily_returns(panel, 1) == pytest.approx([0.01, 0.01])


def test_the_last_session_has_no_return_yet(make_panel: MakePanel) -> None:
    assert daily_returns(make_panel([1, 1], [0.01, None]), 1) == pytest.approx([0.01, np.nan], nan_ok=True)


def test_a_portfolio_that_is_always_long_has_no_timing(make_panel: MakePanel) -> None:
    draws = np.random.default_rng(0)
    found = calendar_time(make_panel([1] * 200, list(draws.normal(0.004, 0.01, 200))), 1)
    assert found.mean_daily == pytest.approx(0.004, abs=0.002)
    assert known(found.p_value) < 0.01
    assert found.timing.mean_daily is None


def test_timing_is_what_the_average_position_would_not_have_earned(make_panel: MakePanel) -> None:
    verdicts, moves = [1, 1, 0, 0] * 30, [0.02, 0.0, 0.0, -0.02] * 30
    found = calendar_time(make_panel(verdicts, moves), 1)
    assert found.mean_daily == pytest.approx(0.005)
    assert found.timing.mean_daily == pytest.approx(0.005)


def test_nothing_held_has_no_test(make_panel: MakePanel) -> None:
    found = calendar_time(make_panel([0] * 50, [0.01] * 50), 3)
    assert (found.mean_daily, found.p_value, found.sharpe) == (0.0, None, None)
