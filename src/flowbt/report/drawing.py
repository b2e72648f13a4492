"""The parts that charts share: data, axes, legends, colours of scales, and the finish.

Importing this module loads altair.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import altair as alt

from flowbt.report.palette import BENCHMARK, COLOURS

Width: TypeAlias = int | Literal["container"]
Spec: TypeAlias = dict[str, Any]

NARROW: Final = 500
"""Below this width in pixels, legends wrap and a time axis has fewer labels."""

STEPS: Final[tuple[tuple[int, Literal["day", "week", "month", "year"], int, str], ...]] = (
    (1, "day", 1, "%-d %b"),
    (7, "week", 1, "%-d %b"),
    (14, "week", 2, "%-d %b"),
    (30, "month", 1, "%b %Y"),
    (91, "month", 3, "%b %Y"),
    (182, "month", 6, "%b %Y"),
    (365, "year", 1, "%Y"),
    (1826, "year", 5, "%Y"),
    (3652, "year", 10, "%Y"),
)
"""Steps of a time axis: days, interval and its multiple, and how a label is written."""


def is_narrow(width: Width) -> bool:
    """Whether a chart is drawn for a telephone."""
    return width != "container" and width < NARROW


def date_axis(days: Sequence[date], width: Width) -> alt.X:
    """A time axis with about as many labels as there is room for.

    Args:
        days: those drawn, the first and the last of which may be anywhere.
        width: of the chart.
    """
    room = 4 if is_narrow(width) else 9
    span = (max(days) - min(days)).days if days else 0
    step = next((step for step in STEPS if span / step[0] <= room), STEPS[-1])
    _, interval, multiple, written = step
    ticks = alt.TimeIntervalStep(interval=interval, step=multiple)
    # a date without a time is midnight UTC: in local time it would be drawn on the day before
    axis = alt.Axis(grid=False, format=written, tickCount=ticks, labelOverlap="greedy", labelFlush=True)
    return alt.X("date:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def session_axis() -> alt.X:
    """Horizons, each a place of its own."""
    return alt.X("horizon:O", title="sessions after the verdict", axis=alt.Axis(labelAngle=0, grid=False))


def value_axis(field: str, written: str, *, from_zero: bool = False) -> alt.Y:
    """An axis of numbers, `written` in d3's format."""
    axis = alt.Axis(format=written, tickCount=5)
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(zero=from_zero), axis=axis)


def zero_line() -> alt.Chart:
    """A rule at zero."""
    drawn: alt.Chart = alt.Chart(inline([{}])).mark_rule(color=BENCHMARK, strokeWidth=1, aria=False)
    return drawn.encode(y=alt.YDatum(0))


def inline(rows: list[dict[str, Any]]) -> alt.InlineData:
    """The rows within the chart itself: it must be drawn without a network."""
    return alt.InlineData(values=rows)


def coloured(field: str, colours: Mapping[str, str], width: Width) -> alt.Color:
    """A field by colour, with its legend."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", scale=scale, legend=legend(width))


def legend(width: Width) -> alt.Legend:
    """A legend above the chart."""
    return alt.Legend(title=None, orient="top", columns=3 if is_narrow(width) else 6)


def finish(chart: alt.LayerChart | alt.FacetChart, width: Width, height: int) -> Spec:
    """The chart in its size (total, in pixels) and in quiet colours, as Vega-Lite."""
    ink, muted, rule = (COLOURS[name].light for name in ("ink", "muted", "rule"))
    axis = alt.AxisConfig(
        labelColor=muted,
        titleColor=muted,
        gridColor=rule,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        domain=False,
        ticks=False,
        labelPadding=6,
    )
    finished = (
        chart.properties(
            width=width, height=height, autosize=alt.AutoSizeParams(type="fit", contains="padding"), padding=2
        )
        .configure(background="transparent", font="system-ui, sans-serif", axis=axis)
        .configure_legend(labelColor=ink, labelFontSize=12, symbolSize=80, columnPadding=14, rowPadding=3, offset=6)
        .configure_view(stroke=None)
    )
    return dict(finished.to_dict())
