"""Forest plots: one row an estimate, its interval beside it, and its numbers in words to the right.

Importing this module loads altair.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import altair as alt

from flowbt.report.kit.axes import NO_SIGN, Spec, Width, finish, inline, is_narrow, upright_line
from flowbt.report.kit.palette import COLOURS

ROW: Final = 21
"""Height of a row in pixels; the axis below takes two."""

LETTER: Final = 6.8
"""Width of a letter in pixels, about."""


class Row(NamedTuple):
    """An estimate under its heading; without a value it is a row of text."""

    heading: str
    label: str
    colour: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    tip: str


def forest_plot(rows: Sequence[Row], width: Width, written: str, column: str, title: str) -> Spec:
    """Estimates with their intervals, a line each, under headings; the rule upright is at zero.

    Args:
        rows: in the order drawn, those of a heading together.
        width: total, in pixels.
        written: the axis, in d3's format.
        column: the heading of the texts to the right.
        title: of the axis.
    """
    lines = _lines(rows)
    room = LETTER * max(len(text) for text in [column, *(row.text for row in rows)]) + 12
    axis = alt.Axis(format=written, tickCount=4 if is_narrow(width) else 7, title=title, labelExpr=NO_SIGN)
    scale = alt.Scale(zero=True, padding=6, range=[0, {"expr": f"width - {room:.0f}"}])
    own = alt.Color("colour:N", scale=None, legend=None)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=axis, scale=scale)

    base = alt.Chart(inline(lines)).encode(y=_places(lines))
    estimates = base.transform_filter("isValid(datum.value)")
    whisker = estimates.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6, aria=False)
    heading = alt.Chart(inline([{"text": column}]))
    drawn = [
        upright_line(0),
        whisker.encode(x=across("low"), x2="high:Q", color=own),
        estimates.mark_circle(size=64, opacity=1).encode(x=across("value"), color=own, description="tip:N"),
        _words(base, "ink").encode(x=alt.value("width"), text="text:N"),
        _words(heading, "muted").encode(x=alt.value("width"), y=alt.value(-8), text="text:N"),
    ]
    return finish(alt.layer(*drawn), width, ROW * (len(lines) + 2) + 24)


def _words(base: alt.Chart, colour: str) -> alt.Chart:
    written: alt.Chart = base.mark_text(align="right", fontSize=12, aria=False, color=COLOURS[colour].light)
    return written


def _lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows with a line for each heading before its first; labels made unique, for they are places on an axis."""
    lines: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        if row.heading and (place == 0 or rows[place - 1].heading != row.heading):
            lines.append({"line": f"{len(lines)}#|{row.heading}", "text": "", "value": None, "low": None})
        lines.append(row._asdict() | {"line": f"{len(lines)}|{row.label}"})
    return lines


def _places(lines: Sequence[dict[str, Any]]) -> alt.Y:
    heading = {"test": "test(/^[0-9]+#/, datum.value)", "value": COLOURS["ink"].light}
    axis = alt.Axis(
        grid=False,
        labelExpr="slice(datum.value, indexof(datum.value, '|') + 1)",
        labelColor={"condition": heading, "value": COLOURS["muted"].light},
        labelLimit=160,
    )
    return alt.Y("line:N", title=None, scale=alt.Scale(domain=[line["line"] for line in lines]), axis=axis)
