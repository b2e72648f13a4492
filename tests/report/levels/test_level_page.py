"""Charts, the page of levels, and its text."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import vl_convert

from flowbt.report.kit.axes import Width
from flowbt.report.kit.text import WIDTH
from flowbt.report.levels.charts import gravity_chart, touches_chart
from flowbt.report.levels.figures import level_figures
from flowbt.report.levels.page import levels_text, render_levels

Document = dict[str, Any]
Make = Callable[..., Document]
HOSTILE = """</title></style><script>alert(1)</script>{{ 7 * 7 }}"""
WIDTHS: list[Width] = [350, 1040]


@pytest.fixture
def document(section: Document) -> Document:
    return {
        "levels_file": "walls.csv", "symbols": ["IWM"], "from": "2026-05-26", "to": "2026-08-21", "sessions": 62,
        "levels": section, "report": "reports/x/report.html",
    }  # fmt: skip


def rows(spec: Document) -> list[Document]:
    return [row for found in spec["datasets"].values() for row in found]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_charts_are_valid(section: Document, width: Width) -> None:
    for spec in (gravity_chart(section["gravity"], width), touches_chart(section["touches"], width)):
        assert spec["width"] == width
        assert vl_convert.vegalite_to_svg(spec).startswith("<svg")


def test_gravity_is_drawn_against_every_placebo_known(section: Document) -> None:
    drawn = [row for row in rows(gravity_chart(section["gravity"])) if "tip" in row]
    assert {row["against"] for row in drawn} == {"other days", "mirror"}
    first = next(row for row in drawn if row["against"] == "other days")
    assert (round(first["value"], 2), round(first["low"], 2)) == (0.07, -0.08)


def test_touches_are_drawn_beside_chance(section: Document) -> None:
    drawn = [row for row in rows(touches_chart(section["touches"])) if "tip" in row]
    assert {row["mark"] for row in drawn} == {"level", "other days", "mirror", "formula"}
    assert "call wall above, 3 sessions, level: 41.0%" in {row["tip"] for row in drawn}


def test_without_intervals_there_are_dots(make_barrier: Make, make_measure: Make) -> None:
    spec = touches_chart([make_barrier(touched=make_measure("touched", p_value=None))])
    assert not [row for row in rows(spec) if "low" in row]
    assert vl_convert.vegalite_to_svg(spec)


def test_figures_only_of_what_there_is(section: Document) -> None:
    assert [figure.title for figure in level_figures(section)] == ["Gravity against placebo", "Touches against chance"]
    assert [figure.title for figure in level_figures({"touches": section["touches"]})] == ["Touches against chance"]
    assert level_figures({}) == []


def test_the_page_holds_answer_null_and_tables(document: Document) -> None:
    page = render_levels(document)
    for words in (
        "walls.csv",
        "within luck",
        "The null is a price",
        "Does it hold?",
        "Gravity against placebo",
        "62 days",
    ):
        assert words in page
    assert "<script" not in page
    assert not re.search(
        r"\b(nan|NaN|None|null)\b",
        re.sub(r"<style>.*?</style>|The null is|None of the|>Null<|Null:", "", page, flags=re.DOTALL),
    )


def test_hostile_names_stay_text(document: Document, section: Document) -> None:
    for row in section["touches"]:
        row["kind"] = HOSTILE
    page = render_levels(document | {"levels_file": HOSTILE})
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page


def test_a_section_of_nothing(document: Document) -> None:
    page = render_levels(document | {"levels": {}, "sessions": 0})
    assert "nothing can be said" in page


def test_the_text_fits_a_terminal(document: Document) -> None:
    said = levels_text(document)
    assert all(len(line) <= WIDTH for line in said.splitlines())
    assert said.startswith("walls.csv · IWM · 2026-05-26 to 2026-08-21")
    assert "Report: reports/x/report.html" in said
