"""The charts of scores and of a series: reliability, other thresholds, and what followed low and high values.

Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import altair as alt

from flowbt.report.kit.axes import (
    Spec,
    Width,
    bounds,
    finish,
    inline,
    is_narrow,
    places,
    value_axis,
    whiskers,
    zero_line,
)
from flowbt.report.kit.formats import interval, known, percent, plain, small_percent
from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY

Documents: TypeAlias = Sequence[Mapping[str, Any]]

LABELS_ACROSS: Final = 12
"""So many counts fit beside each other above a chart half a page wide; on a telephone two thirds of them."""


def reliability_chart(bins: Documents, width: Width = "container") -> Spec:
    """How often the price rose against how often the score said it would; above, the number in each bin.

    Args:
        bins: `calibration.bins` of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {"predicted": found["predicted"], "value": found["observed"], **bounds(found.get("ci")), "n": found.get("n")}
        for found in bins
        if None not in (known(found.get("predicted")), known(found.get("observed")))
    ]
    for row in rows:
        around = interval((row["low"], row["high"]), lambda share: percent(share, 0))
        row["tip"] = (
            f"said {percent(row['predicted'])}: rose {percent(row['value'])} ({around}), n = {plain(row['n'], 0)}"
        )
    said = [row["predicted"] for row in rows]
    ends = (min(said), max(said)) if rows else (0.0, 1.0)
    axis = alt.Axis(format="~%", tickCount=5, grid=False)
    x = alt.X("predicted:Q", title="chance of a rise, as the score said", axis=axis, scale=alt.Scale(zero=False))
    diagonal = (
        alt.Chart(inline([{"predicted": end, "value": end} for end in ends]))
        .mark_line(color=BENCHMARK, strokeWidth=1.2, strokeDash=[5, 3], aria=False)
        .encode(x=x, y=value_axis("value", "~%", title="share that rose"))
    )
    counts = (
        alt.Chart(inline(_apart(rows, LABELS_ACROSS * 2 // 3 if is_narrow(width) else LABELS_ACROSS)))
        .mark_text(fontSize=11, color=COLOURS["muted"].light, aria=False)
        .encode(x=x, y=alt.value(-8), text="count:N")
    )
    base = alt.Chart(inline(rows)).encode(x=x, color=alt.value(STRATEGY))
    return finish(alt.layer(diagonal, *whiskers(base, "~%"), counts), width, 280)


def _apart(rows: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """The bins' counts as labels, without those that would touch their neighbour's."""
    said = [row["predicted"] for row in rows]
    least = (max(said) - min(said)) / most if rows else 0.0
    labels: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: float(row["predicted"])):
        if known(row["n"]) is not None and (not labels or row["predicted"] - labels[-1]["predicted"] >= least):
            labels.append({"predicted": row["predicted"], "count": plain(row["n"], 0)})
    return labels


def threshold_chart(rows: Documents, width: Width = "container") -> Spec:
    """The signed excess return that other thresholds of the score would have given.

    Args:
        rows: `thresholds.rows` of the evaluation's document.
        width: total, in pixels.
    """
    points = [
        {
            "threshold": row["threshold"],
            "value": row["signed_excess"],
            "tip": f"|score| above {plain(row['threshold'])}: {small_percent(row['signed_excess'])}, "
            f"t = {plain(row.get('t'))}, n = {plain(row.get('n'), 0)}",
        }
        for row in rows
        if None not in (known(row.get("threshold")), known(row.get("signed_excess")))
    ]
    axis = alt.Axis(grid=False, tickCount=6)
    x = alt.X("threshold:Q", title="verdict where |score| is above", axis=axis, scale=alt.Scale(zero=False))
    base = alt.Chart(inline(points)).encode(x=x, y=value_axis("value", "+~%"))
    line = base.mark_line(color=STRATEGY, strokeWidth=1.8, aria=False)
    dots = base.mark_circle(color=STRATEGY, size=64, opacity=1).encode(description="tip:N")
    return finish(alt.layer(zero_line(), line, dots), width, 280)


def buckets_chart(buckets: Documents, of: Literal["return", "abs_return"], width: Width = "container") -> Spec:
    """What followed each bucket of a series, with 95% intervals.

    Args:
        buckets: of the evaluation's document.
        of: the return, or its size.
        width: total, in pixels.
    """
    written = small_percent if of == "return" else lambda value: percent(value, 2)
    rows = [
        {
            "bucket": plain(bucket.get("bucket"), 0),
            "value": bucket[f"mean_{of}"],
            **(around := bounds(bucket.get(f"{of}_ci"))),
            "tip": f"bucket {plain(bucket.get('bucket'), 0)}, n = {plain(bucket.get('n'), 0)}: "
            f"{written(bucket[f'mean_{of}'])} ({interval(tuple(around.values()), written)})",
        }
        for bucket in buckets
        if known(bucket.get(f"mean_{of}")) is not None
    ]
    x = places("bucket", "bucket, from the lowest values to the highest", [row["bucket"] for row in rows])
    base = alt.Chart(inline(rows)).encode(x=x, color=alt.value(STRATEGY))
    return finish(alt.layer(zero_line(), *whiskers(base, "~%")), width, 220)
