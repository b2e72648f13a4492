"""What the answer of an evaluation says in each case, word for word."""

from dataclasses import replace

import pytest
from tests.report.evaluation.results import CELL, NO_TESTS, NONE, horizon_of, signal_of

from flowbt.evaluation.family import Survivor
from flowbt.report.evaluation.answer import signal_answer

EDGE = replace(CELL, hit_rate=0.6, base_rate=0.46, lift=0.14, lift_ci=(0.06, 0.22), p_value=0.02)


def test_not_significant_says_how_large_an_edge_could_be_detected() -> None:
    assert signal_answer(signal_of(horizon_of(bearish=CELL))) == (
        "Bearish verdicts in IWM were followed by a fall over the next 3 sessions 48% of the time, against a base rate of "
        "46%. The difference, +2 points, is not significant (p = 0.60) and could well be chance. 41 verdicts can only "
        "detect a lift of 18 points or more."
    )


def test_an_edge_comes_with_its_size_interval_and_a_warning() -> None:
    cell = replace(
        CELL, hit_rate=0.61, base_rate=0.47, lift=0.14, lift_ci=(0.06, 0.22), p_value=0.0021, mean_excess_return=-0.0042
    )
    assert signal_answer(signal_of(horizon_of(bearish=cell))).endswith(
        "The difference, +14 points (95% CI +6 to +22), is significant (p = 0.002) and unlikely to be chance. The mean "
        "excess return was −0.42%. A single test is not proof: the result should hold on new data, too."
    )


def test_one_success_among_several_tests_is_weighed_against_what_chance_gives() -> None:
    answer = signal_answer(
        signal_of(horizon_of(3, bearish=EDGE, bullish=CELL), horizon_of(5, bearish=CELL, bullish=CELL))
    )
    assert answer.endswith(
        "Of 4 tests over all horizons, 1 has p below 0.05, where chance alone gives 0.2 on average; one significant test "
        "among several is not proof."
    )


def test_success_at_overlapping_horizons_does_not_count_twice() -> None:
    cell = replace(EDGE, p_value=0.001)
    assert signal_answer(signal_of(horizon_of(bearish=cell, bullish=cell))).endswith(
        "Of 2 tests over all horizons, 2 have p below 0.05, where chance alone gives 0.1 on average; horizons overlap, so "
        "the tests are not independent."
    )


def test_no_success_among_several_tests() -> None:
    assert signal_answer(signal_of(horizon_of(bearish=CELL, bullish=CELL))).endswith(
        "None of the 2 tests over all horizons is significant."
    )


def test_a_verdict_that_points_in_the_wrong_direction_is_called_so() -> None:
    cell = replace(CELL, hit_rate=0.34, lift=-0.12, lift_ci=(-0.2, -0.04), p_value=0.004, mean_excess_return=None)
    assert (
        "The difference, −12 points (95% CI −20 to −4), is significant in the wrong direction (p = 0.004) and unlikely to "
        "be chance."
    ) in signal_answer(signal_of(horizon_of(bearish=cell)))


def test_several_symbols_are_named_once() -> None:
    evaluation = replace(signal_of(horizon_of(bearish=CELL, bullish=CELL)), symbols=("IWM", "TLT"))
    answer = signal_answer(evaluation)
    assert "in IWM and TLT were followed by a fall over the next 3 sessions 48% of the time, against a base" in answer
    assert "Bullish verdicts were followed by a rise over the next 3 sessions 48% of the time, against a base" in answer


def test_a_long_list_of_symbols_is_cut() -> None:
    evaluation = replace(signal_of(horizon_of(bearish=CELL)), symbols=tuple(f"SYN{i:03d}" for i in range(30)))
    assert "in SYN000, SYN001, SYN002 and 27 more were" in signal_answer(evaluation)


@pytest.mark.parametrize(
    ("hit_rate", "words"), [(1.0, "was followed by a fall"), (0.0, "was not followed by a fall")], ids=["hit", "miss"]
)
def test_a_single_verdict(hit_rate: float, words: str) -> None:
    cell = replace(CELL, n=1, hit_rate=hit_rate, lift=hit_rate - 0.46, p_value=None)
    assert signal_answer(signal_of(horizon_of(1, bearish=cell))) == (
        f"The one bearish verdict in IWM {words} over the next session, against a base rate of 46%. One verdict is too few "
        "to judge."
    )


