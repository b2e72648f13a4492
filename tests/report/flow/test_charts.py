import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.report.flow.hand_made import CHARTS as ROWS
from tests.report.flow.hand_made import make_report

from flowbt.flow.chart_data import SessionFlow, StrikeHoldings
from flowbt.flow.report import FlowReport
from flowbt.report.flow import charts
from flowbt.report.flow.figures import levels_drawn
from flowbt.report.flow.money import Money
from flowbt.report.kit.axes import Spec, Width
from flowbt.report.kit.palette import COLOURS
from flowbt.report.kit.svg import to_svg

Draw = Callable[[FlowReport, Width], Spec]
USD = Money.on("XNYS")
CHARTS: dict[str, Draw] = {
    "oi_by_strike": lambda report, width: charts.open_interest_chart(
        report.charts.oi_by_strike, levels_drawn(report), USD, width
    ),
    "history": lambda report, width: charts.premium_chart(report.charts.history, USD, width),
    "gex_profile": lambda report, width: charts.gamma_chart(
        report.charts.gex_profile, levels_drawn(report), USD, width
    ),
    "max_pain": lambda report, width: charts.max_pain_chart(report.charts.max_pain, report.spot, USD, width),
}
WIDTHS = [350, 500, 1040]


def rows(spec: Spec, name: str) -> list[dict[str, Any]]:
    """The rows by a name."""
    return next((source["values"] for source in spec["data"] if source["name"] == name), [])


