"""The page of an evaluation of levels, its part on a signal's page, and both as text."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from flowbt.report import conventions
from flowbt.report.judgement import Document
from flowbt.report.level_figures import level_figures
from flowbt.report.level_tables import level_tables, summary_table
from flowbt.report.level_words import level_answer, level_notes, level_null
from flowbt.report.notation import counted
from flowbt.report.page import Figure, _render
from flowbt.report.tables import Table
from flowbt.report.terminal import _heading, _page, _where, _wrapped, to_text

LEVEL_CONVENTIONS: Final = (
    (
        "Known at",
        "A level of a day is compared with the close of that day; it can be touched from the next session on.",
    ),
    ("Prices", "As traded, like strikes; a window over a split on file is left out."),
)


class LevelParts(NamedTuple):
    """What a page says of levels: what the null is, what was left out, tables and figures."""

    null: Sequence[str]
    notes: Sequence[str]
    tables: Sequence[Table]
    figures: Sequence[Figure]


def level_parts(levels: Document) -> LevelParts:
    """The part of a page, for `levels.html.j2`."""
    return LevelParts(
        levels.get("null") or level_null(levels), level_notes(levels), level_tables(levels), level_figures(levels)
    )


def render_levels(document: Mapping[str, Any]) -> str:
    """The page of levels of one's own, as HTML.

    Args:
        document: that of `flowbt evaluate --levels` (interface.md), and manifest, where given.
    """
    levels = document.get("levels") or {}
    luck = [rule for rule in conventions.EVALUATION if rule[0] == "Luck"]
    return _render(
        "level_report.html.j2",
        document,
        title=document.get("levels_file") or "Levels",
        kind="Evaluation of levels",
        facts=[counted(int(document.get("sessions") or 0), "day") + " with levels"],
        answer=document.get("answer") or level_answer(levels),
        found=level_parts(levels),
        conventions=[*LEVEL_CONVENTIONS, *luck],
    )


def levels_text(document: Mapping[str, Any]) -> str:
    """The answer, what the null is, and the summary, as text."""
    levels = document.get("levels") or {}
    return _page(
        _heading(document, "levels_file"),
        _wrapped(document.get("answer") or level_answer(levels)),
        *(_wrapped(paragraph) for paragraph in [*(levels.get("null") or level_null(levels)), *level_notes(levels)]),
        to_text(summary_table(levels)),
        _where(document),
    )


def level_summary_text(levels: Document) -> str:
    """The part of levels in a signal's text: the answer and the summary."""
    return "\n\n".join([_wrapped(levels.get("answer") or level_answer(levels)), to_text(summary_table(levels))])
