"""What the answer of an evaluation says in each case, word for word."""

from collections.abc import Callable
from typing import Any

import pytest

from flowbt.report import evaluation_answer

Make = Callable[..., dict[str, Any]]


def test_within_luck_says_how_large_an_edge_would_have_been_visible(make_evaluation: Make, make_cell: Make) -> None:
    assert evaluation_answer(make_evaluation(bearish=make_cell())) == (
        "Bearish verdicts in IWM were followed by a fall over the next 3 sessions 48% of the time; IWM falls 46% of "
        "the time anyway. The difference, +2 points, is within luck (p = 0.60). With 41 verdicts only a lift of "
        "18 points or more would have been visible."
    )


def test_an_edge_comes_with_its_size_interval_and_a_warning(make_evaluation: Make, make_cell: Make) -> None:
    found = make_cell(
        hit_rate=0.61, base_rate=0.47, lift=0.14, lift_ci=[0.06, 0.22], p_value=0.0021, mean_excess_return=-0.0042
    )
    assert evaluation_answer(make_evaluation(bearish=found)).endswith(
        "The difference, +14 points (95% interval +6 to +22), is more than luck explains (p = 0.002). The mean return "
        "was −0.42% against the usual. One test is no proof: it should hold on data nobody has looked at."
    )


def test_one_success_among_several_tests_is_weighed_against_what_luck_gives(
    make_evaluation: Make, make_cell: Make
) -> None:
    document = make_evaluation(bearish=make_cell(lift=0.14, hit_rate=0.6, p_value=0.02), bullish=make_cell())
    document["horizons"] += make_evaluation(horizon=5, bearish=make_cell(), bullish=make_cell())["horizons"]
    assert evaluation_answer(document).endswith(
        "Of 4 tests, over all horizons, 1 has p below 0.05, where luck alone gives 0.2 on average; one test among "
        "several is no proof."
    )


def test_success_at_overlapping_horizons_does_not_count_twice(make_evaluation: Make, make_cell: Make) -> None:
    found = make_cell(lift=0.14, hit_rate=0.6, p_value=0.001)
    answer = evaluation_answer(make_evaluation(bearish=found, bullish=found))
    assert answer.endswith(
        "Of 2 tests, over all horizons, 2 have p below 0.05, where luck alone gives 0.1 on average; horizons overlap, "
        "so they do not count as many proofs."
    )


