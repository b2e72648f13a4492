"""The stationary bootstrap against published numbers, arch, a naive loop and simulation."""

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length as by_arch
from scipy.signal import lfilter

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.bootstrap import day_counts, max_t, optimal_block_length, stationary_days


def autoregressive(random: np.random.Generator, days: int, cells: int, slope: float) -> Floats:
    shared = random.normal(size=(days + 50, 1))
    return np.asarray(lfilter([1], [1, -slope], random.normal(size=(days + 50, cells)) + shared, axis=0)[50:])


def test_block_length_equals_the_published() -> None:
    """The numbers of arch's own test, from the code of Patton."""
    shocks = np.random.RandomState(0).standard_normal(10_100)
    series = np.asarray(lfilter([1], [1, -0.3], shocks))[100:]
    assert optimal_block_length(series) == pytest.approx((13.635665, 15.60894), rel=1e-6)


@pytest.mark.parametrize("days", [15, 30, 60, 250, 1000])
@pytest.mark.parametrize("slope", [0.0, 0.5, 0.95])
def test_block_length_equals_arch(days: int, slope: float) -> None:
    series = autoregressive(np.random.default_rng(days), days, 1, slope)[:, 0]
    assert optimal_block_length(series) == pytest.approx(tuple(by_arch(series).to_numpy()[0]))


@pytest.mark.parametrize("series", [np.ones(50), np.arange(5.0), np.empty(0)])
def test_what_does_not_vary_or_is_short_needs_no_blocks(series: Floats) -> None:
    assert optimal_block_length(series) == (1.0, 1.0)


def test_blocks_are_runs_of_days_round_the_circle() -> None:
    days = stationary_days(50, 400, 5.0, seed=1)
    follows = np.diff(days, axis=1) % 50 == 1
    assert follows.mean() == pytest.approx(1 - 1 / 5 + 1 / 5 / 50, abs=0.01)
    assert np.bincount(days.ravel()) / days.size == pytest.approx(np.full(50, 1 / 50), abs=0.005)


def test_blocks_of_one_day_are_plain_draws() -> None:
    days = stationary_days(40, 500, 1.0, seed=1)
    assert (np.diff(days, axis=1) == 1).mean() == pytest.approx(1 / 40, abs=0.005)


def test_counts_times_series_are_the_resampled_sums() -> None:
    series = np.random.default_rng(0).normal(size=(30, 4))
    days = stationary_days(30, 7, 5.0, seed=2)
    assert day_counts(days) @ series == pytest.approx(series[days].sum(axis=1))


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    daily = np.random.default_rng(0).normal(size=(60, 3))
    first, again, other = (max_t(daily, draws=50, seed=seed) for seed in (1, 1, 2))
    assert (first.p_value == again.p_value).all()
    assert (first.p_value != other.p_value).any()


def test_max_t_equals_a_naive_loop() -> None:
    daily = autoregressive(np.random.default_rng(4), 42, 3, 0.3) + 0.3
    found = max_t(daily, block=5.0, draws=25, seed=3)
    batches = np.array_split(np.arange(42), 6)

    def studentise(series: Floats, null: float) -> float:
        above = [float((series[batch] - null).sum()) for batch in batches]
        error = np.sqrt(6 / 5 * sum((each - np.mean(above)) ** 2 for each in above))
        return float(sum(above) / error)

    # the observed error is that of sums about the series' own mean, which the null's are about theirs
    t = [studentise(daily[:, cell], 0.0) for cell in range(3)]
    assert found.t == pytest.approx(t)
    largest = []
    for days in stationary_days(42, 25, 5.0, seed=3):
        drawn = daily[days] - daily.mean(axis=0)
        largest.append(max(abs(studentise(drawn[:, cell], 0.0)) for cell in range(3)))
    assert found.best_p_value == pytest.approx((1 + sum(each >= np.abs(t).max() for each in largest)) / 26)


def test_cells_of_which_nothing_can_be_said_are_left_out() -> None:
    random = np.random.default_rng(0)
    daily = random.normal(size=(50, 5))
    daily[3, 0], daily[:, 1], daily[9:, 2], daily[4, 3] = np.nan, 0.25, 0.0, np.inf
    assert max_t(daily, draws=20).left_out == (0, 1, 2, 3)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (5, 2), (50, 0)])
def test_too_little_to_judge_says_nothing(shape: tuple[int, int]) -> None:
    found = max_t(np.ones(shape), draws=10)
    assert (found.best, len(found.left_out)) == (None, shape[1])


def test_the_one_series_with_a_mean_survives() -> None:
    daily = autoregressive(np.random.default_rng(5), 250, 8, 0.2)
    daily[:, 6] += 1.0
    assert max_t(daily, draws=199).survivors == (6,)


def test_greater_does_not_find_losses() -> None:
    daily = np.random.default_rng(6).normal(size=(100, 2)) - np.array([1.0, 0.0])
    assert max_t(daily, draws=199).survivors == (0,)
    assert max_t(daily, draws=199, side="greater").survivors == ()


def test_an_influence_of_each_date_with_its_estimate_is_judged_like_a_mean() -> None:
    daily = np.random.default_rng(7).normal(size=(80, 2))
    estimates = daily.mean(axis=0)
    influence = (daily - estimates) / 80
    assert max_t(estimates / 80 + influence, draws=50).t == pytest.approx(max_t(daily, draws=50).t)


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_the_best_of_ten_series_without_a_mean_is_found_in_about_5_of_100(slope: float) -> None:
    random = np.random.default_rng(8)
    found = [max_t(autoregressive(random, 120, 10, slope), draws=99).survivors for _ in range(100)]
    assert sum(bool(each) for each in found) <= 11
