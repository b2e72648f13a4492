"""Thresholds: what other thresholds of the score would have given."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.thresholds import Threshold, Thresholds
from flowbt.report.kit.formats import count, hundredths, p_phrase, plain, small_percent
from flowbt.report.kit.section import HALF, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table

COLUMNS: Final[tuple[Column[Threshold], ...]] = (
    Column("|Score| at or above", lambda row: plain(row.threshold)),
    Column("n", lambda row: count(row.n)),
    Column("Signed excess return", lambda row: hundredths(row.signed_excess)),
    Column("t", lambda row: plain(row.t)),
)


def section(thresholds: Thresholds) -> Section:
    """The signed excess return at each threshold, and what the best of them is worth."""
    best = best_sentence(thresholds)
    figures: tuple[Figure, ...] = ()
    if any(row.signed_excess is not None for row in thresholds.rows):
        note = f"Mean excess return in the score's direction at each threshold. {best}".strip()
        figures = (Figure("Thresholds", note, lambda width: threshold_chart(thresholds.rows, width), HALF),)
    return Section("Thresholds", figures=figures, folded=(Table.of("Thresholds", COLUMNS, thresholds.rows, best),))


def best_sentence(thresholds: Thresholds) -> str:
    """How likely it is that chance alone makes the best of so many thresholds look as good."""
    if thresholds.max_t_p_value is None:
        return ""
    return f"The best of these would look as good by chance alone with max-t {p_phrase(thresholds.max_t_p_value)}."


def threshold_chart(rows: Sequence[Threshold], width: int) -> Spec:
    """The signed excess return that other thresholds of the score would have given."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import STRATEGY  # noqa: PLC0415

    points = [
        {
            "threshold": row.threshold,
            "value": row.signed_excess,
            "tip": f"|score| at or above {plain(row.threshold)}: {small_percent(row.signed_excess)}, t = {plain(row.t)}, "
            f"n = {count(row.n)}",
        }
        for row in rows
        if row.signed_excess is not None
    ]
    axis = alt.Axis(grid=False, tickCount=6)
    x = alt.X("threshold:Q", title="verdict where |score| is at or above", axis=axis, scale=alt.Scale(zero=False))
    base = alt.Chart(axes.inline(points)).encode(x=x, y=axes.value_axis("value", "+~%"))
    line = base.mark_line(color=STRATEGY, strokeWidth=1.8, aria=False)
    dots = base.mark_circle(color=STRATEGY, size=64, opacity=1).encode(description="tip:N")
    return axes.finish(alt.layer(axes.zero_line(), line, dots), width, 280)
