"""The parts that charts share: data, axes, legends, colours of scales, and the finish.

Importing this module loads altair.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, Literal, TypeAlias

import altair as alt
from altair.utils.schemapi import debug_mode

from flowbt.report.kit.formats import known
from flowbt.report.kit.palette import BENCHMARK, COLOURS

Width: TypeAlias = int | Literal["container"]
Spec: TypeAlias = dict[str, Any]

NARROW: Final = 500
"""Below this width in pixels, legends wrap and a time axis has fewer labels."""

BESIDE: Final = 80
ABOVE: Final = 60
"""Pixels that axes and a legend take beside and above the drawing of a compiled chart, about."""

MOST_TIPS: Final = 250
"""Tooltips along a line are this many at most: more could not be told apart by the pointer."""

NO_SIGN: Final = "datum.value == 0 ? replace(datum.label, '+', '') : datum.label"
"""Labels of an axis, in Vega's language: zero carries no sign."""

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


def places(field: str, title: str, order: Sequence[Any]) -> alt.X:
    """A place for each value of a field, in the order given."""
    scale = alt.Scale(domain=list(order))
    return alt.X(f"{field}:O", title=title, scale=scale, axis=alt.Axis(labelAngle=0, grid=False, labelOverlap="greedy"))


def value_axis(field: str, written: str, *, from_zero: bool = False, title: str | None = None) -> alt.Y:
    """An axis of numbers, `written` in d3's format."""
    axis = alt.Axis(format=written, tickCount=5, labelExpr=NO_SIGN)
    return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(zero=from_zero), axis=axis)


def zero_line() -> alt.Chart:
    """A rule at zero, across the chart."""
    drawn: alt.Chart = alt.Chart(inline([{}])).mark_rule(color=BENCHMARK, strokeWidth=1, aria=False)
    return drawn.encode(y=alt.YDatum(0, axis=alt.Axis(grid=True)))


def upright_line(at: float, colour: str = BENCHMARK, dash: tuple[int, int] = (1, 0)) -> alt.Chart:
    """A rule from top to bottom."""
    drawn: alt.Chart = alt.Chart(inline([{}])).mark_rule(color=colour, strokeWidth=1.2, strokeDash=dash, aria=False)
    return drawn.encode(x=alt.XDatum(at))


def bounds(found: Any) -> dict[str, float | None]:
    """An interval as the fields `low` and `high` of a chart's row; unknown where either is."""
    low, high = map(known, found or (None, None))
    return {"low": low, "high": high} if low is not None and high is not None else {"low": None, "high": None}


def whiskers(base: alt.Chart, written: str) -> list[alt.Chart]:
    """Dots at `value`, and behind each its interval (`low`, `high`) where it has one.

    Args:
        base: rows with `value`, `low`, `high` and `tip`, and the encoding of x and colour.
        written: the numbers, in d3's format.
    """
    bounded = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6, aria=False)
    return [
        bounded.encode(y=value_axis("low", written), y2="high:Q"),
        base.mark_circle(size=64, opacity=1).encode(y=value_axis("value", written), description="tip:N"),
    ]


def tips(rows: Sequence[dict[str, Any]], x: alt.X) -> alt.Chart:
    """Unseen rules along a line that carry its tooltips (`tip`)."""
    thinned = list(rows[:: max(1, -(-len(rows) // MOST_TIPS))])
    unseen: alt.Chart = alt.Chart(inline(thinned)).mark_rule(strokeWidth=3, opacity=0, color=COLOURS["muted"].light)
    return unseen.encode(x=x, description="tip:N")


class Rows:
    """Rows of a chart, which altair passes on as they are: of a list it looks at every number, a dozen times over."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = [dict(row) for row in rows]

    def __str__(self) -> str:
        """What altair names the rows by."""
        return str(self.rows)


def inline(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """The rows within the chart itself: it must be drawn without a network. `finish` puts them in their place."""
    with debug_mode(False):
        return alt.InlineData(values=Rows(rows))  # type: ignore[arg-type]


def coloured(field: str, colours: Mapping[str, str], width: Width) -> alt.Color:
    """A field by colour, with its legend."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", scale=scale, legend=legend(width))


def legend(width: Width) -> alt.Legend:
    """A legend above the chart."""
    return alt.Legend(title=None, orient="top", columns=3 if is_narrow(width) else 8)


def finish(chart: alt.LayerChart | alt.FacetChart, width: Width, height: int) -> Spec:
    """The chart in its size (total, in pixels) and in quiet colours, as Vega-Lite."""
    ink, muted, rule = (COLOURS[name].light for name in ("ink", "muted", "rule"))
    spec = dict(chart.to_dict(validate=False))
    spec["datasets"] = {name: held.rows for name, held in spec.get("datasets", {}).items()}
    # as plain Vega-Lite, since every `configure` of a chart copies all of it
    return spec | {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 2,
        "config": {
            "background": "transparent",
            "font": "system-ui, sans-serif",
            "axis": {
                "labelColor": muted,
                "titleColor": muted,
                "gridColor": rule,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
            },
            "legend": {
                "labelColor": ink,
                "labelFontSize": 12,
                "symbolSize": 80,
                "symbolOpacity": 1,
                "columnPadding": 14,
                "rowPadding": 3,
                "offset": 6,
            },
            "view": {"stroke": None},
        },
    }


def compiled(build: Callable[..., alt.LayerChart | alt.FacetChart], width: Width, height: int, *of: Any) -> Spec:
    """The chart that `build(width, *of)` makes over named rows (`named`), as Vega: for charts that are drawn many times.

    To build a chart and to compile it costs as much as to draw it; it is done once for each width and each `of`.
    """
    return _compiled(build, width, height, of)


@cache
def _compiled(
    build: Callable[..., alt.LayerChart | alt.FacetChart], width: Width, height: int, of: tuple[Any, ...]
) -> Spec:
    import vl_convert  # noqa: PLC0415 (40 MB; needed only when a page is rendered)

    # room for axes and legend is guessed, for to fit them in takes Vega a second layout; the page scales what comes of it
    inner = width - BESIDE if isinstance(width, int) else width
    with debug_mode(False):
        chart = finish(build(width, *of), inner, height - ABOVE) | {"autosize": "pad"}
    vega: Spec = vl_convert.vegalite_to_vega(chart)
    return vega


def named(name: str) -> alt.NamedData:
    """Rows that `filled` brings."""
    return alt.NamedData(name=name)


def filled(vega: Spec, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Spec:
    """A compiled chart with its rows by name."""
    data = [
        {**source, "values": list(rows[source["name"]])} if source["name"] in rows else source
        for source in vega["data"]
    ]
    return {**vega, "data": data}
