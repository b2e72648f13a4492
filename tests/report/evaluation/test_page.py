"""The report of an evaluation as page, text and Markdown: everything the result has, in order, and nothing it lacks.

`FLOWBT_UPDATE_GOLDEN=1 pytest tests/report` writes the golden texts anew.
"""

import os
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from tests.report.evaluation.results import signal_of
from tests.report.kit.test_page import HOSTILE, Seen

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.metrics import FailedMetric
from flowbt.report.evaluation.page import evaluation_text, series_page, signal_page
from flowbt.report.kit.html import Sketch, page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.section import Page
from flowbt.report.kit.text import WIDTH

GOLDEN = Path(__file__).parents[2] / "golden"
PROVENANCE = {"data_version": {"chains": 3, "prices": 2}, "flowbt_version": "0.1.0"}
OPTIONAL = (
    *("decay", "path", "delay", "calendar_time", "stability", "move_sizes", "rolling", "thresholds"),
    *("levels", "run", "report"),
)


def titles(page: Page) -> list[str]:
    return [section.title for section in page.shown()]


def undrawn(page: Page) -> str:
    """The page without its charts, which take a second to draw."""
    figures = [figure for section in page.shown() for figure in section.figures]
    return page_html(page, {figure.title: Sketch(figure.title, figure.note, {}) for figure in figures})


def unknown_words(page: str) -> bool:
    """Whether a reader would see a number that is none."""
    return bool(re.search(r">[^<]*\b(nan|NaN|None(?! of the)|null)\b", page.split("</style>")[1]))


@pytest.mark.parametrize("kind", ["signal", "series"])
def test_golden(kind: str, signal: SignalEvaluation, series: SeriesEvaluation) -> None:
    text = evaluation_text(signal if kind == "signal" else series)
    golden = GOLDEN / f"report_{kind}.txt"
    if os.environ.get("FLOWBT_UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_the_order_is_that_of_a_readers_questions(signal: SignalEvaluation, series: SeriesEvaluation) -> None:
    assert titles(signal_page(signal)) == [
        "Hit rate",
        "Mean return",
        "Coverage",
        "Other tests",
        "Timing",
        "Daily portfolio, each verdict held for 3 sessions",
        "Stability",
        "Size of moves",
        "Added value",
        "Score",
        "Three classes",
    ]
    assert titles(series_page(series)) == ["Buckets", "Information coefficient", "Added value"]


def test_the_answer_comes_first_and_every_figure_has_a_note(signal: SignalEvaluation) -> None:
    html = page_html(signal_page(signal, PROVENANCE))
    answer, more = (html.index(words) for words in ("Bearish verdicts in SYN000", "The mean excess return in the"))
    assert answer < more < html.index("<h2>") < html.index("<svg")
    assert html.count("<figure>") == 10
    assert len(re.findall(r'<p class="note">[^<]+</p>\s*<figure>', html)) == 10
    assert html.count("<details") == 10
    for words in ("Method", "Provenance", "Parameters", "lookback", "data_version.chains"):
        assert words in html


def test_the_page_is_the_same_for_the_same_result(signal: SignalEvaluation) -> None:
    assert page_html(signal_page(signal)) == page_html(signal_page(signal))


@pytest.mark.parametrize("part", OPTIONAL)
def test_any_optional_part_may_be_missing(signal: SignalEvaluation, part: str) -> None:
    nothing: dict[str, None] = {part: None}
    page = signal_page(replace(signal, **nothing))  # type: ignore[arg-type] # the parts are optional, as is tested below
    assert not unknown_words(undrawn(page))


def test_the_optional_parts_are_those_without_which_a_result_can_be_made() -> None:
    optional = {each.name for each in fields(SignalEvaluation) if each.default is None}
    assert optional == set(OPTIONAL)


def test_nothing_is_printed_as_nan_or_none(signal: SignalEvaluation, series: SeriesEvaluation) -> None:
    for page in (signal_page(signal, PROVENANCE), series_page(series), signal_page(signal_of())):
        assert not unknown_words(undrawn(page))
        assert not re.search(r"\b(nan|NaN|null|None(?! of the))\b", page_markdown(page))


def test_a_signal_without_verdicts_has_an_answer_and_no_figures() -> None:
    html = page_html(signal_page(signal_of()))
    assert "No verdict in IWM from 2025-07-01 to 2026-06-30 is followed by a price" in html
    assert "<svg" not in html
    assert evaluation_text(signal_of()).splitlines()[0] == "flow_verdict"


def test_method_names_what_was_measured(signal: SignalEvaluation) -> None:
    names = [fact.name for fact in signal_page(signal).method]
    assert {"Decision", "Returns", "Excess return", "Base rate", "Minimum detectable", "Placebo", "Delay"} <= set(names)
    assert len(names) == len(set(names))
    assert "Placebo" not in [fact.name for fact in signal_page(signal_of()).method]
    early = signal_page(replace(signal, decision="pre_open"))
    assert "Decided before the next session's open" in early.facts[0]


def test_metrics_that_failed_are_listed_at_the_end(signal: SignalEvaluation) -> None:
    failed = replace(signal, failed_metrics=(FailedMetric("zero_gamma", "division by zero", 3),))
    assert titles(signal_page(failed))[-1] == "Not computed"
    assert "zero_gamma: division by zero (3 days)" in evaluation_text(failed)


def test_hostile_strings_stay_text(signal: SignalEvaluation) -> None:
    parts = tuple(replace(part, group=HOSTILE) for part in signal.stability or ())
    controls = tuple(replace(row, controls=(HOSTILE,)) for row in signal.incremental)
    evaluation = replace(
        signal,
        signal=HOSTILE,
        description=HOSTILE,
        answer=HOSTILE,
        run=HOSTILE,
        symbols=(HOSTILE, HOSTILE),
        parameters={HOSTILE: HOSTILE},
        stability=parts,
        incremental=controls,
        failed_metrics=(FailedMetric(HOSTILE, HOSTILE, 1),),
    )
    html = page_html(signal_page(evaluation, {"a": {HOSTILE: HOSTILE}}))
    seen = Seen(html)
    assert "49" not in seen.texts
    assert not {tag for tag, _ in seen.elements} & {"script", "img"}
    assert HOSTILE in seen.texts
    assert html.count("</style>") == 1


def test_nothing_is_wider_than_the_terminal(signal: SignalEvaluation, series: SeriesEvaluation) -> None:
    text = evaluation_text(signal) + evaluation_text(series)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "…" not in text


def test_a_name_cannot_send_control_characters_to_the_terminal(signal: SignalEvaluation) -> None:
    bad = replace(signal, signal="a\x1b]0;title\x07b", symbols=("\x1b[2J",), answer="x\x1by", report="\x1b[31m")
    text = evaluation_text(bad)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_an_evaluation_fits_two_screens(signal: SignalEvaluation) -> None:
    assert len(evaluation_text(signal).splitlines()) <= 60


def test_markdown_has_every_table(signal: SignalEvaluation) -> None:
    page = signal_page(signal)
    text = page_markdown(page)
    for section in page.shown():
        for table in (*section.shown(), *section.folded):
            assert not table.rows or f"# {table.title}\n" in text or f"# {section.title}\n" in text
    assert "## Method" in text
