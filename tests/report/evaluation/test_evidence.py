"""What the second paragraph of an answer says in each case, word for word."""

from collections.abc import Callable
from typing import Any

import pytest
from flowbt.report.evaluation.evidence import (
    controls_sentence,
    delay_sentence,
    placebo_sentence,
    portfolio_sentence,
    size_sentence,
)

from flowbt.report import evaluation_answer

Document = dict[str, Any]
Make = Callable[..., dict[str, Any]]


def test_the_second_paragraph_says_what_else_was_found(whole: Document) -> None:
    assert evaluation_answer(whole).split("\n\n")[1] == (
        "With bullish counted up and bearish down, the mean return beyond the usual was −0.051% over the next 3 "
        "sessions; against 499 circular shifts of the same verdicts in time that is within luck (placebo p = 0.47). As "
        "a daily portfolio the verdicts would have made +0.011% a day before costs, a Sharpe ratio of 0.34, which is "
        "within luck (p = 0.65); only 0.068% a day or more would have been visible. To momentum, implied volatility, "
        "realised volatility and the calendar it adds nothing beyond luck (p = 0.62). It tells the size of moves rather "
        "than their direction: after bearish verdicts the next session's range was 1.80%, 0.32% larger than usual "
        "(p < 0.001, counting all 4 such tests)."
    )


@pytest.mark.parametrize("part", ["placebo", "calendar_time", "incremental", "volatility", "delay"])
@pytest.mark.parametrize("nothing", [None, {}])
def test_what_was_not_evaluated_is_not_spoken_of(whole: Document, part: str, nothing: Any) -> None:
    words = {
        "placebo": "placebo",
        "calendar_time": "portfolio",
        "incremental": "it adds",
        "volatility": "size of moves",
        "delay": "delay",
    }
    whole[part] = nothing
    for horizon in whole["horizons"]:
        horizon["placebo"] = nothing if part == "placebo" else horizon["placebo"]
    assert words[part] not in evaluation_answer(whole)


@pytest.mark.parametrize(
    ("statistic", "p", "said"),
    [
        (
            0.0052,
            0.004,
            "+0.52% over the next session; against circular shifts of the same verdicts in time that is more",
        ),
        (-0.0052, 0.004, "that is worse than luck explains (placebo p = 0.004)."),
        (0.0052, 0.2, "that is within luck (placebo p = 0.20)."),
    ],
)
def test_placebo(statistic: float, p: float, said: str) -> None:
    assert said in placebo_sentence({"horizon": 1, "placebo": {"statistic": statistic, "p_value": p}})


def test_a_portfolio_beyond_luck_needs_no_visible_mean() -> None:
    found = {"mean_daily": 0.0008, "p_value": 0.002, "minimum_detectable": 0.0006}
    assert portfolio_sentence({"calendar_time": found}) == (
        "As a daily portfolio the verdicts would have made +0.080% a day before costs, which is more than luck explains "
        "(p = 0.002)."
    )


@pytest.mark.parametrize(
    ("alone", "beside", "said"),
    [
        (0.3, 0.4, "To momentum and other thing it adds nothing beyond luck (p = 0.40)."),
        (0.01, 0.02, "It adds to momentum and other thing: with them in the regression it still counts (p = 0.020)."),
        (
            0.01,
            0.4,
            "What it tells is told by momentum and other thing already: alone it counts (p = 0.010), beside them no "
            "more than luck explains (p = 0.40).",
        ),
        (0.01, None, ""),
    ],
)
def test_controls(alone: float, beside: float | None, said: str) -> None:
    row = {
        "horizon": 3,
        "p_value_alone": alone,
        "p_value": beside,
        "controls": ["momentum_5", "momentum_20", "other_thing"],
    }
    assert controls_sentence({"incremental": [{"horizon": 1, "p_value": 0.9}, row]}, 3) == said


def test_controls_of_another_horizon_stand_in() -> None:
    assert controls_sentence({"incremental": [{"horizon": 5, "p_value": 0.9}]}, 3) == (
        "To what is known anyway it adds nothing beyond luck (p = 0.90)."
    )


def volatility(*p_values: float | None) -> Document:
    rows = [
        {"outcome": "absolute_return", "verdict": "bearish", "mean": 0.012, "excess": -0.003, "p_value": p}
        for p in p_values
    ]
    return {"volatility": rows}


def test_the_size_of_moves_counts_every_test(make_evaluation: Make, make_cell: Make) -> None:
    horizon = make_evaluation(bearish=make_cell())["horizons"][0]
    assert size_sentence(volatility(0.02, 0.5, None), horizon) == (
        "It tells the size of moves rather than their direction: after bearish verdicts the size of the next move was "
        "1.20%, 0.30% smaller than usual (p = 0.040, counting all 2 such tests)."
    )
    assert size_sentence(volatility(0.02, 0.5, 0.6), horizon) == (
        "About the size of moves, whichever way, it says nothing beyond luck (p = 0.060, counting all 3 such tests)."
    )
    directed = make_evaluation(bearish=make_cell(p_value=0.01))["horizons"][0]
    assert size_sentence(volatility(0.02), directed).startswith("It tells the size of moves: after bearish verdicts")


@pytest.mark.parametrize(
    ("now", "low", "later", "warned"),
    [
        (0.0042, 0.001, 0.0002, True),
        (0.0042, 0.001, -0.002, True),
        (0.0042, 0.001, 0.003, False),
        (0.0042, -0.001, 0.0002, False),
        (-0.0042, -0.006, 0.0002, False),
    ],
    ids=["cliff", "reversal", "slow decay", "within luck", "wrong way"],
)
def test_a_cliff_after_one_session_is_warned_of(now: float, low: float, later: float, warned: bool) -> None:
    lags = [
        {"lag": -1, "signed_excess": 0.02, "ci": [0.01, 0.03]},
        {"lag": 0, "signed_excess": now, "ci": [low, 2 * now - low]},
        {"lag": 1, "signed_excess": later, "ci": None},
    ]
    said = delay_sentence({"delay": {"horizon": 3, "lags": lags}})
    assert bool(said) == warned
    if now > 0 and later == 0.0002 and warned:
        assert said == (
            "Warning: one session's delay leaves +0.020% of +0.42% (+0.10% to +0.74%). Such a cliff is either a very "
            "short edge or a leak: make sure that all the signal reads was known at the entry."
        )


@pytest.mark.parametrize("nothing", [None, [], [{"lag": 0, "signed_excess": None, "ci": None}]])
def test_no_delay_no_warning(nothing: Any) -> None:
    assert delay_sentence({"delay": {"lags": nothing}}) == ""
