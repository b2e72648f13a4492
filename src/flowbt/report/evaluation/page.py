"""The report of an evaluation: its sections in order, as page, text and Markdown."""

from collections.abc import Mapping
from typing import Any

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.report.evaluation import (
    buckets,
    calendar_time,
    calibration,
    coverage,
    decay,
    delay,
    direction,
    event_path,
    family,
    hit_rates,
    incremental,
    information_coefficient,
    mean_returns,
    move_size,
    other_tests,
    placebo,
    prices,
    rolling,
    stability,
    three_classes,
    thresholds,
)
from flowbt.report.evaluation.answer import signal_answer
from flowbt.report.evaluation.series_answer import series_answer
from flowbt.report.kit.formats import counted, day, listed, printable
from flowbt.report.kit.not_computed import not_computed
from flowbt.report.kit.section import Fact, Page, Section
from flowbt.report.kit.text import page_text
from flowbt.report.levels.page import level_section


def signal_page(evaluation: SignalEvaluation, provenance: Mapping[str, Any] | None = None) -> Page:
    """The report of a signal.

    Args:
        evaluation: the result.
        provenance: what the run was computed from.
    """
    decided = "Decided before the next session's open" if evaluation.decision == "pre_open" else ""
    facts = (
        listed(evaluation.symbols, most=8),
        _period(evaluation),
        counted(evaluation.sessions, "session"),
        decided,
    )
    return Page(
        title=evaluation.signal,
        kind="Evaluation",
        answer=tuple((evaluation.answer or signal_answer(evaluation)).split("\n\n")),
        sections=_signal_sections(evaluation),
        facts=(" · ".join(filter(None, facts)),),
        description=evaluation.description,
        run=evaluation.run or "",
        method=_signal_method(evaluation),
        parameters=evaluation.parameters,
        provenance=provenance,
    )


def series_page(evaluation: SeriesEvaluation, provenance: Mapping[str, Any] | None = None) -> Page:
    """The report of a series; arguments as of `signal_page`."""
    correlations = [(each.horizon, each.information_coefficient) for each in evaluation.horizons]
    return Page(
        title=evaluation.series,
        kind="Evaluation",
        answer=tuple((evaluation.answer or series_answer(evaluation)).split("\n\n")),
        sections=(
            buckets.section(evaluation.buckets, evaluation.bucket_tests),
            information_coefficient.section(correlations),
            incremental.section(evaluation.incremental),
        ),
        facts=(f"{evaluation.column} · {_period(evaluation)} · {counted(evaluation.sessions, 'session')}",),
        run=evaluation.run or "",
        method=(prices.ENTRIES[evaluation.entry], *prices.METHOD, *buckets.METHOD, *incremental.METHOD),
        provenance=provenance,
    )


def evaluation_text(evaluation: SignalEvaluation | SeriesEvaluation) -> str:
    """The report as text for a terminal, with the path of its page."""
    page = signal_page(evaluation) if isinstance(evaluation, SignalEvaluation) else series_page(evaluation)
    text = page_text(page)
    return f"{text}\n{printable(f'Report: {evaluation.report}')}\n" if evaluation.report else text


def _period(evaluation: SignalEvaluation | SeriesEvaluation) -> str:
    return f"{day(evaluation.first)} to {day(evaluation.last)}"


def _signal_sections(evaluation: SignalEvaluation) -> tuple[Section, ...]:
    horizons = evaluation.horizons
    portfolio, rates, other = evaluation.calendar_time, evaluation.rolling, evaluation.thresholds
    return (
        hit_rates.section(horizons),
        mean_returns.section(horizons, evaluation.excess_over),
        _levels(evaluation),
        coverage.section(evaluation.coverage, horizons),
        other_tests.section(horizons),
        _group(
            "Timing",
            event_path.section(evaluation.path or ()),
            decay.section(evaluation.decay or ()),
            *([delay.section(evaluation.delay)] if evaluation.delay else []),
        ),
        *([calendar_time.section(portfolio)] if portfolio else []),
        _group(
            "Stability",
            stability.section(evaluation.stability or ()),
            *([rolling.section(rates)] if rates else []),
            detail=True,
        ),
        move_size.section(evaluation.move_sizes or ()),
        incremental.section(evaluation.incremental),
        _group(
            "Score",
            calibration.section(evaluation.calibration),
            *([thresholds.section(other)] if other else []),
            detail=True,
        ),
        three_classes.section(horizons),
        not_computed(evaluation.failed_metrics),
    )


def _signal_method(evaluation: SignalEvaluation) -> tuple[Fact, ...]:
    always = (
        prices.DECISIONS[evaluation.decision],
        prices.ENTRIES[evaluation.entry],
        *mean_returns.METHOD[evaluation.excess_over],
        *hit_rates.METHOD,
        *prices.METHOD,
        *family.METHOD,
        *direction.METHOD,
        *three_classes.METHOD,
        *calibration.METHOD,
        *incremental.METHOD,
    )
    if evaluation.decay is None:
        return always
    directional = (placebo, event_path, delay, calendar_time, move_size, rolling)
    return (*always, *(fact for question in directional for fact in question.METHOD))


def _group(title: str, *parts: Section, detail: bool = False) -> Section:
    """Several questions under one heading, their figures side by side."""
    return Section(
        title,
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        figures=tuple(figure for part in parts for figure in part.figures),
        tables=tuple(table for part in parts for table in part.tables),
        folded=tuple(table for part in parts for table in part.folded),
        detail=detail,
    )


def _levels(evaluation: SignalEvaluation) -> Section:
    """The levels of the signal against chance."""
    return level_section(evaluation.levels) if evaluation.levels else Section("Levels")
