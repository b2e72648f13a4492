"""What the second paragraph of an answer says in each case, word for word."""

from dataclasses import replace

import pytest
from tests.report.evaluation.results import CELL, horizon_of

from flowbt.evaluation.calendar_time import CalendarTime, Timing
from flowbt.evaluation.event_study import Delay, DelayLag
from flowbt.evaluation.incremental import Incremental
from flowbt.evaluation.move_size import MoveSize
from flowbt.evaluation.placebo import HistogramBin, Placebo
from flowbt.evaluation.results import SignalEvaluation
from flowbt.report.evaluation.answer import evidence, signal_answer
from flowbt.report.evaluation.calendar_time import portfolio_sentence
from flowbt.report.evaluation.delay import delay_sentence
from flowbt.report.evaluation.incremental import controls_sentence
from flowbt.report.evaluation.move_size import size_sentence
from flowbt.report.evaluation.placebo import placebo_sentence

PLACEBO = Placebo(0.0052, 0.2, 1, -0.01, 0.01, (HistogramBin(start=-0.01, end=0.01, count=1),))
PORTFOLIO = CalendarTime(3, 312, 0.0008, None, None, 0.002, 0.0006, None, Timing(None, None, None))
ADDED = Incremental(3, 817, 0.0012, 0.3, 0.0007, None, 0.4, None, None, ("momentum_5", "momentum_20", "other"), "score")
SIZE = MoveSize("absolute_return", "bearish", 81, 0.012, -0.003, None, 0.02)


def test_the_second_paragraph_has_a_sentence_for_each_test(signal: SignalEvaluation) -> None:
    paragraph = signal_answer(signal).split("\n\n")[1]
    words = ("placebo p", "As a daily portfolio", "momentum, realised volatility and the calendar", "size of moves")
    places = [paragraph.index(word) for word in words]
    assert places == sorted(places)


@pytest.mark.parametrize("part", ["placebo", "calendar_time", "incremental", "move_sizes", "delay"])
def test_what_was_not_evaluated_is_not_mentioned(signal: SignalEvaluation, part: str) -> None:
    words = {
        "placebo": "placebo",
        "calendar_time": "portfolio",
        "incremental": "It adds",
        "move_sizes": "size of moves",
        "delay": "session later",
    }
    without = {
        "placebo": replace(signal, horizons=tuple(replace(each, placebo=None) for each in signal.horizons)),
        "calendar_time": replace(signal, calendar_time=None),
        "incremental": replace(signal, incremental=()),
        "move_sizes": replace(signal, move_sizes=None),
        "delay": replace(signal, delay=None),
    }[part]
    assert words[part] not in evidence(without, without.horizons[1])


@pytest.mark.parametrize(
    ("statistic", "p", "words"),
    [
        (
            0.0052,
            0.004,
            "was +0.52% over the next session; compared with 1 circular shift of the same verdicts this is sig",
        ),
        (-0.0052, 0.004, "this is significantly negative (placebo p = 0.004)."),
        (0.0052, 0.2, "this is not significant (placebo p = 0.20)."),
    ],
)
def test_placebo(statistic: float, p: float, words: str) -> None:
    horizon = replace(horizon_of(1), placebo=replace(PLACEBO, statistic=statistic, p_value=p))
    assert words in placebo_sentence(horizon)


def test_a_significant_portfolio_needs_no_minimum_detectable_mean() -> None:
    assert portfolio_sentence(PORTFOLIO) == (
        "As a daily portfolio the verdicts would have made +0.080% a day before costs, which is significant (p = 0.002)."
    )
    assert portfolio_sentence(replace(PORTFOLIO, p_value=0.3, sharpe=0.34)) == (
        "As a daily portfolio the verdicts would have made +0.080% a day before costs (Sharpe ratio 0.34), which is not "
        "significant (p = 0.30); the minimum detectable mean is 0.060% a day."
    )


@pytest.mark.parametrize(
    ("alone", "added", "words"),
    [
        (0.3, 0.4, "It adds nothing significant to momentum and other (p = 0.40)."),
        (
            0.01,
            0.02,
            "It adds to momentum and other: with these controls in the regression it is significant (p = 0.020).",
        ),
        (
            0.01,
            0.4,
            "Its information is already in momentum and other: alone it is significant (p = 0.010), with these controls it "
            "is not (p = 0.40).",
        ),
        (0.01, None, ""),
    ],
)
def test_controls(alone: float, added: float | None, words: str) -> None:
    rows = (replace(ADDED, horizon=1, p_value=0.9), replace(ADDED, p_value_alone=alone, p_value=added))
    assert controls_sentence(rows, 3) == words


def test_without_controls_the_predictors_are_not_named() -> None:
    assert controls_sentence((replace(ADDED, controls=()),), 3) == (
        "It adds nothing significant to known predictors (p = 0.40)."
    )


def test_the_size_of_moves_counts_every_test() -> None:
    horizon = horizon_of(bearish=CELL)
    sizes = tuple(replace(SIZE, verdict=name, p_value=p) for name, p in (("bearish", 0.02), ("bullish", 0.5)))
    assert size_sentence(
        (*sizes, replace(SIZE, p_value=None), replace(SIZE, verdict="neutral", p_value=0.001)), horizon
    ) == (
        "It predicts the size of moves rather than their direction: after bearish verdicts the next absolute return was "
        "1.20%, 0.30% smaller than average (p = 0.040 with all 2 such tests counted)."
    )
    assert size_sentence((*sizes, replace(SIZE, p_value=0.6)), horizon) == (
        "It does not significantly predict the size of moves (p = 0.060 with all 3 such tests counted)."
    )
    directed = horizon_of(bearish=replace(CELL, p_value=0.01))
    assert size_sentence((SIZE,), directed).startswith("It predicts the size of moves: after bearish verdicts")


@pytest.mark.parametrize(
    ("now", "low", "later", "warned"),
    [
        (0.0042, 0.001, 0.0002, True),
        (0.0042, 0.001, -0.002, True),
        (0.0042, 0.001, 0.003, False),
        (0.0042, -0.001, 0.0002, False),
        (-0.0042, -0.006, 0.0002, False),
    ],
    ids=["cliff", "reversal", "slow decay", "not significant", "wrong direction"],
)
def test_a_cliff_after_one_session_is_warned_of(now: float, low: float, later: float, warned: bool) -> None:
    lags = (DelayLag(-1, 0.02, (0.01, 0.03)), DelayLag(0, now, (low, 2 * now - low)), DelayLag(1, later, None))
    sentence = delay_sentence(Delay(3, lags))
    assert bool(sentence) == warned
    if now > 0 and later == 0.0002 and warned:
        assert sentence == (
            "Warning: with an entry one session later the excess return is +0.020% instead of +0.42% (95% CI +0.10% to "
            "+0.74%). Such a cliff is either a very short-lived edge or look-ahead: make sure that everything the signal "
            "reads was known at the entry."
        )


@pytest.mark.parametrize("lags", [(), (DelayLag(0, None, None),), (DelayLag(0, None, None), DelayLag(1, None, None))])
def test_no_delay_no_warning(lags: tuple[DelayLag, ...]) -> None:
    assert delay_sentence(Delay(3, lags)) == ""
    assert delay_sentence(None) == ""