def test_no_success_among_several_tests(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(bearish=make_cell(), bullish=make_cell())
    assert evaluation_answer(document).endswith("None of the 2 tests, over all horizons, shows more than luck.")


def test_a_verdict_that_points_the_wrong_way_is_called_so(make_evaluation: Make, make_cell: Make) -> None:
    found = make_cell(hit_rate=0.34, lift=-0.12, lift_ci=[-0.2, -0.04], p_value=0.004, mean_excess_return=None)
    assert (
        "The difference, −12 points (95% interval −20 to −4), is more than luck explains (p = 0.004): the verdict "
        "pointed the wrong way."
    ) in evaluation_answer(make_evaluation(bearish=found))


def test_several_symbols_are_one_subject_and_are_named_once(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(bearish=make_cell(), bullish=make_cell()) | {"symbols": ["IWM", "TLT"]}
    answer = evaluation_answer(document)
    assert "in IWM and TLT were followed by a fall over the next 3 sessions 48% of the time; they fall 46%" in answer
    assert "Bullish verdicts were followed by a rise over the next 3 sessions 48% of the time; they rise" in answer


def test_a_long_list_of_symbols_is_cut(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(bearish=make_cell()) | {"symbols": [f"SYN{i:03d}" for i in range(30)]}
    assert "in SYN000, SYN001, SYN002 and 27 more were" in evaluation_answer(document)


@pytest.mark.parametrize(
    ("hit_rate", "said"), [(1.0, "was followed by a fall"), (0.0, "was not followed by a fall")], ids=["hit", "miss"]
)
def test_a_single_verdict(make_evaluation: Make, make_cell: Make, hit_rate: float, said: str) -> None:
    document = make_evaluation(
        horizon=1, bearish=make_cell(n=1, hit_rate=hit_rate, lift=hit_rate - 0.46, p_value=0.001)
    )
    assert evaluation_answer(document) == (
        f"The one bearish verdict in IWM {said} over the next session; IWM falls 46% of the time anyway. "
        "One verdict is too few to say more."
    )


def test_few_verdicts_are_not_judged_even_where_a_p_value_was_computed(make_evaluation: Make, make_cell: Make) -> None:
    answer = evaluation_answer(make_evaluation(bullish=make_cell(n=4, p_value=0.0001)))
    assert answer.startswith("The 4 bullish verdicts in IWM were followed by a rise")
    assert answer.endswith("4 verdicts are too few to say more.")


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_without_a_p_value_nothing_is_claimed(make_evaluation: Make, make_cell: Make, missing: float | None) -> None:
    answer = evaluation_answer(make_evaluation(bearish=make_cell(p_value=missing)))
    assert answer.endswith("The difference, +2 points, cannot be tested: the history is too short or too uniform.")


def test_the_same_verdict_every_day_has_nothing_to_be_compared_with(make_evaluation: Make, make_cell: Make) -> None:
    same = make_cell(n=250, hit_rate=0.46, base_rate=0.46, lift=0.0, p_value=None)
    assert "nothing to compare it with" in evaluation_answer(make_evaluation(bearish=same))


def test_a_history_too_short_for_any_lift_says_so(make_evaluation: Make, make_cell: Make) -> None:
    answer = evaluation_answer(make_evaluation(bearish=make_cell(n=11, minimum_detectable=0.7)))
    assert answer.endswith("With 11 verdicts no lift, however large, would have been visible.")


def test_only_neutral_verdicts(make_evaluation: Make, make_cell: Make) -> None:
    assert evaluation_answer(make_evaluation(neutral=make_cell(n=250, hit_rate=None))) == (
        "All 250 verdicts in IWM from 2025-07-01 to 2026-06-30 were neutral: none said where the price would go, so "
        "there is no hit rate to judge."
    )


@pytest.mark.parametrize("horizons", [[], None], ids=["none", "null"])
def test_no_verdicts_at_all(make_evaluation: Make, horizons: list[Any] | None) -> None:
    expected = (
        "There is no verdict in IWM from 2025-07-01 to 2026-06-30 with a price to follow it: "
        "nothing can be said about whether it predicts."
    )
    assert evaluation_answer(make_evaluation()) == expected
    assert evaluation_answer(make_evaluation() | {"horizons": horizons}) == expected


def test_the_horizon_is_chosen_without_looking_at_results(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(horizon=10, bearish=make_cell(p_value=0.0001))
    for horizon in (5, 1, 3):
        document["horizons"] += make_evaluation(horizon=horizon, bearish=make_cell())["horizons"]
    assert "over the next 3 sessions" in evaluation_answer(document)


def test_a_horizon_no_verdict_has_reached_yet_is_not_the_one_judged(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(horizon=1, bearish=make_cell())
    for horizon in (3, 5, 10):
        document["horizons"] += make_evaluation(horizon=horizon)["horizons"]
    assert "over the next session 48%" in evaluation_answer(document)


def test_rounding_never_makes_the_three_numbers_disagree(make_evaluation: Make, make_cell: Make) -> None:
    answer = evaluation_answer(make_evaluation(bearish=make_cell(hit_rate=0.474, base_rate=0.456, lift=0.018)))
    assert "47.4% of the time; IWM falls 45.6% of the time anyway. The difference, +1.8 points" in answer


def test_returns_from_the_verdicts_own_close_are_not_tradable(make_evaluation: Make, make_cell: Make) -> None:
    answer = evaluation_answer(make_evaluation(bearish=make_cell()) | {"entry": "close"})
    assert answer.endswith("this is what followed, not what could be traded.")


def test_all_tests_counted_at_once_weigh_the_strongest(make_evaluation: Make, make_cell: Make) -> None:
    found = make_cell(lift=0.14, hit_rate=0.6, p_value=0.02)
    document = make_evaluation(bearish=found, bullish=make_cell())
    for family, said in (
        (
            {"tests": 8, "max_t_p_value": 0.21},
            "with all of them counted, the strongest is within luck (max-t p = 0.21).",
        ),
        (
            {"tests": 8, "max_t_p_value": 0.012, "survivors": [{"horizon": 3, "verdict": "bearish"}]},
            "with all of them counted, bearish over 3 sessions holds (max-t p = 0.012), on data that has now been looked at.",
        ),
    ):
        assert evaluation_answer(document | {"family": family}).endswith(
            f"Of 8 tests, over all horizons, 1 has p below 0.05, where luck alone gives 0.4 on average; {said}"
        )


def test_no_success_among_several_tests_with_all_counted(make_evaluation: Make, make_cell: Make) -> None:
    document = make_evaluation(bearish=make_cell()) | {"family": {"tests": 8, "max_t_p_value": 0.61}}
    assert evaluation_answer(document).endswith(
        "None of the 8 tests, over all horizons, shows more than luck (all counted, max-t p = 0.61)."
    )
