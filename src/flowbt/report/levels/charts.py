"""The charts of levels: how much nearer the price came than to levels that mean nothing, and how often levels are touched.

Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from flowbt.report.kit.axes import NO_SIGN, Spec, Width, coloured, finish, inline, is_narrow, upright_line
from flowbt.report.kit.formats import counted, interval, known, p_phrase, percent, points
from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY
from flowbt.report.kit.significance import Document
from flowbt.report.levels.headline import PLACEBOS, against, first_placebo, grouped, measure
from flowbt.report.levels.pin_tables import sessions_to_go

MOST_GROUPS: Final = 6
"""Kinds (by side) that are drawn; the tables hold all."""

AGAINST: Final = {
    "other days": STRATEGY,
    "mirror": COLOURS["vermilion"].light,
    "round strike": COLOURS["amber"].light,
    "prior close": COLOURS["purple"].light,
}
TOUCHED: Final = {
    "level": STRATEGY,
    "other days": BENCHMARK,
    "mirror": COLOURS["vermilion"].light,
    "formula": COLOURS["amber"].light,
}


def gravity_chart(gravity: Sequence[Document], width: Width = "container") -> Spec:
    """How much more often the price ended nearer to a level than to each placebo, in points, with 95% intervals.

    Args:
        gravity: of the section `levels`.
        width: total, in pixels.
    """
    rows = []
    for row in _first_groups(gravity, "kind", "by"):
        found = measure(row, "nearer")
        for placebo, words in PLACEBOS.items():
            contrast = against(found, placebo)
            if (difference := known(contrast.get("difference"))) is None:
                continue
            low, high = contrast.get("ci") or (None, None)
            tip = (
                f"{row['kind']}, {sessions_to_go(row)}, against {words}: {points(difference, 1)} points "
                f"({interval((low, high), points)}), {p_phrase(contrast.get('p_value'))}"
            )
            rows.append(
                {
                    "what": _label(row, width),
                    "against": words,
                    "value": difference,
                    "low": low,
                    "high": high,
                    "tip": tip,
                }
            )
    base = alt.Chart(inline(rows)).encode(
        y=_places(rows), yOffset=alt.YOffset("against:N", scale=alt.Scale(domain=list(AGAINST))),
        color=coloured("against", AGAINST, width),
    )  # fmt: skip
    bounded = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6, aria=False)
    drawn = alt.layer(
        upright_line(0),
        bounded.encode(x=_shares("low", "difference"), x2="high:Q"),
        base.mark_circle(size=56, opacity=1).encode(x=_shares("value", "difference"), description="tip:N"),
    )
    return finish(drawn, width, _height(rows, 40))


def touches_chart(touches: Sequence[Document], width: Width = "container") -> Spec:
    """How often levels are touched, beside the formula, the mirror and other days, by kind, side and horizon.

    Args:
        touches: of the section `levels`.
        width: total, in pixels.
    """
    rows, bounds = [], []
    for row in _first_groups(touches, "kind", "side"):
        found = measure(row, "touched")
        found = found if found.get("n") else measure(row, "touched_by_close")
        shown = {
            "other days": found.get("elsewhere"),
            "mirror": found.get("mirror"),
            "formula": found.get("formula"),
            "level": found.get("value"),
        }
        for name, value in shown.items():
            if known(value) is not None:
                tip = f"{row['kind']} {row['side']}, {counted(row['horizon'], 'session')}, {name}: {percent(value)}"
                rows.append({"what": _label(row, width), "mark": name, "value": value, "tip": tip})
        placebo = first_placebo(found)
        low, high = against(found, placebo).get("ci") or (None, None)
        beside = known(found.get(placebo))
        if beside is not None and low is not None and high is not None:
            # around the level's share: what the difference from its placebo may be
            bounds.append({"what": _label(row, width), "mark": "level", "low": beside + low, "high": beside + high})
    place = _places(rows)
    colour = coloured("mark", TOUCHED, width)
    ticks = (
        alt.Chart(inline([row for row in rows if row["mark"] != "level"]))
        .mark_tick(thickness=2.5, size=18, opacity=1)
        .encode(y=place, x=_shares("value", "share touched"), color=colour, description="tip:N")
    )
    dots = (
        alt.Chart(inline([row for row in rows if row["mark"] == "level"]))
        .mark_circle(size=64, opacity=1)
        .encode(y=place, x=_shares("value", "share touched"), color=colour, description="tip:N")
    )
    rules = (
        alt.Chart(inline(bounds))
        .mark_rule(strokeWidth=1.6, aria=False, clip=True)
        .encode(y=place, x=_shares("low", "share touched"), x2="high:Q", color=colour)
    )
    return finish(alt.layer(rules, ticks, dots) if bounds else alt.layer(ticks, dots), width, _height(rows, 24))


def _first_groups(rows: Sequence[Document], *keys: str) -> list[Document]:
    """The rows of the groups with most levels."""
    groups = sorted(grouped(rows, *keys), key=lambda group: -int(group[0].get("levels") or group[0].get("n") or 0))
    return [row for group in groups[:MOST_GROUPS] for row in group]


def _label(row: Document, width: Width) -> str:
    if "side" not in row:
        return f"{row['kind']}, {sessions_to_go(row)}"
    sessions = f"{row['horizon']}" if is_narrow(width) else counted(row["horizon"], "session")
    return f"{row['kind']} {row['side']}, {sessions}"


def _places(rows: Sequence[dict[str, Any]]) -> alt.Y:
    order = list(dict.fromkeys(row["what"] for row in rows))
    return alt.Y("what:N", title=None, sort=order, axis=alt.Axis(grid=False, labelLimit=190))


def _shares(field: str, title: str) -> alt.X:
    # a share is one, whatever its interval says
    scale = alt.Scale(zero=False) if title == "difference" else alt.Scale(domain=[0, 1], clamp=True)
    return alt.X(f"{field}:Q", title=title, axis=alt.Axis(format="~%", tickCount=5, labelExpr=NO_SIGN), scale=scale)


def _height(rows: Sequence[dict[str, Any]], each: int) -> int:
    return 70 + each * len({row["what"] for row in rows})
