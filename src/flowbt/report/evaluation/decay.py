"""Decay: the excess return in disjoint windows after the entry."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.event_study import DecayWindow
from flowbt.report.evaluation.rows import signed_interval
from flowbt.report.kit.formats import hundredths, p_phrase, p_value, small_interval, small_percent
from flowbt.report.kit.section import HALF, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table

BAND: Final = 0.16
"""Opacity of a 95% band."""
COLUMNS: Final[tuple[Column[DecayWindow], ...]] = (
    Column("Sessions after entry", lambda window: window.span),
    Column("Signed excess return", lambda window: hundredths(window.signed_excess)),
    Column("95% CI", lambda window: signed_interval(window.ci)),
    Column("p", lambda window: p_value(window.p_value)),
)
NOTE: Final = (
    "Dashes: mean excess return in the verdict's direction within each window; bands: 95% confidence intervals. The windows do "
    "not overlap."
)


def section(windows: Sequence[DecayWindow]) -> Section:
    """The signed excess return, window by window."""
    figures: tuple[Figure, ...] = ()
    if any(window.signed_excess is not None for window in windows):
        figures = (Figure("Decay", NOTE, lambda width: decay_chart(windows, width), HALF),)
    return Section("Decay", figures=figures, tables=(Table.of("Decay", COLUMNS, windows),))


def decay_chart(windows: Sequence[DecayWindow], width: int) -> Spec:
    """Signed excess return in each window, with 95% bands."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import STRATEGY  # noqa: PLC0415

    rows = [
        {
            "window": window.span,
            "value": window.signed_excess,
            **axes.bounds(window.ci),
            "tip": f"sessions {window.span}: {small_percent(window.signed_excess)} ({small_interval(window.ci)}), "
            f"{p_phrase(window.p_value)}",
        }
        for window in windows
        if window.signed_excess is not None
    ]
    x = axes.places("window", "sessions after the entry", [row["window"] for row in rows])
    base = alt.Chart(axes.inline(rows)).encode(x=x, description="tip:N")
    band = base.transform_filter("isValid(datum.low)").mark_bar(color=STRATEGY, opacity=BAND)
    dash = base.mark_tick(orient="horizontal", color=STRATEGY, thickness=2.5, opacity=1)
    drawn = [band.encode(y=axes.value_axis("low", "+~%"), y2="high:Q"), dash.encode(y=axes.value_axis("value", "+~%"))]
    return axes.finish(alt.layer(axes.zero_line(), *drawn), width, 220)
