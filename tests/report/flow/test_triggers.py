from typing import Any

import pytest
from tests.report.flow.document import FRIDAY, TRIGGERS

from flowbt.report.flow.triggers import TRIGGERS as KINDS
from flowbt.report.flow.triggers import trigger_words


def words_of(kind: str, **changes: Any) -> dict[str, str]:
    return trigger_words(next(row for row in TRIGGERS if row["kind"] == kind) | changes)


def test_there_is_one_of_every_kind_here() -> None:
    assert {row["kind"] for row in TRIGGERS} == set(KINDS)


def test_follow_through_is_known_before_the_open() -> None:
    assert words_of("follow_through") == {
        "trigger": "Open interest of the Jan 16, 2026 $95 put at 37,535 or more, or below 22,410 (22,410 held; 30,250 traded)",
        "known_at": "2026-01-06 before the open",
        "then": "37,535 or more is follow-through, the positions were kept; below 22,410 is an unwind.",
    }


def test_of_what_nobody_held_nothing_is_unwound() -> None:
    found = words_of("follow_through", open_interest=0, closed_below=0)
    assert found["trigger"].endswith(" at 37,535 or more (0 held; 30,250 traded)")
    assert found["then"] == "37,535 or more is follow-through, the positions were kept."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Renewed call trading at or above $106 (expiries Jan 9, 2026 to Jan 16, 2026): more than today's 11,204, with "
             "the P/C volume ratio below today's 2.98"),
        ({"option_type": "put", "strike": 94.0, "expirations": [FRIDAY, FRIDAY]},
         "Renewed put trading at or below $94 (Jan 9, 2026 expiry): more than today's 11,204, with the P/C volume ratio "
         "above today's 2.98"),
    ],
)  # fmt: skip
def test_renewed_trading_is_of_the_other_side(changes: dict[str, Any], said: str) -> None:
    assert words_of("renewed", **changes)["trigger"] == said


@pytest.mark.parametrize(
    ("level", "direction", "then"),
    [
        ("call wall", "above", "The call wall at $102.50 is broken as a resistance."),
        ("call wall", "below", "The call wall at $102.50 is broken as a support."),
        ("zero gamma", "below", "By today's open interest, the gamma assumed of dealers is of the other sign there."),
    ],
)
def test_a_level(level: str, direction: str, then: str) -> None:
    found = words_of("level", level=level, direction=direction)
    assert found["trigger"] == f"A close {direction} $102.50 ({level})"
    assert (found["then"], found["known_at"]) == (then, "2026-01-06 at the close")


@pytest.mark.parametrize(("verdict", "said"), [(-1, "bearish"), (1, "bullish")])
def test_the_same_verdict_again(verdict: int, said: str) -> None:
    found = words_of("verdict", verdict=verdict)
    assert (found["trigger"], found["then"]) == (f"The flow verdict is {said} again", f"The {said} flow persists.")
