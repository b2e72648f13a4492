"""A slope judged by circular shifts: against numpy, by hand, and by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.circular_shift import (
    Association,
    _p_value,
    _shifted,
    association,
    circle,
    family_p_values,
)
from flowbt.evaluation.inference.hac import bandwidth, long_run_variance


def series(seed: int, count: int, symbols: int = 1, persistence: float = 0.0) -> Floats:
    draws = np.random.default_rng(seed)
    values = draws.normal(size=(count, symbols))
    for row in range(1, count):
        values[row] += persistence * values[row - 1]
    return np.asarray(values - values.mean(axis=0))


def told(signal: Floats, outcome: Floats, horizon: int = 1, unit: float | None = None) -> Association:
    found = association(signal, outcome, horizon, unit)
    assert found is not None
    return found


def test_the_value_is_the_slope_of_least_squares() -> None:
    signal, outcome = series(0, 100), series(1, 100)
    assert told(signal, outcome).value == pytest.approx(np.polyfit(signal[:, 0], outcome[:, 0], 1)[0])


def test_a_unit_makes_another_quantity_of_the_same_numerator() -> None:
    signal, outcome = series(0, 100), series(1, 100)
    found = told(signal, outcome, unit=50.0)
    assert found.value == pytest.approx((signal * outcome).sum() / 50)
    assert found.interval[0] < found.value < found.interval[1]
    assert found.p_value == told(signal, outcome).p_value


@pytest.mark.parametrize("shift", [0, 1, 37])
def test_each_shift_is_a_rotation_with_its_own_long_run_error(shift: int) -> None:
    signal, outcome = series(2, 80, 3, 0.8), series(3, 80, 3, 0.5)
    numerators, squares, errors = _shifted(signal, outcome, np.array([shift]), 9)
    moved = np.roll(signal, shift, axis=0)
    slope = (moved * outcome).sum() / (moved**2).sum()
    added = (moved * outcome).sum(axis=1) - slope * (moved**2).sum(axis=1)
    assert numerators[0] == pytest.approx((moved * outcome).sum())
    assert squares[0] == pytest.approx((moved * signal).sum())
    assert errors[0] ** 2 == pytest.approx(max(80 * long_run_variance(added, 9), added @ added))


@pytest.mark.parametrize("seed", range(12))
def test_a_null_is_rejected_where_fewer_than_one_place_in_twenty_is_as_extreme(seed: int) -> None:
    signal, outcome = series(seed, 60, persistence=0.8), series(100 + seed, 60)
    numerators, _, errors = _shifted(signal, outcome, np.arange(60), bandwidth(60, 1))
    t = np.abs(numerators / errors)
    found = told(signal, outcome)
    assert (found.p_value < 0.05) == ((t >= t[0]).mean() <= 0.05)
    assert (found.p_value < 0.05) == (not found.interval[0] <= 0 <= found.interval[1])


def test_an_outcome_moved_by_the_end_of_its_interval_has_a_p_value_of_about_five_percent() -> None:
    signal, outcome = series(1, 300), series(2, 300)
    low = told(signal, outcome).interval[0]
    assert told(signal, outcome - low * signal).p_value == pytest.approx(0.05, abs=0.005)


def test_beyond_that_the_tail_is_students_or_lighter() -> None:
    assert _p_value(4.0, float(student.ppf(0.975, 7))) == pytest.approx(2 * student.sf(4.0, 7), rel=1e-3)
    assert _p_value(4.0, 1.0) == pytest.approx(2 * norm.sf(4.0 * 1.959963984540054))
    assert _p_value(20.0, 30.0) == pytest.approx(2 * student.sf(20 * 12.7062 / 30, 1), rel=1e-3)
    assert _p_value(4.0, float("inf")) == 1.0


def test_slopes_within_the_interval_are_not_rejected_and_those_outside_are() -> None:
    signal = series(6, 120, persistence=0.5)
    outcome = 0.3 * signal + series(7, 120)
    low, high = told(signal, outcome).interval
    centre = told(signal, outcome).value
    for slope, inside in (
        (low - 0.03, False),
        (low + 0.03, True),
        (centre, True),
        (high - 0.03, True),
        (high + 0.03, False),
    ):
        assert (told(signal, outcome - slope * signal).p_value > 0.05) is inside


def test_an_edge_that_cannot_be_missed_is_not_missed() -> None:
    signal = series(8, 200, persistence=0.9)
    assert told(signal, signal + 0.1 * series(9, 200)).p_value < 1e-4


def test_more_shifts_than_are_looked_at_are_spread_evenly() -> None:
    shifts = circle(5000)
    assert (len(shifts), shifts[0], shifts[1], shifts[-1]) == (400, 0, 1, 4999)
    assert np.diff(shifts[1:]).max() - np.diff(shifts[1:]).min() <= 1


@pytest.mark.parametrize("constant", ["signal", "outcome"])
def test_what_does_not_vary_gives_none(constant: str) -> None:
    sides = {"signal": series(0, 100), "outcome": series(1, 100)} | {constant: np.zeros((100, 1))}
    assert association(sides["signal"], sides["outcome"], 1) is None


def test_too_few_dates_give_none() -> None:
    assert association(series(0, 19), series(1, 19), 1) is None
    assert association(series(0, 20), series(1, 20), 1) is not None


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_units_of_either_side_do_not_change_what_is_concluded(seed: int, signals: float, outcomes: float) -> None:
    signal, outcome = series(seed, 60), series(seed + 1, 60)
    plain, scaled = told(signal, outcome), told(signal * signals, outcome * outcomes)
    assert scaled.p_value == pytest.approx(plain.p_value)
    assert scaled.value == pytest.approx(plain.value * outcomes / signals)
    assert scaled.interval == pytest.approx(tuple(end * outcomes / signals for end in plain.interval))


def test_the_largest_of_a_family_is_compared_with_the_largest_of_each_shift() -> None:
    members = [told(series(20 + number, 100), series(30, 100)) for number in range(5)]
    shifted = np.abs(np.stack([member.shifted_t for member in members]))
    best = int(shifted[:, 0].argmax())
    adjusted = family_p_values(members)
    share = (shifted.max(axis=0) >= shifted[best, 0]).mean()
    assert share > 0.05
    assert adjusted[best] == pytest.approx(share)
    assert min(adjusted) == adjusted[best]


def test_a_family_steps_down_without_the_ones_already_told() -> None:
    strong = told(series(40, 200), series(40, 200) + 0.3 * series(41, 200))
    weak = told(series(42, 200), series(43, 200))
    adjusted = family_p_values([weak, strong])
    assert adjusted[1] == pytest.approx(2 * strong.p_value)
    assert adjusted[0] == pytest.approx((np.abs(weak.shifted_t) >= abs(weak.t)).mean())


def test_a_true_null_of_persistent_verdicts_and_overlapping_outcomes_is_rejected_as_often_as_it_should_be() -> None:
    rejected = 0
    for seed in range(400):
        signal = np.sign(series(seed, 250, persistence=0.9))
        overlapping = np.convolve(series(10_000 + seed, 269)[:, 0], np.ones(20), "valid")[:, None]
        rejected += told(signal - signal.mean(), overlapping - overlapping.mean(), 20).p_value <= 0.05
    assert 0.02 <= rejected / 400 <= 0.08


def test_with_controls_taken_out_of_both_sides_it_is_the_coefficient_of_the_whole_regression() -> None:
    """Frisch & Waugh (1933); the error is wider by the degrees of freedom that they took."""
    signal, control, noise = (series(seed, 150)[:, 0] for seed in (50, 51, 52))
    signal = signal + 0.7 * control
    outcome = 0.4 * signal - 0.5 * control + noise
    left = [(side - control * (control @ side) / (control @ control))[:, None] for side in (signal, outcome)]
    found, free = association(left[0], left[1], 1, controls=1), told(left[0], left[1])
    fitted = np.linalg.lstsq(np.column_stack([signal, control]), outcome, rcond=None)[0]
    assert found is not None
    assert found.value == pytest.approx(fitted[0])
    assert found.standard_error == pytest.approx(free.standard_error * np.sqrt(150 / 149))


def test_shifts_that_meet_little_of_what_is_known_are_left_out() -> None:
    """A signal of the first half only, and outcomes of the first two thirds."""
    signal, outcome = series(1, 150), series(2, 150)
    signal[75:], outcome[100:] = 0.0, 0.0
    known = np.arange(150)[:, None] < 100
    found = association(signal - np.where(np.arange(150)[:, None] < 75, signal[:75].mean(), 0), outcome, 1, known=known)
    assert found is not None
    assert 85 < len(found.shifted_t) < 115


def test_symbols_that_were_there_in_turn_cannot_be_tested() -> None:
    known = np.kron(np.eye(10, dtype=bool), np.ones((20, 1), bool))
    draws = np.random.default_rng(0)
    assert (
        association(draws.normal(size=known.shape) * known, draws.normal(size=known.shape) * known, 1, known=known)
        is None
    )


@pytest.mark.parametrize("every", [5, 21])
def test_a_weekly_or_monthly_signal_meets_outcomes_when_it_is_shifted(every: int) -> None:
    rejected = 0
    for seed in range(150):
        outcome = series(seed, 600)
        signal = np.where(np.arange(600)[:, None] % every == 0, series(5_000 + seed, 600, persistence=0.5), 0.0)
        given = signal != 0
        rejected += told(signal - np.where(given, signal.sum() / given.sum(), 0), outcome).p_value < 0.05
    assert rejected / 150 <= 0.11
