"""Verdicts against rises, falls and days of no move: counted by hand, and forecasts that know no outcome too early."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.classification import HISTORY, PRIOR, IndependenceTest, _forecasts, direction, three_classes
from flowbt.evaluation.forward_returns import Entry

DRAWS = np.random.default_rng(0)


def test_neutral_verdicts_and_days_without_a_move_say_nothing_of_direction(make_panel: MakePanel) -> None:
    told = direction(make_panel([1, 1, 0, -1, -1], [0.01, -0.01, 0.02, 0.0, -0.01]), 1)
    assert told.n == 3
    assert told.share_right == pytest.approx(2 / 3)


def test_perfect_foresight_has_a_timing_of_one(make_panel: MakePanel) -> None:
    verdicts = DRAWS.choice([-1, 1], 80)
    told = direction(make_panel(verdicts, 0.01 * verdicts), 1)
    assert told.share_right == 1.0
    assert told.henriksson_merton.timing == pytest.approx(1.0)
    assert known(told.henriksson_merton.p_value) < 1e-4
    assert known(told.pesaran_timmermann.p_value) < 1e-4


@pytest.mark.parametrize("verdict", [1.0, 0.0, np.nan])
def test_a_verdict_that_never_changes_has_no_test(make_panel: MakePanel, verdict: float) -> None:
    told = direction(make_panel([verdict] * 40, DRAWS.normal(0, 0.01, 40), scores=np.zeros(40)), 1)
    assert told.pesaran_timmermann == IndependenceTest(statistic=None, p_value=None)
    assert told.henriksson_merton.p_value is None


def test_without_a_dead_band_only_no_move_at_all_is_flat(make_panel: MakePanel) -> None:
    told = three_classes(make_panel([1, 1, 0, -1, -1, 1], [0.01, -0.001, 0.0, 0.02, -0.01, 0.0]), 1)[0]
    assert (told.dead_band, told.n) == (0.0, 6)
    assert told.confusion == ((1, 0, 1), (0, 1, 0), (1, 1, 1))


def test_the_dead_band_is_a_share_of_the_volatility_known_at_the_verdict(make_panel: MakePanel) -> None:
    """After 30 moves of 1% the daily volatility is 1%: bands of 0.25% and 0.5%."""
    moves = [*np.tile([0.01, -0.01 / 1.01], 15), 0.004, 0.0]
    told = three_classes(make_panel([np.nan] * 30 + [1, np.nan], moves, scores=np.zeros(32)), 1)
    assert [band.dead_band for band in told] == [0.0, 0.25, 0.5]
    assert [band.confusion[2] for band in told] == [(0, 0, 1), (0, 0, 1), (0, 1, 0)]


def test_the_dead_band_grows_with_the_root_of_the_horizon(make_panel: MakePanel) -> None:
    """0.8% over four sessions is within half of 1% times 2; over one it would not be."""
    moves = [*np.tile([0.01, -0.01 / 1.01], 15), 0.008, 0.0, 0.0, 0.0]
    panel = make_panel([np.nan] * 30 + [1] + [np.nan] * 3, moves, scores=np.zeros(34))
    assert three_classes(panel, 1)[2].confusion[2] == (0, 0, 1)
    assert three_classes(panel, 4)[2].confusion[2] == (0, 1, 0)


def test_a_verdict_forecasts_what_followed_it_before_drawn_towards_the_climatology() -> None:
    """One row a session; outcomes are known a session later. By session 30, 15 bullish rows rose and 15 bearish fell."""
    date = np.arange(31)
    said = np.where(date % 2 == 0, 2, 0)
    by_verdict, climatology, scored = _forecasts(date, said, said, 31, 1)
    assert climatology[30] == pytest.approx([0.5, 0, 0.5])
    assert by_verdict[30] == pytest.approx([0.5 * PRIOR / 25, 0, (15 + 0.5 * PRIOR) / 25])
    assert scored.tolist() == [False] * HISTORY + [True] * (31 - HISTORY)


@pytest.mark.parametrize("delay", [1, 6, 21])
def test_a_forecast_knows_an_outcome_once_its_window_has_ended_and_not_before(delay: int) -> None:
    date, symbols = np.repeat(np.arange(90), 2), 2
    said, came = DRAWS.integers(0, 3, (2, 180))
    at = 60
    later, last = came.copy(), came.copy()
    later[(at - delay + 1) * symbols :] = 0
    last[(at - delay) * symbols] = (came[(at - delay) * symbols] + 1) % 3
    rows = date <= at
    forecasts, with_later, with_last = (_forecasts(date, said, told, 90, delay)[:2] for told in (came, later, last))
    for clean, poisoned, moved in zip(forecasts, with_later, with_last, strict=True):
        assert np.array_equal(clean[rows], poisoned[rows])
        assert not np.array_equal(clean[date == at], moved[date == at])


@pytest.mark.parametrize(("entry", "delay"), [("close", 5), ("next_close", 6), ("next_open", 6)])
def test_an_outcome_is_known_when_the_session_it_ends_in_is_over(
    make_panel: MakePanel, entry: Entry, delay: int
) -> None:
    assert make_panel([1, 1], [0.0, 0.0], entry=entry).outcomes.known_after(5) == delay


def test_verdicts_that_know_are_a_better_forecast_than_the_climatology(make_panel: MakePanel) -> None:
    verdicts = DRAWS.choice([-1, 1], 200)
    informed = three_classes(make_panel(verdicts, 0.01 * verdicts), 1)[0]
    guessed = three_classes(make_panel(verdicts, 0.01 * DRAWS.choice([-1, 1], 200)), 1)[0]
    assert informed.mcc == pytest.approx(1.0)
    assert known(informed.rps_skill) > 0.8
    assert known(guessed.rps_skill) < 0.1


@pytest.mark.parametrize(("days", "width"), [(1, 1), (30, 1), (30, 12)])
def test_too_short_a_history_has_no_score_of_forecasts(make_panel: MakePanel, days: int, width: int) -> None:
    verdicts = DRAWS.integers(-1, 2, (days, width))
    for band in three_classes(make_panel(verdicts, DRAWS.normal(0, 0.01, (days, width))), 20):
        assert (band.rps, band.rps_climatology, band.rps_skill) == (None, None, None)
