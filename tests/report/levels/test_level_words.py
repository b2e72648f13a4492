"""The answer about levels, what the null is, and what was left out."""

from collections.abc import Callable
from dataclasses import replace

from flowbt.evaluation.levels import LevelStudy
from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.contrast import Contrast
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.study import LevelKind
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.report.levels.answer import level_answer
from flowbt.report.levels.inputs import input_items
from flowbt.report.levels.method import level_null
from flowbt.report.levels.selection import level_tests

MakeBarrier = Callable[..., Touches]
MakeTouch = Callable[..., TouchMeasure]
Only = Callable[..., LevelStudy]


def test_a_barrier_is_compared_with_its_null(only: Only, make_barrier: MakeBarrier) -> None:
    assert level_answer(only(make_barrier())).startswith(
        "Call wall above the price: touched within 3 sessions in 41% of 96 cases; levels as far away on other days in 34%, "
        "a random walk in 45%. The difference of +7 points is not significant and could well be chance (p = 0.48; minimum "
        "detectable: 21 points). In 71% of cases no close reached it; at the comparison levels in 75%. It held to the close "
        "of that day in 50% of 39 touched, on 22 days; levels as far away on other days in 40%."
    )


def test_a_pin_is_separated_from_past_prices(only: Only, pin: Gravity) -> None:
    assert level_answer(only(gravity=(pin,))).startswith(
        "Max pain: over the last 3 to 5 sessions before an expiry the price ended nearer to it than it had been in 43% of 97 "
        "cases; levels as far away on other days in 36%. The difference of +7 points is not significant and could well be "
        "chance (p = 0.27; minimum detectable: 21 points). After accounting for past prices, −14% of the gap was closed (95% "
        "CI −74% to 46%): not significant."
    )


def test_a_significant_difference_has_its_interval(
    only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch
) -> None:
    answer = level_answer(only(make_barrier(touched=make_touch("touched", 0.2, 0.5, 0.004))))
    assert "The difference of −30 points (95% CI −45 to −15) is significant (p = 0.004)." in answer


def test_too_few_windows_are_reported(only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch) -> None:
    few = {name: make_touch(name, p_value=None) for name in ("touched", "touched_by_close", "held")}
    assert "The difference of +7 points cannot be tested on so few cases." in level_answer(only(make_barrier(**few)))


def test_the_mirror_stands_in_for_other_days(only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch) -> None:
    short = make_touch("touched", 0.41, None)
    mirrored = Contrast(0.05, None, 0.4, 0.3)
    short = replace(short, against=replace(short.against, mirror=mirrored))
    answer = level_answer(only(make_barrier(touched=short)))
    assert "levels mirrored at the price in 36%" in answer
    assert (
        "The difference of +5 points is not significant and could well be chance (p = 0.40; minimum detectable: 30 points)."
        in answer
    )


def test_the_middle_horizon_that_can_be_tested_is_reported(
    only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch
) -> None:
    untested = make_touch("touched", p_value=None)
    rows = [make_barrier(horizon=horizon, touched=untested) if horizon == 10 else make_barrier(horizon=horizon)
            for horizon in (1, 3, 5, 10)]  # fmt: skip
    assert "touched within 3 sessions" in level_answer(only(*rows))


def test_levels_expected_to_break_are_judged_by_what_followed(only: Only, make_barrier: MakeBarrier) -> None:
    answer = level_answer(only(make_barrier("trigger")))
    assert (
        "Over the 3 sessions after a touch it ran on by +0.40%, at the comparison levels by +0.10% (p = 0.70, minimum "
        "detectable" in answer
    )
    assert "It held" not in answer


def test_the_usual_side_comes_first_and_the_rest_is_counted(only: Only, make_barrier: MakeBarrier) -> None:
    rows = [make_barrier(kind, side, levels=number)
            for kind in ("call wall", "put wall", "support")
            for side, number in (("below", 20), ("above", 100))]  # fmt: skip
    answer = level_answer(only(*rows))
    assert answer.count("above the price") == 3
    assert "below the price" not in answer
    assert "3 more groups of levels: see the tables." in answer


def test_all_tests_are_counted(only: Only, make_barrier: MakeBarrier, pin: Gravity, study: LevelStudy) -> None:
    few = only(make_barrier(), gravity=(pin,))
    assert len(level_tests(few)) == 6 + 3 + 3 + 1
    assert "None of the 13 tests of levels is significant." in level_answer(few)
    p_values = level_tests(study)
    passed = sum(p < 0.05 for p in p_values)
    assert f"Of {len(p_values)} tests of levels, many of them on the same days, {passed} ha" in level_answer(study)


def test_closes_alone(only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch) -> None:
    unknown = {name: make_touch(name, None, None, n=0) for name in ("touched", "held", "held_after")}
    assert level_answer(only(make_barrier(**unknown))).startswith(
        "Call wall above the price: closed at or beyond within 3 sessions in 29% of 96 cases"
    )


def test_nothing_to_evaluate(empty: LevelStudy) -> None:
    assert level_answer(empty) == "No level has prices that follow it, so nothing can be evaluated."


def test_the_null_in_words(study: LevelStudy, empty: LevelStudy) -> None:
    pins, barriers = level_null(study)
    assert pins.startswith("The null is a price that does not depend on the levels.")
    assert "after accounting for the prior close" in pins
    assert "2[1 − Φ(|ln(K/S)| / σ√τ)]" in barriers
    (alone,) = level_null(replace(study, gravity=()))
    assert alone.startswith("The null is a price that does not depend on the levels.")
    assert level_null(empty) == ()


def test_what_was_left_out_or_assumed(study: LevelStudy) -> None:
    unknown = LevelKind(kind="opinion", n=2, dates=1, symbols=1, treated_as="barrier", recognised=False)
    changed = replace(
        study, kinds=(*study.kinds, unknown), columns=("call_wall",), unreadable=2, left_out={"out_of_reach": 3},
        volatility={"IWM": "implied", "TLT": "realised"},
    )  # fmt: skip
    items = {item.label: item.text for item in input_items(changed)}
    assert items["Columns"] == "read as kinds of levels: call_wall."
    assert items["Unrecognised kinds"].startswith("“opinion” is not a known kind of level: it is treated as a barrier")
    assert items["Not evaluated"].startswith("opinion: an evaluation needs prices after a level, and 20 daily returns")
    assert items["Left out"].startswith("3 with a level more than 2 times the price or less than the inverse")
    assert "2 that could not be read" in items["Left out"]
    assert "implied at the money, 30 days, for IWM; realised, exponentially weighted, for TLT" in items["Volatility"]
