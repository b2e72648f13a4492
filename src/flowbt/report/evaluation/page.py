"""The page of an evaluation: the answer first, then what matters most; what the document lacks is left out.

The order is that of a reader's questions: how often right and against what, how much it earned, how much could have been
seen, could it be luck, when does it come, does it last, is it about size rather than direction, does it add anything, is the
score honest. `SECTIONS` lists them; each takes the document and gives a `Section`, empty where there is nothing to show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flowbt.report.evaluation.answer import evaluation_answer
from flowbt.report.evaluation.figures import (
    bucket_figures,
    lift_figures,
    luck_figures,
    return_figures,
    score_figures,
    stability_figures,
    timing_figures,
)
from flowbt.report.evaluation.luck_tables import correlation_table, direction_table, placebo_table
from flowbt.report.evaluation.tables import (
    bucket_tests_table,
    buckets_table,
    calendar_table,
    calibration_table,
    decay_table,
    delay_table,
    incremental_table,
    stability_table,
    thresholds_table,
    volatility_table,
)
from flowbt.report.evaluation.verdict_tables import (
    classes_table,
    confusion_table,
    coverage_table,
    hit_rate_table,
    power_table,
    returns_table,
)
from flowbt.report.kit import conventions
from flowbt.report.kit.formats import counted, known
from flowbt.report.kit.page import Section, figure, not_computed, render, timing
from flowbt.report.kit.significance import headline
from flowbt.report.kit.table import Table
from flowbt.report.levels.page import level_section

Document = Mapping[str, Any]


def render_evaluation(document: Document) -> str:
    """The page of an evaluation, as HTML.

    Args:
        document: that of `flowbt evaluate` (interface.md), plus, where given, description, entry and manifest.
    """
    sessions = known(document.get("sessions"))
    return render(
        "evaluation.html.j2",
        document,
        title=document.get("signal") or document.get("series") or "Evaluation",
        kind="Evaluation",
        facts=[counted(int(sessions), "session")] if sessions is not None else [],
        answer=document.get("answer") or evaluation_answer(document),
        sections=[section for build in SECTIONS if not (section := build(document)).is_empty()],
        conventions=[*timing(document), *conventions.of_evaluation(document), *not_computed(document)],
    )


def _horizons(document: Document) -> Sequence[Document]:
    return document.get("horizons") or []


def _buckets(document: Document) -> Section:
    table = buckets_table(document)
    return Section(table.title, bucket_figures(document), [table, bucket_tests_table(document)])


def _hit_rates(document: Document) -> Section:
    table = hit_rate_table(_horizons(document))
    return Section(table.title, lift_figures(document), [table])


def _returns(document: Document) -> Section:
    table = returns_table(_horizons(document))
    return Section(table.title, return_figures(document), [table])


def _levels(document: Document) -> Section:
    if document.get("study") is None:
        return Section("Levels against placebo levels")
    made = level_section(document["study"])
    figures = [figure(each.title, each.note, each.draw, each.wide) for each in made.figures]
    return Section(made.title, figures, list(made.tables), list(made.folded), " ".join(made.sentences))


def _coverage(document: Document) -> Section:
    table = coverage_table(document)
    return Section(table.title, (), [table], [power_table(_horizons(document))] if table.rows else [])


def _luck(document: Document) -> Section:
    horizons = _horizons(document)
    tables = [placebo_table(horizons), direction_table(horizons), correlation_table(horizons)]
    return Section("Could it be luck?", luck_figures(document), tables)


def _timing(document: Document) -> Section:
    return Section("When it comes", timing_figures(document), folded=[decay_table(document), delay_table(document)])


def _portfolio(document: Document) -> Section:
    return _of_one(calendar_table(document))


def _stability(document: Document) -> Section:
    return Section("Does it hold up?", stability_figures(document), folded=[stability_table(document)])


def _sizes(document: Document) -> Section:
    return _of_one(volatility_table(document))


def _incremental(document: Document) -> Section:
    return _of_one(incremental_table(document))


def _scores(document: Document) -> Section:
    folded = [calibration_table(document), thresholds_table(document)]
    return Section("The score behind the verdict", score_figures(document), folded=folded)


def _classes(document: Document) -> Section:
    horizons = _horizons(document)
    answered = [found] if (found := headline(horizons)) else horizons
    shown = [classes_table(answered), confusion_table(answered)]
    every = [classes_table(horizons), confusion_table(horizons)] if len(horizons) > len(answered) else []
    folded = [replace(table, title=f"{table.title} at all horizons") for table in every]
    return Section("Three classes", (), shown, folded)


def _of_one(table: Table) -> Section:
    return Section(table.title, (), [table])


SECTIONS: Final[tuple[Callable[[Document], Section], ...]] = (
    _buckets,
    _hit_rates,
    _returns,
    _levels,
    _coverage,
    _luck,
    _timing,
    _portfolio,
    _stability,
    _sizes,
    _incremental,
    _scores,
    _classes,
)
