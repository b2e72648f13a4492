"""The rolling hit rate: of the latest verdicts, against the base rate known at the time."""

from typing import Final

from flowbt.evaluation.rolling import Rolling
from flowbt.report.kit.formats import count, counted, percent
from flowbt.report.kit.section import HALF, Fact, Figure, Section, Spec

METHOD: Final = (Fact("Rolling base rate", "From the symbol's history up to that day."),)


def section(rolling: Rolling) -> Section:
    """Hit rate and base rate over a rolling window."""
    title = "Rolling hit rate"
    note = (
        f"Hit rate of the verdicts of the last {counted(rolling.window, 'session')} (line) and the base rate known at the time "
        "(dashes); only the difference counts."
    )
    figures: tuple[Figure, ...] = ()
    if len(rolling.points) > 1:
        figures = (Figure(title, note, lambda width: rolling_chart(rolling, width), HALF),)
    return Section(title, figures=figures)


def rolling_chart(rolling: Rolling, width: int) -> Spec:
    """The hit rate of the last sessions' verdicts, and the base rate known at the time."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import BENCHMARK, STRATEGY  # noqa: PLC0415

    rows = [
        {"date": point.date.isoformat(), "line": "hit rate", "value": point.hit_rate} for point in rolling.points
    ] + [{"date": point.date.isoformat(), "line": "base rate", "value": point.base_rate} for point in rolling.points]
    tips = [
        {
            "date": point.date.isoformat(),
            "tip": f"{point.date.isoformat()}: hit rate {percent(point.hit_rate)}, base rate {percent(point.base_rate)}, "
            f"n = {count(point.n)}",
        }
        for point in rolling.points
    ]
    x = axes.date_axis([point.date for point in rolling.points], width)
    dashes = alt.Scale(domain=["hit rate", "base rate"], range=[[1, 0], [5, 3]])
    lines = (
        alt.Chart(axes.inline(rows))
        .mark_line(strokeWidth=1.8, aria=False)
        .encode(
            x=x,
            y=axes.value_axis("value", "~%"),
            color=axes.coloured("line", {"hit rate": STRATEGY, "base rate": BENCHMARK}, width),
            strokeDash=alt.StrokeDash("line:N", legend=None, scale=dashes),
        )
    )
    return axes.finish(alt.layer(lines, axes.tips(tips, x)), width, 220)
