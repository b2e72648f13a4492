"""Charts of an evaluation as data: what is drawn, from which rows, and that Vega-Lite accepts it."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from tests.report.evaluation.results import CELL, horizon_of

from flowbt.evaluation.calibration import CalibrationBin
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.evaluation.stability import StabilityPart
from flowbt.report.evaluation import (
    calibration,
    decay,
    delay,
    event_path,
    hit_rates,
    mean_returns,
    placebo,
    rolling,
    stability,
    thresholds,
)
from flowbt.report.evaluation.buckets import buckets_chart
from flowbt.report.evaluation.page import series_page, signal_page
from flowbt.report.evaluation.rows import directional_rows, verdict_rows
from flowbt.report.kit.section import Figure, Spec
from flowbt.report.kit.svg import to_svg

TITLES = (
    *(
        "Hit rate",
        "Mean return",
        "Placebo",
        "Event path",
        "Decay",
        "Delay",
        "Stability",
        "Rolling hit rate",
        "Calibration",
    ),
    *("Thresholds", "Mean absolute return"),
)


def rows(spec: Spec, *fields: str) -> list[dict[str, Any]]:
    """The rows a chart is drawn from that have these fields, each once."""
    found = [row for data in spec["datasets"].values() for row in data if set(fields) <= row.keys()]
    return [row for place, row in enumerate(found) if row not in found[:place]]


@pytest.fixture(scope="module")
def figures(signal: SignalEvaluation, series: SeriesEvaluation) -> dict[str, Figure]:
    """All figures of both pages by title; the mean return is that of the signal."""
    pages = (series_page(series), signal_page(signal))
    return {figure.title: figure for page in pages for section in page.shown() for figure in section.figures}


def test_every_figure_is_tested(figures: dict[str, Figure]) -> None:
    assert set(figures) == set(TITLES)


@pytest.mark.parametrize("width", [350, 500])
@pytest.mark.parametrize("title", TITLES)
def test_every_chart_is_valid_vega_lite(figures: dict[str, Figure], title: str, width: int) -> None:
    spec = figures[title].draw(width)
    assert spec["width"] == width
    assert spec["config"]["background"] == "transparent"
    alt.LayerChart.from_dict(json.loads(json.dumps(spec)), validate=True)
    svg = to_svg(spec, title, "x")
    assert svg.startswith("<svg")
    assert "<title>" in svg


@pytest.mark.parametrize("outcome", ["return", "absolute_return"])
def test_both_charts_of_buckets_show_means_and_intervals(series: SeriesEvaluation, outcome: Any) -> None:
    drawn = rows(buckets_chart(series.buckets, outcome, 350), "bucket")
    means = [row.mean_return if outcome == "return" else row.mean_abs_return for row in series.buckets]
    assert [row["value"] for row in drawn] == means
    assert all(row["low"] < row["value"] < row["high"] for row in drawn)


@pytest.mark.parametrize("title", TITLES)
def test_every_colour_of_a_chart_has_one_for_dark_mode(figures: dict[str, Figure], title: str) -> None:
    svg = to_svg(figures[title].draw(500), title, "x")
    for part in svg.split("<")[1:]:
        for paint in ("fill", "stroke"):
            if f'{paint}="#' in part:
                assert f" {paint[0]}-" in part.replace('class="', 'class=" '), part


def test_lift_is_in_points_under_its_verdict_with_hit_and_base_rate() -> None:
    heading, row = rows(hit_rates.lift_chart(directional_rows([horizon_of(bearish=CELL)]), 500), "line")
    assert heading["line"] == "0#|bearish"
    assert (row["line"], row["value"], row["low"], row["high"]) == ("1|3 sessions", pytest.approx(2.01), -11, 15)
    assert row["text"] == "48% v 46%"
    assert row["tip"] == (
        "bearish, 3 sessions, n = 41: hit rate 48.0%, base rate 46.0%, lift +2.0 points (−11 to +15), p = 0.60"
    )


def test_without_an_interval_none_is_drawn() -> None:
    cells = [horizon_of(bearish=replace(CELL, lift_ci=None, mean_excess_ci=None))]
    charts: tuple[Callable[..., Spec], ...] = (hit_rates.lift_chart, mean_returns.returns_chart)
    for chart in charts:
        assert [row["low"] for row in rows(chart(verdict_rows(cells)[:1], 500), "value", "tip")] == [None]


def test_what_is_not_known_is_not_drawn() -> None:
    horizon = horizon_of(bearish=replace(CELL, lift=None), bullish=replace(CELL, mean_excess_return=None))
    lifts = rows(hit_rates.lift_chart(directional_rows([horizon]), 500), "heading")
    assert [row["heading"] for row in lifts] == ["bullish"]
    assert [row["verdict"] for row in rows(mean_returns.returns_chart(verdict_rows([horizon]), 500), "verdict")] == [
        "bearish"
    ]


def test_of_many_symbols_left_out_the_extremes_are_drawn() -> None:
    parts = [StabilityPart("without", f"S{i:03d}", 90, i / 1e4, None) for i in range(60)]
    [figure] = stability.section(parts).figures
    assert [row["label"] for row in rows(figure.draw(500), "label")] == [
        *("S000", "S001", "S002", "S003", "S004", "S055", "S056", "S057", "S058", "S059"),
    ]


def test_the_placebo_has_its_bars_its_bounds_and_the_observed_value(signal: SignalEvaluation) -> None:
    shifts = signal.horizons[1].placebo
    assert shifts is not None
    spec = placebo.placebo_chart(shifts, 500)
    assert (
        sum(row["count"] for row in rows(spec, "count")) == sum(bar.count for bar in shifts.histogram) == shifts.shifts
    )
    at = [layer["encoding"]["x"].get("datum") for layer in spec["layer"]]
    assert at == [None, shifts.low, shifts.high, shifts.statistic, shifts.statistic]


def test_an_early_entry_is_marked_as_not_tradable(signal: SignalEvaluation) -> None:
    assert signal.delay is not None
    drawn = rows(delay.delay_chart(signal.delay, 350), "lag")
    assert [(row["lag"], row["when"]) for row in drawn][:2] == [("−1", "not tradable"), ("0", "could be traded")]
    assert drawn[0]["tip"].startswith("one session early: ")


def test_windows_keep_their_order(signal: SignalEvaluation) -> None:
    spec = decay.decay_chart(signal.decay or (), 350)
    scales = [layer["encoding"]["x"]["scale"]["domain"] for layer in spec["layer"] if "x" in layer["encoding"]]
    assert scales == [["0–1", "1–2", "2–3", "3–5", "5–10", "10–20"]] * 2


def test_a_path_has_one_tip_a_session_for_all_verdicts(signal: SignalEvaluation) -> None:
    drawn = rows(event_path.path_chart(signal.path or (), 350), "session", "tip")
    assert len(drawn) == len({point.session for point in signal.path or ()})
    assert drawn[0]["tip"].startswith("session −5: bearish ")
    assert "; bullish " in drawn[0]["tip"]


def test_a_rolling_hit_rate_has_two_lines_and_a_tip_a_date(signal: SignalEvaluation) -> None:
    assert signal.rolling is not None
    spec = rolling.rolling_chart(signal.rolling, 350)
    assert len(rows(spec, "line")) == 2 * len(signal.rolling.points)
    assert rows(spec, "tip")[0]["tip"].startswith(f"{signal.rolling.points[0].date.isoformat()}: hit rate ")


def test_thresholds_are_drawn_where_they_could_be_tested(signal: SignalEvaluation) -> None:
    assert signal.thresholds is not None
    first = replace(signal.thresholds.rows[0], signed_excess=None, t=None)
    kept = signal.thresholds.rows[1:]
    drawn = rows(thresholds.threshold_chart((first, *kept), 350), "threshold")
    assert [row["threshold"] for row in drawn] == [row.threshold for row in kept]


def test_the_diagonal_spans_the_bins_and_counts_do_not_touch(signal: SignalEvaluation) -> None:
    bins = [CalibrationBin(i / 64, 0.5, 10 + i, (0.4, 0.6)) for i in range(60)]
    spec = calibration.calibration_chart(bins, 350)
    diagonal = [(row["predicted"], row["value"]) for row in rows(spec, "value") if "tip" not in row]
    assert diagonal == [(0.0, 0.0), (59 / 64, 59 / 64)]
    labels = [row["predicted"] for row in rows(spec, "count")]
    assert len(labels) <= 9
    assert min(b - a for a, b in pairwise(labels)) >= 59 / 64 / 8
    few = calibration.calibration_chart(signal.calibration.bins, 500)
    assert 1 < len(rows(few, "count")) <= len(signal.calibration.bins)


def test_hostile_names_stay_text() -> None:
    bad = "x'|]); alert(1) #|<script>"
    svg = to_svg(stability.stability_chart([StabilityPart("without", bad, 90, 0.001, (0, 0.002))], 500), bad, "x")
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
