"""How often levels are touched, beside placebo levels and chance. Importing this module loads altair."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from flowbt.evaluation.levels.barriers import Touches
from flowbt.report.kit.axes import Spec, Width, coloured, finish, inline, is_narrow
from flowbt.report.kit.formats import counted, percent
from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY
from flowbt.report.levels.chart_axes import MOST_GROUPS, height, places, shares
from flowbt.report.levels.comparison import comparison
from flowbt.report.levels.selection import barrier_groups, reported

MARKS: Final = {
    "level": STRATEGY,
    "other days": BENCHMARK,
    "mirror": COLOURS["vermilion"].light,
    "formula": COLOURS["amber"].light,
}
TITLE: Final = "share touched"


def touches_chart(rows: Sequence[Touches], width: Width = "container") -> Spec:
    """How often levels are touched, beside the formula, the mirror and other days, by kind, side and horizon.

    Args:
        rows: of the study.
        width: total, in pixels.
    """
    largest = _largest(rows)
    marks = [mark for row in largest for mark in _marks(row, width)]
    bounds = [bound for row in largest for bound in _bounds(row, width)]
    place, colour = places(marks), coloured("mark", MARKS, width)
    # a share is at most one, whatever its interval
    scale = alt.Scale(domain=[0, 1], clamp=True)
    ticks = (
        alt.Chart(inline([mark for mark in marks if mark["mark"] != "level"]))
        .mark_tick(thickness=2.5, size=18, opacity=1)
        .encode(y=place, x=shares("value", TITLE, scale), color=colour, description="tip:N")
    )
    dots = (
        alt.Chart(inline([mark for mark in marks if mark["mark"] == "level"]))
        .mark_circle(size=64, opacity=1)
        .encode(y=place, x=shares("value", TITLE, scale), color=colour, description="tip:N")
    )
    rules = (
        alt.Chart(inline(bounds))
        .mark_rule(strokeWidth=1.6, aria=False, clip=True)
        .encode(y=place, x=shares("low", TITLE, scale), x2="high:Q", color=colour)
    )
    return finish(alt.layer(rules, ticks, dots) if bounds else alt.layer(ticks, dots), width, height(marks, 24))


def _marks(row: Touches, width: Width) -> list[dict[str, Any]]:
    measure = reported(row)
    if measure is None:
        return []
    shown = {
        "other days": measure.elsewhere,
        "mirror": measure.mirror,
        "formula": measure.formula,
        "level": measure.value,
    }
    sessions = counted(row.horizon, "session")
    return [
        {
            "what": _label(row, width),
            "mark": name,
            "value": value,
            "tip": f"{row.kind} {row.side}, {sessions}, {name}: {percent(value)}",
        }
        for name, value in shown.items()
        if value is not None
    ]


def _bounds(row: Touches, width: Width) -> list[dict[str, Any]]:
    """Around the level's share: the confidence interval of the difference from its placebo."""
    placebo = comparison(reported(row))
    if placebo.value is None or placebo.contrast.ci is None:
        return []
    low, high = placebo.contrast.ci
    return [{"what": _label(row, width), "mark": "level", "low": placebo.value + low, "high": placebo.value + high}]


def _label(row: Touches, width: Width) -> str:
    sessions = f"{row.horizon}" if is_narrow(width) else counted(row.horizon, "session")
    return f"{row.kind} {row.side}, {sessions}"


def _largest(rows: Sequence[Touches]) -> list[Touches]:
    """The rows of the groups with most levels."""
    groups = sorted(barrier_groups(rows), key=lambda group: -group[0].levels)
    return [row for group in groups[:MOST_GROUPS] for row in group]
