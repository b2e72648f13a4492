"""The charts of an evaluation over time: around the entry, window by window, delayed, and through the years.

Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import altair as alt

from flowbt.report.kit.axes import (
    NO_SIGN,
    Spec,
    Width,
    bounds,
    coloured,
    date_axis,
    finish,
    inline,
    places,
    tips,
    upright_line,
    value_axis,
    whiskers,
    zero_line,
)
from flowbt.report.kit.formats import counted, day, known, p_phrase, percent, plain, small_interval, small_percent
from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY, VERDICTS

Documents: TypeAlias = Sequence[Mapping[str, Any]]

BAND: Final = 0.16
"""Opacity of a 95% band."""

LAGS: Final = {"could be traded": STRATEGY, "not tradable": COLOURS["amber"].light}


def path_chart(path: Documents, width: Width = "container") -> Spec:
    """The mean path of the price from five sessions before the entry to twenty after, per verdict, with 95% bands.

    Args:
        path: of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {
            "verdict": row["verdict"],
            "session": row["session"],
            "value": row["mean"],
            **bounds((row.get("low"), row.get("high"))),
        }
        for row in path
        if known(row.get("mean")) is not None
    ]
    given = {row["verdict"] for row in rows}
    colours = {name: colour for name, colour in VERDICTS.items() if name in given}
    axis = alt.Axis(grid=False, format="+d", labelExpr=NO_SIGN, tickMinStep=5)
    x = alt.X("session:Q", title="sessions from the entry", axis=axis, scale=alt.Scale(nice=False, zero=False))
    base = alt.Chart(inline(rows)).encode(x=x, color=coloured("verdict", colours, width))
    bands = (
        base.transform_filter("isValid(datum.low)")
        .mark_area(opacity=BAND, aria=False)
        .encode(y=value_axis("low", "+~%"), y2="high:Q")
    )
    line = base.mark_line(strokeWidth=2, aria=False).encode(y=value_axis("value", "+~%"))
    by_session = {
        session: "; ".join(
            f"{row['verdict']} {small_percent(row['value'])} ({small_interval((row['low'], row['high']))})"
            for row in rows
            if row["session"] == session
        )
        for session in sorted({row["session"] for row in rows})
    }
    said = [
        {"session": session, "tip": f"session {plain(session, 0, signed=True)}: {text}"}
        for session, text in by_session.items()
    ]
    entry = upright_line(0, COLOURS["muted"].light, (4, 3))
    return finish(alt.layer(zero_line(), entry, bands, line, tips(said, x)), width, 260)


def decay_chart(decay: Documents, width: Width = "container") -> Spec:
    """Signed excess return in each window after the entry, none of which overlaps another, with 95% bands.

    Args:
        decay: of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {
            "window": (window := f"{plain(row.get('from'), 0)}–{plain(row.get('to'), 0)}"),
            "value": row["signed_excess"],
            **(around := bounds(row.get("ci"))),
            "tip": f"sessions {window}: {small_percent(row['signed_excess'])} "
            f"({small_interval(tuple(around.values()))}), {p_phrase(row.get('p_value'))}",
        }
        for row in decay
        if known(row.get("signed_excess")) is not None
    ]
    x = places("window", "sessions after the entry", [row["window"] for row in rows])
    base = alt.Chart(inline(rows)).encode(x=x, description="tip:N")
    band = base.transform_filter("isValid(datum.low)").mark_bar(color=STRATEGY, opacity=BAND)
    dash = base.mark_tick(orient="horizontal", color=STRATEGY, thickness=2.5, opacity=1)
    drawn = [band.encode(y=value_axis("low", "+~%"), y2="high:Q"), dash.encode(y=value_axis("value", "+~%"))]
    return finish(alt.layer(zero_line(), *drawn), width, 220)


def delay_chart(lags: Documents, width: Width = "container") -> Spec:
    """Signed excess return when acted upon so many sessions late; a lag of −1 was not tradable.

    Args:
        lags: `delay.lags` of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {
            "lag": plain(row["lag"], 0),
            "when": (when := list(LAGS)[row["lag"] < 0]),
            "value": row["signed_excess"],
            **(around := bounds(row.get("ci"))),
            "tip": f"{'one session early' if row['lag'] < 0 else counted(int(row['lag']), 'session') + ' late'}: "
            f"{small_percent(row['signed_excess'])} ({small_interval(tuple(around.values()))}), {when}",
        }
        for row in lags
        if None not in (known(row.get("lag")), known(row.get("signed_excess")))
    ]
    x = places("lag", "sessions late", [row["lag"] for row in rows])
    given = {row["when"] for row in rows}
    colours = {name: colour for name, colour in LAGS.items() if name in given}
    base = alt.Chart(inline(rows)).encode(x=x, color=coloured("when", colours, width))
    return finish(alt.layer(zero_line(), *whiskers(base, "+~%")), width, 220)


def rolling_chart(points: Documents, width: Width = "container") -> Spec:
    """The hit rate of the last sessions' verdicts, and the base rate known then.

    Args:
        points: `rolling.points` of the evaluation's document.
        width: total, in pixels.
    """
    lines = {"hit rate": "hit_rate", "base rate": "base_rate"}
    points = [point for point in points if point.get("date")]
    rows = [
        {"date": day(point["date"]), "line": name, "value": point[key]}
        for name, key in lines.items()
        for point in points
        if known(point.get(key)) is not None
    ]
    said = [
        {
            "date": day(point["date"]),
            "tip": f"{day(point['date'])}: hit rate {percent(point.get('hit_rate'))}, base rate "
            f"{percent(point.get('base_rate'))}, n = {plain(point.get('n'), 0)}",
        }
        for point in points
    ]
    x = date_axis([date.fromisoformat(day(point["date"])) for point in points], width)
    dashes = alt.Scale(domain=list(lines), range=[[1, 0], [5, 3]])
    drawn = (
        alt.Chart(inline(rows))
        .mark_line(strokeWidth=1.8, aria=False)
        .encode(
            x=x,
            y=value_axis("value", "~%"),
            color=coloured("line", {"hit rate": STRATEGY, "base rate": BENCHMARK}, width),
            strokeDash=alt.StrokeDash("line:N", legend=None, scale=dashes),
        )
    )
    return finish(alt.layer(drawn, tips(said, x)), width, 220)
