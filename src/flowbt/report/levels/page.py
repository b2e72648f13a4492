"""A level study as a section of a report, and the page of the levels of a file."""

from collections.abc import Mapping
from typing import Any

from flowbt.evaluation.levels.result import LevelEvaluation
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.report.kit.formats import counted, day, listed
from flowbt.report.kit.section import Fact, Page, Section
from flowbt.report.levels.answer import level_answer
from flowbt.report.levels.drift import drift_table
from flowbt.report.levels.gap_regression import gap_table
from flowbt.report.levels.gravity import gravity_figure, gravity_table
from flowbt.report.levels.holding import held_table
from flowbt.report.levels.inputs import input_items, kinds_table
from flowbt.report.levels.method import METHOD, level_null
from flowbt.report.levels.reversal import reversal_table
from flowbt.report.levels.summary import summary_table
from flowbt.report.levels.touches import touched_figure, touched_table


def level_section(study: LevelStudy) -> Section:
    """Levels against placebo levels: the null, figures, the summary, what was left out, and the other tables folded."""
    tables = (
        kinds_table(study),
        gravity_table(study.gravity),
        gap_table(study.gravity),
        reversal_table(study.gravity),
        touched_table(study.touches),
        held_table(study.touches),
        drift_table(study.touches),
    )
    figures = (gravity_figure(study.gravity), touched_figure(study.touches))
    return Section(
        "Levels against placebo levels",
        sentences=study.null or level_null(study),
        figures=tuple(figure for figure in figures if figure is not None),
        tables=(summary_table(study),),
        items=input_items(study),
        folded=tuple(table for table in tables if table.rows),
    )


def level_page(evaluation: LevelEvaluation, provenance: Mapping[str, Any] | None = None) -> Page:
    """The report of the levels of a file.

    Args:
        evaluation: with its answer.
        provenance: what the run was computed from, where it is known.
    """
    days = ""
    if evaluation.first is not None and evaluation.last is not None:
        days = f"{day(evaluation.first)} to {day(evaluation.last)}"
    return Page(
        title=evaluation.levels_file,
        kind="Evaluation of levels",
        answer=tuple((evaluation.answer or level_answer(evaluation.levels)).split("\n\n")),
        sections=(level_section(evaluation.levels), _not_computed(evaluation)),
        facts=(listed(evaluation.symbols, most=8), days, f"{counted(evaluation.sessions, 'day')} with levels"),
        run=evaluation.run or "",
        method=METHOD,
        provenance=provenance,
    )


def _not_computed(evaluation: LevelEvaluation) -> Section:
    """Metrics that could not be computed, and on how many days."""
    sentence = "They are null on those days, and so is everything computed from them."
    facts = tuple(
        Fact(metric.metric, f"{metric.reason} ({counted(metric.sessions, 'day')})")
        for metric in evaluation.failed_metrics
    )
    return Section("Metrics that could not be computed", (sentence,) if facts else (), facts)
