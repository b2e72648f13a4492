"""The event path: the mean path of the price around the entry."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.event_study import PathPoint
from flowbt.report.evaluation.decay import BAND
from flowbt.report.kit.formats import plain, small_interval, small_percent
from flowbt.report.kit.section import Fact, Figure, Section, Spec

METHOD: Final = (Fact("Event path", "Excess returns, summed from the entry on; before the entry, from there back."),)
NOTE: Final = (
    "Mean path of the excess return, 0 at the entry (dashed line), with 95% bands. What moved before the entry is what the "
    "verdict saw; only what follows could be earned."
)


def section(path: Sequence[PathPoint]) -> Section:
    """The mean path of the excess return before and after the entry, by verdict."""
    figures: tuple[Figure, ...] = ()
    if any(point.mean is not None for point in path):
        figures = (Figure("Event path", NOTE, lambda width: path_chart(path, width)),)
    return Section("Event path", figures=figures)


def path_chart(path: Sequence[PathPoint], width: int) -> Spec:
    """The mean path of the price around the entry, per verdict, with 95% bands."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import COLOURS, VERDICTS  # noqa: PLC0415

    points = [point for point in path if point.mean is not None]
    rows = [
        {
            "verdict": point.verdict,
            "session": point.session,
            "value": point.mean,
            **axes.bounds((point.low, point.high)),
        }
        for point in points
    ]
    given = {point.verdict for point in points}
    colours = {name: colour for name, colour in VERDICTS.items() if name in given}
    axis = alt.Axis(grid=False, format="+d", labelExpr=axes.NO_SIGN, tickMinStep=5)
    x = alt.X("session:Q", title="sessions from the entry", axis=axis, scale=alt.Scale(nice=False, zero=False))
    base = alt.Chart(axes.inline(rows)).encode(x=x, color=axes.coloured("verdict", colours, width))
    bands = (
        base.transform_filter("isValid(datum.low)")
        .mark_area(opacity=BAND, aria=False)
        .encode(y=axes.value_axis("low", "+~%"), y2="high:Q")
    )
    line = base.mark_line(strokeWidth=2, aria=False).encode(y=axes.value_axis("value", "+~%"))
    by_session = {
        session: "; ".join(
            f"{point.verdict} {small_percent(point.mean)} ({small_interval((point.low, point.high))})"
            for point in points
            if point.session == session
        )
        for session in sorted({point.session for point in points})
    }
    tips = [
        {"session": session, "tip": f"session {plain(session, 0, signed=True)}: {text}"}
        for session, text in by_session.items()
    ]
    entry = axes.upright_line(0, COLOURS["muted"].light, (4, 3))
    return axes.finish(alt.layer(axes.zero_line(), entry, bands, line, axes.tips(tips, x)), width, 260)
