"""Levels on a page and as text: a section of a signal's page, or the page and text of levels of one's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flowbt.report.kit.failed_metrics import failed_sentence
from flowbt.report.kit.formats import counted
from flowbt.report.kit.page import Section, not_computed, render
from flowbt.report.kit.significance import Document
from flowbt.report.kit.text import _heading, _page, _paragraphs, _where, _wrapped, to_text
from flowbt.report.levels.answer import level_answer, level_notes, level_null
from flowbt.report.levels.figures import level_figures
from flowbt.report.levels.tables import level_tables, summary_table

CONVENTIONS: Final = (
    (
        "Known at",
        "A level of a day is compared with the close of that day; it can be touched from the next session on.",
    ),
    (
        "Prices",
        "As traded, as strikes are, so without dividends; over a split levels are carried as strikes are: it is taken from the "
        "splits on file, or from adjusted closes that change by more than a fifth in one session.",
    ),
    ("Sessions", "Those of each symbol's own exchange; of a file of prices, its days, unless --exchange names one."),
    (
        "Luck",
        "Levels persist and windows overlap, so days are not independent: standard errors are those of the daily series of what "
        "each session adds (Newey-West with a wide bandwidth, fixed-b critical values), with Student's t where few windows do "
        "not overlap; with fewer than ten nothing is said. In the regression each session's move is booked on its own session. "
        "Intervals are 95%, p-values two-sided.",
    ),
)


def level_section(levels: Document) -> Section:
    """The part of a page: what the null is, the summary and the figures in sight, the other tables folded."""
    summary, *others = level_tables(levels) or [summary_table(levels)]
    noted = replace(summary, note=" ".join([summary.note, *level_notes(levels)]))
    said = " ".join(levels.get("null") or level_null(levels))
    return Section("Levels against chance", level_figures(levels), [noted], others, said)


def render_levels(document: Mapping[str, Any]) -> str:
    """The page of levels of one's own, as HTML.

    Args:
        document: that of `flowbt evaluate --levels` (interface.md), and manifest, where given.
    """
    levels = document.get("levels") or {}
    section = level_section(levels)
    return render(
        "evaluation.html.j2",
        document,
        title=document.get("levels_file") or "Levels",
        kind="Evaluation of levels",
        facts=[f"{counted(int(document.get('sessions') or 0), 'day')} with levels"],
        answer=document.get("answer") or level_answer(levels),
        sections=[] if section.is_empty() else [section],
        conventions=[*CONVENTIONS, *not_computed(document)],
    )


def levels_text(document: Mapping[str, Any]) -> str:
    """The answer, what the null is, and the summary, as text."""
    levels = document.get("levels") or {}
    return _page(
        _heading(document, "levels_file"),
        _paragraphs(document.get("answer") or level_answer(levels)),
        *(_wrapped(paragraph) for paragraph in [*(levels.get("null") or level_null(levels)), *level_notes(levels)]),
        to_text(summary_table(levels)),
        _wrapped(failed_sentence(document)),
        _where(document),
    )
