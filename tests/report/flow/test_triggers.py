from dataclasses import replace
from typing import Any, Literal

import pytest
from tests.report.flow.hand_made import FOLLOW_THROUGH, FRIDAY, LEVEL, NEXT, RENEWED, VERDICT

from flowbt.flow.triggers import Trigger
from flowbt.report.flow.money import Money
from flowbt.report.flow.triggers import worded_trigger

USD = Money.on("XNYS")


def worded(trigger: Trigger, gex: float | None = -1e6) -> Trigger:
    return worded_trigger(trigger, gex, USD)


def test_a_trigger_without_words_is_an_error() -> None:
    with pytest.raises(TypeError, match="no words for Trigger"):
        worded(Trigger(kind="new", known_on=NEXT, clock="close"))


def test_follow_through_is_known_before_the_open() -> None:
    found = worded(FOLLOW_THROUGH)
    assert found.trigger == (
        "Open interest of the 16 Jan 2026 $95 put at 37,535 or more, or below 22,410 (now 22,410; volume 30,250)"
    )
    assert found.known_at == "2026-01-06 before the open"
    assert found.then == "At 37,535 or more the positions were kept (follow-through); below 22,410 they were unwound."


def test_without_open_interest_nothing_can_be_unwound() -> None:
    found = worded(replace(FOLLOW_THROUGH, open_interest=0, closed_below=0))
    assert found.trigger.endswith(" at 37,535 or more (now 0; volume 30,250)")
    assert found.then == "At 37,535 or more the positions were kept (follow-through)."


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Renewed call trading at or above $106 (expiries 9 Jan 2026 to 16 Jan 2026): more than today's 11,204, with "
             "the P/C volume ratio below today's 2.98"),
        ({"option_type": "put", "strike": 94.0, "expirations": (FRIDAY, FRIDAY)},
         "Renewed put trading at or below $94 (9 Jan 2026 expiry): more than today's 11,204, with the P/C volume ratio "
         "above today's 2.98"),
    ],
)  # fmt: skip
def test_renewed_trading_is_of_the_other_side(changes: dict[str, Any], text: str) -> None:
    assert worded(replace(RENEWED, **changes)).trigger == text


@pytest.mark.parametrize(
    ("level", "direction", "gex", "then"),
    [
        ("call wall", "above", -1e6, "Resistance is broken: call wall at $102.50."),
        ("call wall", "below", -1e6, "Support is broken: call wall at $102.50."),
        ("zero gamma", "above", -1e6, "Above it, assumed dealer gamma turns positive."),
        ("zero gamma", "below", 1e6, "Below it, assumed dealer gamma turns negative."),
        ("zero gamma", "below", None, "Below it, assumed dealer gamma changes its sign."),
    ],
)
def test_a_level(level: str, direction: Literal["above", "below"], gex: float | None, then: str) -> None:
    found = worded(replace(LEVEL, level=level, direction=direction), gex)
    assert found.trigger == f"A close {direction} $102.50 ({level})"
    assert (found.then, found.known_at) == (then, "2026-01-06 at the close")


@pytest.mark.parametrize(("verdict", "text"), [(-1, "bearish"), (1, "bullish")])
def test_the_same_verdict_again(verdict: int, text: str) -> None:
    found = worded(replace(VERDICT, verdict=verdict))
    assert (found.trigger, found.then) == (f"The flow verdict is {text} again", f"The {text} flow persists.")
