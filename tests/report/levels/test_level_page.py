"""Charts, the page of levels, and its text."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import vl_convert

from flowbt.evaluation.levels import LevelStudy
from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.result import LevelEvaluation
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.metrics import FailedMetric
from flowbt.report.kit.axes import Width
from flowbt.report.kit.html import page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.text import WIDTH, page_text
from flowbt.report.levels.gravity_chart import gravity_chart
from flowbt.report.levels.page import level_page, level_section
from flowbt.report.levels.touches_chart import touches_chart

HOSTILE = """</title></style><script>alert(1)</script>{{ 7 * 7 }}"""
WIDTHS: list[Width] = [350, 1040]

MakeBarrier = Callable[..., Touches]
MakeTouch = Callable[..., TouchMeasure]


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for found in spec["datasets"].values() for row in found]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_charts_are_valid(study: LevelStudy, width: Width) -> None:
    for spec in (gravity_chart(study.gravity, width), touches_chart(study.touches, width)):
        assert spec["width"] == width
        assert vl_convert.vegalite_to_svg(spec).startswith("<svg")


def test_gravity_is_drawn_against_every_placebo_known(study: LevelStudy, pin: Gravity) -> None:
    every = [row for row in rows(gravity_chart(study.gravity)) if "tip" in row]
    assert {row["against"] for row in every} == {"other days", "mirror", "round strike", "prior close"}
    drawn = [row for row in rows(gravity_chart([pin])) if "tip" in row]
    assert {row["against"] for row in drawn} == {"other days", "mirror"}
    first = next(row for row in drawn if row["against"] == "other days")
    assert (round(first["value"], 2), round(first["low"], 2)) == (0.07, -0.08)


def test_touches_are_drawn_beside_chance(make_barrier: MakeBarrier) -> None:
    drawn = [row for row in rows(touches_chart([make_barrier()])) if "tip" in row]
    assert {row["mark"] for row in drawn} == {"level", "other days", "mirror", "formula"}
    assert "call wall above, 3 sessions, level: 41.0%" in {row["tip"] for row in drawn}


def test_without_intervals_there_are_dots(make_barrier: MakeBarrier, make_touch: MakeTouch) -> None:
    spec = touches_chart([make_barrier(touched=make_touch("touched", p_value=None))])
    assert not [row for row in rows(spec) if "low" in row]
    assert vl_convert.vegalite_to_svg(spec)


def test_figures_only_of_what_there_is(study: LevelStudy, empty: LevelStudy) -> None:
    def titles(of: LevelStudy) -> list[str]:
        return [figure.title for figure in level_section(of).figures]

    assert titles(study) == ["Gravity against placebo", "Touches against chance"]
    assert titles(replace(study, gravity=())) == ["Touches against chance"]
    assert titles(empty) == []


def test_the_page_contains_answer_null_and_tables(evaluation: LevelEvaluation) -> None:
    html = page_html(level_page(evaluation, {"flowbt_version": "1"}))
    for words in (
        "walls.csv", "not significant", "The null is a price", "Does it hold?", "Gravity against placebo", "62 days",
        "Provenance", "Inference",
    ):  # fmt: skip
        assert words in html
    assert "<script" not in html
    assert not re.search(
        r"\b(nan|NaN|None|null)\b",
        re.sub(r"<style>.*?</style>|The null is|None of the|>Null<|Null:", "", html, flags=re.DOTALL),
    )


def test_hostile_names_stay_text(evaluation: LevelEvaluation, make_barrier: MakeBarrier) -> None:
    hostile = replace(evaluation.levels, touches=(make_barrier(HOSTILE),), gravity=())
    html = page_html(level_page(replace(evaluation, levels_file=HOSTILE, levels=hostile)))
    assert "<script>alert" not in html
    assert "{{ 7 * 7 }}" in html


def test_a_study_of_nothing(evaluation: LevelEvaluation, empty: LevelStudy) -> None:
    html = page_html(level_page(replace(evaluation, levels=empty, first=None, last=None, sessions=0)))
    assert "nothing can be evaluated" in html
    assert level_section(empty).is_empty() or not level_section(empty).shown()


def test_the_text_fits_a_terminal(evaluation: LevelEvaluation) -> None:
    text = page_text(level_page(evaluation))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "…" not in text
    assert text.startswith("walls.csv\nSYN000 and SYN001\n")


def test_markdown_has_the_folded_tables_as_well(evaluation: LevelEvaluation) -> None:
    markdown = page_markdown(level_page(evaluation))
    assert markdown.startswith("# walls.csv")
    assert "### How much of the gap is closed" in markdown


def test_metrics_that_could_not_be_computed_are_listed(evaluation: LevelEvaluation) -> None:
    failed = replace(evaluation, failed_metrics=(FailedMetric("iv_30d", "division by zero", 2),))
    assert "division by zero (2 days)" in page_text(level_page(failed))
    assert "could not be computed" not in page_text(level_page(evaluation))
