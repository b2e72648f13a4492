"""The mean outcome of chosen days above that of all, within each symbol."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.effects import centred, effect, effect_where, signed_effect


def test_days_without_a_signal_count_for_nothing_but_the_shifts() -> None:
    draws = np.random.default_rng(0)
    outcome = draws.normal(size=(200, 1))
    weekly = np.where(np.arange(200)[:, None] % 5 == 0, draws.normal(size=(200, 1)), np.nan)
    found = effect(weekly, outcome, 1)
    given = np.isfinite(weekly[:, 0])
    assert found is not None
    assert found.value == pytest.approx(np.polyfit(weekly[given, 0], outcome[given, 0], 1)[0])


def test_each_symbol_is_centred_on_its_own_mean_and_the_unknown_is_zero() -> None:
    assert centred(np.array([[1.0, 10.0], [3.0, np.nan]])).tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_the_effect_is_the_difference_of_the_means() -> None:
    draws = np.random.default_rng(0)
    outcome = draws.normal(size=(100, 1))
    chosen = draws.random((100, 1)) < 0.3
    found = effect_where(chosen, np.ones_like(chosen), outcome, 1)
    assert found is not None
    assert found.value == pytest.approx(outcome[chosen].mean() - outcome.mean())


def test_fewer_than_ten_chosen_days_have_none() -> None:
    chosen = np.arange(100)[:, None] < 9
    assert effect_where(chosen, np.ones_like(chosen), np.random.default_rng(0).normal(size=(100, 1)), 1) is None


def test_a_signed_effect_is_above_what_the_average_position_earns(make_panel: MakePanel) -> None:
    """Always long in a market that always rises is no skill; long on the days of 2% and flat on the others is."""
    assert signed_effect(make_panel([1] * 60, [0.01] * 60), 0, 1) is None
    found = signed_effect(make_panel([1, 0, 0] * 40, [0.02, 0.01, -0.03] * 40), 0, 1)
    assert found is not None
    assert found.value == pytest.approx(0.02)
