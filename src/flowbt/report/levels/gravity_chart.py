"""How much nearer the price came to levels than to placebo levels. Importing this module loads altair."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from flowbt.evaluation.levels.pins import Gravity
from flowbt.report.kit.axes import Spec, Width, coloured, finish, inline, upright_line
from flowbt.report.kit.formats import interval, p_phrase, points
from flowbt.report.kit.palette import COLOURS, STRATEGY
from flowbt.report.levels.chart_axes import MOST_GROUPS, height, places, shares
from flowbt.report.levels.selection import pin_groups, window

AGAINST: Final = {
    "other days": STRATEGY,
    "mirror": COLOURS["vermilion"].light,
    "round strike": COLOURS["amber"].light,
    "prior close": COLOURS["purple"].light,
}


def gravity_chart(rows: Sequence[Gravity], width: Width = "container") -> Spec:
    """How much more often the price ended nearer to a level than to each placebo, in points, with 95% intervals.

    Args:
        rows: of the study.
        width: total, in pixels.
    """
    drawn = [dot for row in _largest(rows) for dot in _dots(row)]
    base = alt.Chart(inline(drawn)).encode(
        y=places(drawn), yOffset=alt.YOffset("against:N", scale=alt.Scale(domain=list(AGAINST))),
        color=coloured("against", AGAINST, width),
    )  # fmt: skip
    scale = alt.Scale(zero=False)
    bounded = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6, aria=False)
    chart = alt.layer(
        upright_line(0),
        bounded.encode(x=shares("low", "difference", scale), x2="high:Q"),
        base.mark_circle(size=56, opacity=1).encode(x=shares("value", "difference", scale), description="tip:N"),
    )
    return finish(chart, width, height(drawn, 40))


def _dots(row: Gravity) -> list[dict[str, Any]]:
    nearer = row.measure("nearer")
    if nearer is None:
        return []
    against = nearer.against
    contrasts = zip(
        AGAINST, (against.elsewhere, against.mirror, against.round_strike, against.prior_close), strict=True
    )
    dots = []
    for placebo, contrast in contrasts:
        if contrast.difference is None:
            continue
        low, high = contrast.ci or (None, None)
        tip = (
            f"{row.kind}, {window(row)}, against {placebo}: {points(contrast.difference, 1)} points "
            f"({interval((low, high), points)}), {p_phrase(contrast.p_value)}"
        )
        what = f"{row.kind}, {window(row)}"
        dots.append(
            {"what": what, "against": placebo, "value": contrast.difference, "low": low, "high": high, "tip": tip}
        )
    return dots


def _largest(rows: Sequence[Gravity]) -> list[Gravity]:
    """The rows of the groups with most windows."""
    groups = sorted(pin_groups(rows), key=lambda group: -group[0].n)
    return [row for group in groups[:MOST_GROUPS] for row in group]
