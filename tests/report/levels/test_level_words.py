"""The answer about levels, what the null is, and what was left out."""

from collections.abc import Callable
from typing import Any

from flowbt.report.levels.answer import level_answer, level_notes, level_null

Document = dict[str, Any]
Make = Callable[..., Document]


def only(*touches: Document, gravity: tuple[Document, ...] = ()) -> Document:
    return {"gravity": list(gravity), "touches": list(touches)}


def test_a_barrier_stands_beside_its_null(make_barrier: Make) -> None:
    said = level_answer(only(make_barrier()))
    assert said.startswith(
        "Call wall above the price: touched within 3 sessions in 41% of 96 cases; levels as far away on other days in 34%, "
        "and the formula of chance says 45%. The difference, +7 points, is within luck (p = 0.48; only 21 points or more "
        "would have been seen). No close was at it or beyond in 71% of cases; at such levels in 75%. It held to the close of "
        "that day in 50% of 39 touched, on 22 days; levels as far away on other days in 40%."
    )


def test_a_pin_is_told_from_past_prices(make_pin: Make) -> None:
    said = level_answer(only(gravity=(make_pin(),)))
    assert said.startswith(
        "Max pain: over the last 3 to 5 sessions before an expiry the price ended nearer to it than it had been in 43% of 97 "
        "cases; levels as far away on other days in 36%. The difference, +7 points, is within luck (p = 0.27; only 21 points "
        "or more would have been seen). Past prices aside, −14% of the gap was closed (95% interval −74% to 46%): no more "
        "than luck explains."
    )


def test_a_difference_beyond_luck_has_its_interval(make_barrier: Make, make_measure: Make) -> None:
    said = level_answer(only(make_barrier(touched=make_measure("touched", 0.2, 0.5, 0.004))))
    assert "The difference, −30 points (95% interval −45 to −15), is more than luck explains (p = 0.004)." in said


def test_too_few_windows_are_said_to_be(make_barrier: Make, make_measure: Make) -> None:
    few = {name: make_measure(name, p_value=None) for name in ("touched", "touched_by_close", "held")}
    assert "The difference, +7 points, cannot be tested on so few cases." in level_answer(only(make_barrier(**few)))


def test_the_mirror_stands_in_for_other_days(make_barrier: Make, make_measure: Make) -> None:
    short = make_measure("touched", 0.41, None)
    short["against"]["mirror"] |= {"difference": 0.05, "p_value": 0.4, "minimum_detectable": 0.3}
    said = level_answer(only(make_barrier(touched=short)))
    assert "levels mirrored at the price in 36%" in said
    assert "The difference, +5 points, is within luck (p = 0.40; only 30 points or more would have been seen)." in said


def test_the_middle_horizon_that_can_be_tested_is_told(make_barrier: Make, make_measure: Make) -> None:
    untested = make_measure("touched", p_value=None)
    rows = [make_barrier(horizon=horizon, touched=untested) if horizon == 10 else make_barrier(horizon=horizon)
            for horizon in (1, 3, 5, 10)]  # fmt: skip
    assert "touched within 3 sessions" in level_answer(only(*rows))


def test_what_is_to_break_is_told_by_what_followed(make_barrier: Make) -> None:
    said = level_answer(only(make_barrier("trigger")))
    assert "Over the 3 sessions after a touch it ran on by +0.40%, at such levels by +0.10% (p = 0.70" in said
    assert "It held" not in said


def test_the_usual_side_comes_first_and_the_rest_is_counted(make_barrier: Make) -> None:
    rows = [make_barrier(kind, side, levels=number)
            for kind in ("call wall", "put wall", "support")
            for side, number in (("below", 20), ("above", 100))]  # fmt: skip
    said = level_answer(only(*rows))
    assert said.count("above the price") == 3
    assert "below the price" not in said
    assert "3 more groups of levels: see the tables." in said


def test_all_tests_are_counted(section: Document) -> None:
    assert "Of 45 tests of levels" not in level_answer(section)
    assert "tests of levels shows more than luck." in level_answer(section)


def test_closes_alone(make_barrier: Make, make_measure: Make) -> None:
    unknown = {name: make_measure(name, None, None, n=0) for name in ("touched", "held", "held_after")}
    said = level_answer(only(make_barrier(**unknown)))
    assert said.startswith("Call wall above the price: closed at or beyond within 3 sessions in 29% of 96 cases")


def test_nothing_to_say() -> None:
    assert level_answer({}) == "There is no level with prices to follow it: nothing can be said."


def test_the_null_is_said_in_words(section: Document) -> None:
    pins, barriers = level_null(section)
    assert pins.startswith("The null is a price that does not know of the levels.")
    assert "beside the prior close" in pins
    assert "2[1 − Φ(|ln(K/S)| / σ√τ)]" in barriers
    (alone,) = level_null({"touches": section["touches"]})
    assert alone.startswith("The null is a price that does not know of the levels.")
    assert level_null({}) == []


def test_notes(section: Document) -> None:
    odd = {"kind": "opinion", "n": 2, "dates": 1, "symbols": 1, "as": "barrier", "recognised": False}
    said = " ".join(
        level_notes(section | {"kinds": [*section["kinds"], odd], "columns": ["call_wall"], "unreadable": 2})
    )
    assert "The columns call_wall were read as kinds of levels." in said
    assert "What “opinion” is is not known: taken for barriers, not for pins." in said
    assert "Nothing can be said of opinion" in said
    assert "Left out: 3 with more than twice or less than half the price" in said
    assert "2 that could not be read" in said
    assert "implied at the money, of 30 days, for IWM; realised, exponentially weighted, for TLT" in said