def test_few_verdicts_are_not_judged_even_where_a_p_value_was_computed() -> None:
    answer = signal_answer(signal_of(horizon_of(bullish=replace(CELL, n=4, p_value=0.0001))))
    assert answer.startswith("The 4 bullish verdicts in IWM were followed by a rise")
    assert answer.endswith("4 verdicts are too few to judge.")


def test_without_a_p_value_nothing_is_claimed() -> None:
    answer = signal_answer(signal_of(horizon_of(bearish=replace(CELL, p_value=None))))
    assert answer.endswith("The difference, +2 points, cannot be tested: the history is too short or too uniform.")


def test_the_same_verdict_every_day_has_nothing_to_be_compared_with() -> None:
    same = replace(CELL, n=250, hit_rate=0.46, base_rate=0.46, lift=0.0, p_value=None)
    assert "nothing to compare it with" in signal_answer(signal_of(horizon_of(bearish=same)))


def test_a_history_too_short_for_any_lift_says_so() -> None:
    answer = signal_answer(signal_of(horizon_of(bearish=replace(CELL, n=11, minimum_detectable=0.7))))
    assert answer.endswith("11 verdicts are too few to detect an edge of any size.")


def test_only_neutral_verdicts() -> None:
    neutral = replace(NONE, n=250, mean_return=0.001)
    assert signal_answer(signal_of(horizon_of(neutral=neutral))) == (
        "All 250 verdicts in IWM from 2025-07-01 to 2026-06-30 were neutral, without a direction for the price, so there "
        "is no hit rate to judge."
    )
    assert signal_answer(signal_of(horizon_of(neutral=replace(neutral, n=1)))).startswith("The one verdict in IWM from")


@pytest.mark.parametrize("horizons", [(), (horizon_of(),)], ids=["none", "none given"])
def test_no_verdicts_at_all(horizons: tuple[()]) -> None:
    assert signal_answer(signal_of(*horizons)) == (
        "No verdict in IWM from 2025-07-01 to 2026-06-30 is followed by a price: there is nothing to judge."
    )


def test_the_horizon_is_chosen_without_looking_at_results() -> None:
    best = horizon_of(10, bearish=replace(CELL, p_value=0.0001))
    others = (horizon_of(horizon, bearish=CELL) for horizon in (1, 3, 5))
    assert "over the next 3 sessions" in signal_answer(signal_of(*others, best))


def test_a_horizon_no_verdict_has_reached_yet_is_not_the_one_judged() -> None:
    others = (horizon_of(horizon) for horizon in (3, 5, 10))
    assert "over the next session 48%" in signal_answer(signal_of(horizon_of(1, bearish=CELL), *others))


def test_rounding_never_makes_the_three_numbers_disagree() -> None:
    cell = replace(CELL, hit_rate=0.474, base_rate=0.456, lift=0.018)
    assert "47.4% of the time, against a base rate of 45.6%. The difference, +1.8 points" in signal_answer(
        signal_of(horizon_of(bearish=cell))
    )


def test_returns_from_the_verdicts_own_close_are_not_tradable() -> None:
    evaluation = replace(signal_of(horizon_of(bearish=CELL)), entry="close")
    assert signal_answer(evaluation).endswith("they show what followed, not what could be traded.")


def test_all_tests_counted_at_once_weigh_the_strongest() -> None:
    evaluation = signal_of(horizon_of(bearish=EDGE, bullish=CELL))
    weak = replace(NO_TESTS, tests=8, max_t_p_value=0.21)
    strong = replace(NO_TESTS, tests=8, max_t_p_value=0.012, survivors=(Survivor(3, "bearish"),))
    for family, words in (
        (weak, "the strongest is not significant (max-t p = 0.21)."),
        (strong, "bearish over 3 sessions remains significant (max-t p = 0.012), in this sample."),
    ):
        assert signal_answer(replace(evaluation, family=family)).endswith(
            "Of 8 tests over all horizons, 1 has p below 0.05, where chance alone gives 0.4 on average; with all tests "
            f"counted, {words}"
        )


def test_no_success_among_several_tests_with_all_counted() -> None:
    evaluation = replace(signal_of(horizon_of(bearish=CELL)), family=replace(NO_TESTS, tests=8, max_t_p_value=0.61))
    assert signal_answer(evaluation).endswith(
        "None of the 8 tests over all horizons is significant (max-t p = 0.61 with all tests counted)."
    )
