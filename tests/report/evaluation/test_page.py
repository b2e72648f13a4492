"""The page of an evaluation: everything the document has, in order, and nothing it lacks."""

import json
import math
import re
from typing import Any

import pytest
from altair.utils.schemapi import debug_mode
from flowbt.report.evaluation.charts import stability_chart

from flowbt.report import render_evaluation
from flowbt.report.evaluation.page import SECTIONS
from flowbt.report.kit.page import Figure, figure

Document = dict[str, Any]

PARTS = (
    *("coverage", "family", "decay", "path", "delay", "calendar_time", "stability", "volatility", "rolling"),
    *("calibration", "thresholds", "incremental", "levels"),
)
OF_A_HORIZON = ("placebo", "direction", "three_classes", "information_coefficient", "verdicts")
HOSTILE = """</svg></style><script>alert(1)</script>"><img src=x onerror='alert(2)'>{{ 7 * 7 }}"""


def titles(document: Document) -> list[str]:
    return [section.title for build in SECTIONS if not (section := build(document)).is_empty()]


def unknown_words(page: str) -> bool:
    """Whether a reader would see a number that is none."""
    return bool(re.search(r">[^<]*\b(nan|NaN|None(?! of the)|null)\b", page.split("</style>")[1]))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without its charts, which take a second to draw."""
    monkeypatch.setattr("flowbt.report.evaluation.figures.figure", lambda title, note, *_: Figure(title, note, {}))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose charts are made and not drawn."""

    def made(title: str, note: str, draw: Any, wide: int = 1040) -> Figure:
        with debug_mode(False):
            return Figure(title, note, {"wide": str(len(json.dumps(draw(wide), allow_nan=False)))})

    monkeypatch.setattr("flowbt.report.evaluation.figures.figure", made)


@pytest.mark.usefixtures("quick")
def test_the_order_is_that_of_a_readers_questions(whole: Document, series: Document) -> None:
    assert titles(whole) == [
        "Hit rate against base rate",
        "Mean return after a verdict",
        "What there was to judge",
        "Could it be luck?",
        "When it comes",
        "As a daily portfolio, each verdict held 3 sessions",
        "Does it hold up?",
        "Size of moves, whichever way",
        "Beside what is known anyway",
        "The score behind the verdict",
        "Three classes",
    ]
    assert titles(series) == ["What followed low and high values", "Could it be luck?"]


def test_the_answer_comes_first_and_every_figure_has_a_note(whole: Document) -> None:
    page = render_evaluation(whole)
    answer, more = (page.index(words) for words in ("Bearish verdicts in SYN000", "With bullish counted up"))
    assert answer < more < page.index("<h2>") < page.index("<svg")
    assert page.count("<figure>") == 10
    assert len(re.findall(r'<p class="note">[^<]+</p>\s*<figure>', page)) == 10
    assert page.count("<details") == 8


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("nothing", [None, "absent"])
@pytest.mark.parametrize("part", [*PARTS, *OF_A_HORIZON])
def test_any_part_may_be_missing(whole: Document, part: str, nothing: Any) -> None:
    for owner in [whole, *whole["horizons"]]:
        if part in owner and nothing == "absent":
            del owner[part]
        elif part in owner:
            owner[part] = nothing
    assert not unknown_words(render_evaluation(whole))


@pytest.mark.usefixtures("quick")
def test_an_older_document_has_what_it_had(evaluation: Document) -> None:
    assert titles(evaluation) == ["Hit rate against base rate", "Mean return after a verdict"]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_number_that_is_not_known_is_neither_printed_nor_drawn(
    whole: Document, series: Document, missing: float | None
) -> None:
    def unknown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept if key in {"horizon", "date"} else unknown(kept) for key, kept in value.items()}
        if isinstance(value, list):
            return [unknown(kept) for kept in value]
        return missing if isinstance(value, float) else value

    for document in (whole, series):
        page = render_evaluation(unknown(document))
        assert not unknown_words(page)


def test_hostile_strings_stay_text(whole: Document) -> None:
    for row in [*whole["stability"], *whole["volatility"], *whole["path"]]:
        for key in {"by", "group", "outcome", "verdict"} & row.keys():
            row[key] = HOSTILE
    whole["incremental"][1]["controls"] = whole["incremental"][0]["controls"] = [HOSTILE]
    page = render_evaluation(whole)
    assert "<script" not in page
    assert "<img" not in page
    assert ">49<" not in page
    assert page.count("</style>") == 1


def test_a_figure_is_drawn_for_a_desk_and_for_a_telephone() -> None:
    drawn = figure("T", "N", lambda width: stability_chart([], width), 500)
    assert drawn.half
    assert [re.search(r'viewBox="0 0 (\d+)', drawn.drawings[name])[1] for name in ("wide", "narrow")] == ["500", "350"]  # type: ignore[index]
