"""What levels are worth in words: how often the price went to them or stopped at them, and how often it does so by chance.

A published "the call wall holds 83%" means nothing until it is known how often a placebo level holds. Every number here comes
with its null, which `method.level_null` explains in words.
"""

from typing import Final

from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.report.kit.formats import plain
from flowbt.report.levels.drift import drift_sentence
from flowbt.report.levels.gap_regression import gap_sentence
from flowbt.report.levels.gravity import gravity_sentence
from flowbt.report.levels.holding import held_sentence
from flowbt.report.levels.selection import BREAKING, LevelRow, level_tests, selected_rows
from flowbt.report.levels.touches import touched_sentence

MOST_GROUPS: Final = 3
"""Groups of levels that the answer mentions; the tables contain all."""
NO_CASES: Final = "No level has prices that follow it, so nothing can be evaluated."


def level_answer(study: LevelStudy) -> str:
    """Is the price drawn to the levels, and do they hold? Paragraphs separated by a blank line."""
    rows = selected_rows(study)
    paragraphs = [_paragraph(row) for row in rows[:MOST_GROUPS]]
    if not any(paragraphs):
        return NO_CASES
    totals = " ".join(filter(None, [_rest(len(rows) - MOST_GROUPS), _all_tests(study)]))
    return "\n\n".join(filter(None, [*paragraphs, totals]))


def _paragraph(row: LevelRow) -> str:
    first, second = (
        (gravity_sentence(row), gap_sentence(row)) if isinstance(row, Gravity) else (touched_sentence(row), _after(row))
    )
    return f"{first} {second}".strip() if first else ""


def _after(row: Touches) -> str:
    """What followed a touch: drift of levels that are expected to break, holding of the others."""
    breaks = any(word in row.kind for word in BREAKING)
    return drift_sentence(row) if breaks else held_sentence(row)


def _rest(more: int) -> str:
    return f"{more} more {'group' if more == 1 else 'groups'} of levels: see the tables." if more > 0 else ""


def _all_tests(study: LevelStudy) -> str:
    """How many tests there were, and how many of them would be significant by chance."""
    tests = level_tests(study)
    passed = sum(p < SIGNIFICANT for p in tests)
    if len(tests) < 2:
        return ""
    if not passed:
        return f"None of the {len(tests)} tests of levels is significant."
    return (
        f"Of {len(tests)} tests of levels, many of them on the same days, {passed} {'has' if passed == 1 else 'have'} p below "
        f"{SIGNIFICANT}; chance alone gives {plain(SIGNIFICANT * len(tests), 0)} on average."
    )
