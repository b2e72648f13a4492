"""Charts of an evaluation as data: what is drawn, from which rows, and that Vega-Lite accepts it."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
import vl_convert

from flowbt.report.evaluation import charts as evaluation_charts
from flowbt.report.evaluation import score_charts, timing_charts
from flowbt.report.kit.axes import Spec, Width
from flowbt.report.kit.svg import to_svg

Document = dict[str, Any]
Make = Callable[..., dict[str, Any]]
Draw = Callable[[Document, Document, Width], Spec]

CHARTS: dict[str, Draw] = {
    "lift": lambda whole, _, width: evaluation_charts.lift_chart(whole["horizons"], width),
    "returns": lambda whole, _, width: evaluation_charts.returns_chart(whole["horizons"], width),
    "stability": lambda whole, _, width: evaluation_charts.stability_chart(whole["stability"], width),
    "placebo": lambda whole, _, width: evaluation_charts.placebo_chart(whole["horizons"][1]["placebo"], width),
    "path": lambda whole, _, width: timing_charts.path_chart(whole["path"], width),
    "decay": lambda whole, _, width: timing_charts.decay_chart(whole["decay"], width),
    "delay": lambda whole, _, width: timing_charts.delay_chart(whole["delay"]["lags"], width),
    "rolling": lambda whole, _, width: timing_charts.rolling_chart(whole["rolling"]["points"], width),
    "reliability": lambda whole, _, width: score_charts.reliability_chart(whole["calibration"]["bins"], width),
    "threshold": lambda whole, _, width: score_charts.threshold_chart(whole["thresholds"]["rows"], width),
    "return by bucket": lambda _, series, width: score_charts.buckets_chart(series["buckets"], "return", width),
    "size by bucket": lambda _, series, width: score_charts.buckets_chart(series["buckets"], "abs_return", width),
}


def rows(spec: Spec, *fields: str) -> list[dict[str, Any]]:
    """The rows a chart is drawn from that have these fields, each once."""
    found = [row for data in spec["datasets"].values() for row in data if set(fields) <= row.keys()]
    return [row for place, row in enumerate(found) if row not in found[:place]]


@pytest.mark.parametrize("width", [350, 500])
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_valid_vega_lite(whole: Document, series: Document, name: str, width: Width) -> None:
    spec = CHARTS[name](whole, series, width)
    assert spec["width"] == width
    assert spec["config"]["background"] == "transparent"
    alt.LayerChart.from_dict(json.loads(json.dumps(spec)), validate=True)
    svg = to_svg(spec, name, "x")
    assert svg.startswith("<svg")
    assert "<title>" in svg


@pytest.mark.parametrize("name", CHARTS)
def test_every_colour_of_a_chart_has_one_for_dark_mode(whole: Document, series: Document, name: str) -> None:
    svg = to_svg(CHARTS[name](whole, series, 500), name, "x")
    for part in svg.split("<")[1:]:
        for paint in ("fill", "stroke"):
            if f'{paint}="#' in part:
                assert f" {paint[0]}-" in part.replace('class="', 'class=" '), part


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_nothing_is_still_drawn(name: str) -> None:
    horizon = {"horizon": 3, "placebo": {}, "verdicts": {}}
    nothing: Document = {
        "horizons": [horizon, horizon],
        "delay": {"lags": []},
        "rolling": {"points": []},
        "calibration": {"bins": []},
        "thresholds": {"rows": []},
        "stability": [],
        "path": [],
        "decay": [],
    }
    assert vl_convert.vegalite_to_svg(CHARTS[name](nothing, {"buckets": []}, 350)).startswith("<svg")


def test_lift_stands_in_points_under_its_verdict_with_the_base_rate_beside(
    make_evaluation: Make, make_cell: Make
) -> None:
    horizons = make_evaluation(bearish=make_cell())["horizons"]
    heading, row = rows(evaluation_charts.lift_chart(horizons), "line")
    assert heading["line"] == "0#|bearish"
    assert (row["line"], row["value"], row["low"], row["high"]) == ("1|3 sessions", pytest.approx(2.01), -11, 15)
    assert row["text"] == "48% v 46%"
    assert row["tip"] == (
        "bearish, 3 sessions, n = 41: hit rate 48.0%, base rate 46.0%, lift +2.0 points (−11 to +15), p = 0.60"
    )


def test_an_interval_on_few_verdicts_is_not_drawn(make_evaluation: Make, make_cell: Make) -> None:
    horizons = make_evaluation(bearish=make_cell(n=4))["horizons"]
    for chart in (evaluation_charts.lift_chart, evaluation_charts.returns_chart):
        assert [row["low"] for row in rows(chart(horizons), "value", "tip")] == [None]


def test_what_is_not_known_is_not_drawn(make_evaluation: Make, make_cell: Make) -> None:
    cells = {"bearish": make_cell(base_rate=None), "bullish": make_cell(mean_excess_return=float("nan"))}
    horizons = make_evaluation(**cells)["horizons"]
    assert [row["heading"] for row in rows(evaluation_charts.lift_chart(horizons), "heading")] == ["bullish"]
    assert [row["verdict"] for row in rows(evaluation_charts.returns_chart(horizons), "verdict")] == ["bearish"]


def test_of_many_symbols_left_out_the_extremes_are_drawn() -> None:
    groups = [{"by": "without", "group": f"S{i:03d}", "n": 90, "signed_excess": i / 1e4} for i in range(60)]
    drawn = rows(evaluation_charts.stability_chart(groups), "label")
    assert [row["label"] for row in drawn] == [
        *("S000", "S001", "S002", "S003", "S004", "S055", "S056", "S057", "S058", "S059"),
    ]


def test_the_placebo_has_its_bars_its_bounds_and_the_observed_value(whole: Document) -> None:
    placebo = whole["horizons"][1]["placebo"]
    spec = evaluation_charts.placebo_chart(placebo)
    assert sum(row["count"] for row in rows(spec, "count")) == sum(bar["count"] for bar in placebo["histogram"])
    at = [layer["encoding"]["x"].get("datum") for layer in spec["layer"]]
    assert at == [None, placebo["low"], placebo["high"], placebo["statistic"], placebo["statistic"]]


def test_acting_early_is_marked_as_not_tradable(whole: Document) -> None:
    found = rows(timing_charts.delay_chart(whole["delay"]["lags"]), "lag")
    assert [(row["lag"], row["when"]) for row in found][:2] == [("−1", "not tradable"), ("0", "could be traded")]
    assert found[0]["tip"].startswith("one session early: +1.42%")


def test_windows_keep_their_order(whole: Document) -> None:
    spec = timing_charts.decay_chart(whole["decay"])
    scales = [layer["encoding"]["x"]["scale"]["domain"] for layer in spec["layer"] if "x" in layer["encoding"]]
    assert scales == [["0–1", "1–2", "2–3", "3–5", "5–10", "10–20"]] * 2


def test_a_path_has_one_tip_a_session_for_all_verdicts(whole: Document) -> None:
    found = rows(timing_charts.path_chart(whole["path"]), "session", "tip")
    assert len(found) == 26
    assert found[0]["tip"].startswith("session −5: bearish ")
    assert "; bullish " in found[0]["tip"]


def test_the_diagonal_spans_the_bins_and_counts_do_not_touch(whole: Document) -> None:
    bins = [{"predicted": i / 64, "observed": 0.5, "n": 10 + i} for i in range(60)]
    spec = score_charts.reliability_chart(bins, 350)
    diagonal = [(row["predicted"], row["value"]) for row in rows(spec, "value") if "n" not in row]
    assert diagonal == [(0.0, 0.0), (59 / 64, 59 / 64)]
    labels = [row["predicted"] for row in rows(spec, "count")]
    assert len(labels) <= 9
    assert min(b - a for a, b in pairwise(labels)) >= 59 / 64 / 8
    assert len(rows(score_charts.reliability_chart(whole["calibration"]["bins"], 500), "count")) == 10


def test_hostile_names_stay_text() -> None:
    bad = "x'|]); alert(1) #|<script>"
    groups = [{"by": bad, "group": bad, "n": 90, "signed_excess": 0.001, "ci": [0, 0.002]}]
    svg = to_svg(evaluation_charts.stability_chart(groups, 500), bad, "x")
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