def texts(svg: str) -> list[str]:
    """What is written in a drawing: labels of axes and legends."""
    return [piece.partition("<")[0] for piece in svg.split("<text")[1:] for piece in [piece.partition(">")[2]]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_drawn_with_tooltips_and_without_anything_unknown(name: str, width: int) -> None:
    svg = to_svg(CHARTS[name](make_report(), width), name, "x")
    assert svg.startswith("<svg")
    assert "<title>" in svg
    assert not {"NaN", "undefined", "null", "None", "Infinity"} & set(svg.replace('"', " ").replace(",", " ").split())
    drawn_width = float(svg.partition('viewBox="')[2].split()[2])
    assert drawn_width <= width + 1


@pytest.mark.parametrize("name", CHARTS)
def test_a_full_day_is_drawn_within_its_width(name: str, april: FlowReport) -> None:
    for width in WIDTHS:
        svg = to_svg(CHARTS[name](april, width), name, "x")
        assert float(svg.partition('viewBox="')[2].split()[2]) <= width + 1


@pytest.mark.parametrize("name", CHARTS)
def test_every_colour_of_a_chart_has_one_for_dark_mode(name: str, april: FlowReport) -> None:
    for report in (make_report(), april):
        svg = to_svg(CHARTS[name](report, 500), name, "x")
        for part in svg.split("<")[1:]:
            for paint in ("fill", "stroke"):
                if f'{paint}="#' in part:
                    assert f" {paint[0]}-" in part.replace('class="', 'class=" '), part


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_holds_the_rows_of_its_own_day_alone(name: str) -> None:
    facts = make_report()
    other = make_report(
        spot=91.5,
        charts=replace(
            ROWS,
            oi_by_strike=tuple(replace(row, calls=7) for row in ROWS.oi_by_strike),
            history=tuple(replace(row, net_premium=-5.0) for row in ROWS.history),
            gex_profile=tuple(replace(row, gex=3e6) for row in ROWS.gex_profile),
            max_pain=tuple(replace(row, max_pain=94.0) for row in ROWS.max_pain),
        ),
    )
    first = json.dumps(CHARTS[name](facts, 500), default=str)
    second = json.dumps(CHARTS[name](other, 500), default=str)
    assert first != second
    assert json.dumps(CHARTS[name](facts, 500), default=str) == first
    assert json.dumps(CHARTS[name](other, 500), default=str) == second


def test_calls_go_up_and_puts_down() -> None:
    bars = rows(CHARTS["oi_by_strike"](make_report(), 1040), "rows")
    assert bars[2:4] == [
        {"low": 90.65, "high": 91.35, "value": 100, "what": "calls", "tip": "$91: 100 calls"},
        {"low": 90.65, "high": 91.35, "value": -900, "what": "puts", "tip": "$91: 900 puts"},
    ]
    assert len(bars) == 2 * 21


def test_a_telephone_shows_the_strikes_around_the_spot() -> None:
    near = make_report(spot=100.5)
    assert len(rows(CHARTS["oi_by_strike"](near, 350), "rows")) == 2 * len(range(93, 109))
    far = make_report(spot=300.0)
    assert len(rows(CHARTS["oi_by_strike"](far, 350), "rows")) == 2 * 21
    nowhere = make_report(spot=None)
    assert len(rows(CHARTS["oi_by_strike"](nowhere, 350), "rows")) == 2 * 21


def test_one_strike_is_drawn() -> None:
    spec = charts.open_interest_chart([StrikeHoldings(95.0, 0, 10)], {"spot": 95.0}, USD, 350)
    assert "<title>$95: 10 puts</title>" in to_svg(spec, "", "x")


@pytest.mark.parametrize("outside", [89.9, 110.1, None, float("nan")])
def test_a_level_outside_or_unknown_is_neither_drawn_nor_named(outside: float | None) -> None:
    report = make_report()
    marks = levels_drawn(report) | {"put wall": outside}
    spec = charts.open_interest_chart(report.charts.oi_by_strike, marks, USD, 500)
    assert [line["what"] for line in rows(spec, "lines")] == ["spot", "call wall", "max pain", "zero gamma"]
    assert "put wall" not in to_svg(spec, "", "x")


def test_levels_are_named_in_the_legend_with_their_dashes() -> None:
    spec = CHARTS["oi_by_strike"](make_report(), 350)
    svg = to_svg(spec, "", "x")
    named = [text for text in texts(svg) if text in charts.MARKS]
    assert named == list(charts.MARKS)
    for dash in charts.DASHES.values():
        assert svg.count(f'stroke-dasharray="{",".join(map(str, dash))}"') == (4 if dash == (6, 3) else 2)


def test_without_levels_there_are_bars_alone() -> None:
    svg = to_svg(charts.open_interest_chart(ROWS.oi_by_strike, {}, USD, 500), "", "x")
    assert not set(texts(svg)) & set(charts.MARKS)


def test_premium_is_coloured_by_verdict() -> None:
    spec = CHARTS["history"](make_report(), 500)
    assert [(row["value"], row["what"]) for row in rows(spec, "rows")] == [
        (-1e6, "no verdict"),
        (-2e6, "bullish"),
        (-5e6, "bearish"),
    ]
    assert rows(spec, "rows")[2]["tip"] == "2026-01-05: −$5.0M, bearish (score −0.62)"
    svg = to_svg(spec, "", "x")
    assert [text for text in texts(svg) if text in charts.PREMIUM] == list(charts.PREMIUM)
    for colour in ("vermilion", "blue", "pale"):
        assert f"f-{colour}" in svg


def test_a_session_without_premium_is_not_drawn() -> None:
    first, *rest = ROWS.history
    history = [replace(first, net_premium=None), *rest]
    assert [row["date"] for row in rows(charts.premium_chart(history, USD, 500), "rows")] == [
        "2026-01-02",
        "2026-01-05",
    ]
    nothing = charts.premium_chart([replace(row, net_premium=None) for row in history], USD, 500)
    assert to_svg(nothing, "", "x").startswith("<svg")


@pytest.mark.parametrize("sessions", [1, 2, 63, 252, 2_520])
@pytest.mark.parametrize("width", [350, 1040])
def test_a_history_of_any_length_is_drawn_to_the_edges(sessions: int, width: int) -> None:
    history = [
        SessionFlow(date(2016, 1, 1) + timedelta(days=place), 1e6, None, None, None) for place in range(sessions)
    ]
    svg = to_svg(charts.premium_chart(history, USD, width), "", "x")
    assert svg.count("<title>") == sessions
    assert float(svg.partition('viewBox="')[2].split()[2]) <= width + 1


def test_neighbouring_days_share_a_compiled_chart() -> None:
    from flowbt.report.kit import axes as drawing  # noqa: PLC0415

    report = make_report()
    CHARTS["history"](report, 500)
    before = drawing._compiled.cache_info().misses
    history = tuple(replace(row, date=row.date + timedelta(days=1)) for row in ROWS.history)
    CHARTS["history"](make_report(charts=replace(ROWS, history=history)), 500)
    assert drawing._compiled.cache_info().misses == before


def test_gamma_over_the_price() -> None:
    spec = CHARTS["gex_profile"](make_report(), 500)
    assert rows(spec, "rows")[0] == {"at": 90.0, "value": -10e6, "tip": "$90: −$10.0M"}
    assert [line["what"] for line in rows(spec, "lines")] == ["spot", "zero gamma"]
    assert rows(CHARTS["gex_profile"](make_report(spot=200.0), 500), "lines")[0]["what"] == "zero gamma"


def test_max_pain_against_the_spot_and_the_expected_move() -> None:
    spec = CHARTS["max_pain"](make_report(), 500)
    assert rows(spec, "rows")[0] == {
        "expiry": "9 Jan",
        "low": 97.5,
        "high": 98.5,
        "value": 98.0,
        "what": "max pain",
        "tip": "2026-01-09: $98, spot +2.0% over it",
    }
    assert rows(spec, "moves") == [{"expiry": "9 Jan", "value": 96.6, "high": 103.4, "what": "expected move"}]
    assert [text for text in texts(to_svg(spec, "", "x")) if text in charts.PAIN] == list(charts.PAIN)


def test_max_pain_without_a_spot() -> None:
    spec = CHARTS["max_pain"](make_report(spot=None), 350)
    assert (rows(spec, "moves"), rows(spec, "here")) == ([], [])
    assert rows(spec, "rows")[0]["tip"] == "2026-01-09: $98"
    assert [text for text in texts(to_svg(spec, "", "x")) if text in charts.PAIN] == ["max pain"]


def test_the_colours_of_levels_are_of_the_palette() -> None:
    palette = {colour.light for colour in COLOURS.values()}
    assert {*charts.MARKS.values(), *charts.SIDES.values(), *charts.PAIN.values(), *charts.PREMIUM.values()} <= palette
    assert charts.MARKS.keys() == charts.DASHES.keys()
