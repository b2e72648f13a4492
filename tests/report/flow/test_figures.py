from dataclasses import replace

import pytest
from tests.report.flow.hand_made import CHARTS, FACTS

from flowbt.flow.chart_data import ChartData
from flowbt.flow.report import FlowReport
from flowbt.report.flow.figures import levels_drawn, positioning_figures, premium_figure
from flowbt.report.flow.money import Money
from flowbt.report.kit.html import draw, sketch
from flowbt.report.kit.section import Figure

USD = Money.on("XNYS")


def figures(report: FlowReport) -> list[Figure]:
    return [*premium_figure(report.charts.history, USD), *positioning_figures(report, USD)]


@pytest.mark.parametrize("place", range(4))
def test_a_figure_is_drawn_for_desk_and_telephone_and_has_a_note(place: int) -> None:
    drawing = draw(sketch(figures(FACTS)[place]))
    assert drawing.drawings.keys() == ({"either"} if drawing.half else {"wide", "narrow"})
    assert all(svg.startswith("<svg") for svg in drawing.drawings.values())
    assert drawing.note.endswith(".")
    assert drawing.half == (drawing.title != "Open interest by strike")


def test_without_rows_there_is_no_figure() -> None:
    assert figures(replace(FACTS, charts=ChartData())) == []


def test_sessions_without_premium_are_no_figure() -> None:
    assert premium_figure([replace(row, net_premium=None) for row in CHARTS.history], USD) == ()


def test_the_levels_that_are_drawn() -> None:
    assert levels_drawn(FACTS) == {
        "spot": 100.0, "call wall": 105.0, "put wall": 95.0, "max pain": 98.0, "zero gamma": 100.3,
    }  # fmt: skip
    assert levels_drawn(replace(FACTS, max_pain=()))["max pain"] is None
