"""The charts of an evaluation's verdicts: lift, return, stability and the placebo; documents in, Vega-Lite out.

Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import altair as alt

from flowbt.evaluation.inference import FEWEST
from flowbt.report.kit.axes import (
    NO_SIGN,
    Spec,
    Width,
    bounds,
    coloured,
    finish,
    inline,
    places,
    upright_line,
    value_axis,
    whiskers,
    zero_line,
)
from flowbt.report.kit.forest import Row, forest_plot
from flowbt.report.kit.formats import (
    counted,
    interval,
    known,
    p_phrase,
    percent,
    plain,
    points,
    small_interval,
    small_percent,
)
from flowbt.report.kit.glossary import SPLITS
from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY, VERDICTS
from flowbt.report.kit.significance import DIRECTIONS, cells, extremes, number_of

Documents: TypeAlias = Sequence[Mapping[str, Any]]


def lift_chart(horizons: Documents, width: Width = "container") -> Spec:
    """Lift over the base rate by verdict and horizon: a forest plot, with hit rate and base rate in words.

    Args:
        horizons: of the evaluation's document.
        width: total, in pixels.
    """
    needed = ("hit_rate", "base_rate", "lift")
    rows = [
        _lift_row(name, horizon, cell)
        for direction in DIRECTIONS
        for horizon, name, cell in cells(horizons)
        if name == direction and None not in (known(cell.get(key)) for key in needed)
    ]
    return forest_plot(rows, width, "+~f", "hit v base", "lift in percentage points")


def _lift_row(name: str, horizon: int, cell: Mapping[str, Any]) -> Row:
    around = bounds(cell.get("lift_ci") if number_of(cell) >= FEWEST else None)
    rates = f"{percent(cell['hit_rate'], 0)} v {percent(cell['base_rate'], 0)}"
    what = f"{name}, {counted(horizon, 'session')}, n = {plain(cell['n'], 0)}"
    tip = (
        f"{what}: hit rate {percent(cell['hit_rate'])}, base rate {percent(cell['base_rate'])}, lift "
        f"{points(cell['lift'], 1)} points ({interval(tuple(around.values()), points)}), {p_phrase(cell.get('p_value'))}"
    )
    low, high = (100 * bound if bound is not None else None for bound in around.values())
    return Row(name, counted(horizon, "session"), VERDICTS[name], 100 * cell["lift"], low, high, rates, tip)


def returns_chart(horizons: Documents, width: Width = "container") -> Spec:
    """Mean returns above the usual with their 95% intervals, per horizon and verdict.

    Args:
        horizons: of the evaluation's document.
        width: total, in pixels.
    """
    rows = []
    for horizon, name, cell in cells(horizons):
        if known(cell.get("mean_excess_return")) is None:
            continue
        around = bounds(cell.get("mean_excess_ci") if number_of(cell) >= FEWEST else None)
        tip = (
            f"{name}, {counted(horizon, 'session')}, n = {plain(cell['n'], 0)}: {small_percent(cell['mean_excess_return'])} "
            f"above the usual ({small_interval(tuple(around.values()))})"
        )
        rows.append({"horizon": horizon, "verdict": name, "value": cell["mean_excess_return"], **around, "tip": tip})
    given = {row["verdict"] for row in rows}
    colours = {name: colour for name, colour in VERDICTS.items() if name in given}
    base = alt.Chart(inline(rows)).encode(
        x=places("horizon", "sessions after the verdict", sorted({row["horizon"] for row in rows})),
        xOffset=alt.XOffset("verdict:N", scale=alt.Scale(domain=list(colours))),
        color=coloured("verdict", colours, width),
    )
    return finish(alt.layer(zero_line(), *whiskers(base, "~%")), width, 240)


def stability_chart(stability: Documents, width: Width = "container") -> Spec:
    """Signed excess return by year, by volatility regime and without each symbol: a forest plot.

    Args:
        stability: of the evaluation's document.
        width: total, in pixels.
    """
    rows = []
    for group in extremes(stability):
        by = SPLITS.get(str(group.get("by")), str(group.get("by")))
        if known(group.get("signed_excess")) is None:
            continue
        enough = (known(group.get("n")) or 0) >= FEWEST
        around = bounds(group.get("ci") if enough else None)
        said = f"{group.get('group')}, n = {plain(group.get('n'), 0)}: {small_percent(group['signed_excess'])}"
        tip = f"{by} {said} ({small_interval(tuple(around.values()))})"
        text = plain(group.get("n"), 0)
        rows.append(
            Row(by, str(group.get("group")), STRATEGY, group["signed_excess"], around["low"], around["high"], text, tip)
        )
    return forest_plot(rows, width, "+~%", "n", "signed excess return")


def placebo_chart(placebo: Mapping[str, Any], width: Width = "container") -> Spec:
    """What the same verdicts earned on other days, and (the heavy line) on their own.

    Args:
        placebo: of one horizon of the evaluation's document.
        width: total, in pixels.
    """
    bars = [
        {"from": bar["from"], "to": bar["to"], "count": bar["count"]}
        | {"tip": f"{small_percent(bar['from'])} to {small_percent(bar['to'])}: {counted(int(bar['count']), 'shift')}"}
        for bar in placebo.get("histogram") or []
        if None not in (known(bar.get("from")), known(bar.get("to")), known(bar.get("count")))
    ]
    axis = alt.Axis(
        format="+~%", labelExpr=NO_SIGN, grid=False, tickCount=5 if width == "container" or width > 400 else 4
    )
    x = alt.X("from:Q", title="mean signed excess return", bin="binned", axis=axis, scale=alt.Scale(zero=False))
    drawn = [
        alt.Chart(inline(bars))
        .mark_bar(color=BENCHMARK, opacity=0.55, binSpacing=1)
        .encode(x=x, x2="to:Q", y=value_axis("count", "~s", from_zero=True, title="shifts"), description="tip:N"),
        *(
            upright_line(edge, COLOURS["muted"].light, (4, 3))
            for name in ("low", "high")
            if (edge := known(placebo.get(name))) is not None
        ),
    ]
    observed = known(placebo.get("statistic"))
    if observed is not None:
        drawn += _observed(observed, bars)
    return finish(alt.layer(*drawn), width, 200)


def _observed(value: float, bars: Documents) -> list[alt.Chart]:
    """The heavy line, and its label on the side where there is room."""
    edges = [known(bar[name]) or 0.0 for bar in bars for name in ("from", "to")] or [value]
    left = value > (min(edges) + max(edges)) / 2
    label = (
        alt.Chart(inline([{"text": f"observed {small_percent(value)}"}]))
        .mark_text(
            align="right" if left else "left",
            dx=-6 if left else 6,
            fontSize=12,
            fontWeight="bold",
            color=STRATEGY,
            aria=False,
        )
        .encode(x=alt.XDatum(value), y=alt.value(-8), text="text:N")
    )
    rule = alt.Chart(inline([{"tip": f"observed: {small_percent(value)}"}])).mark_rule(color=STRATEGY, strokeWidth=2.5)
    return [rule.encode(x=alt.XDatum(value), description="tip:N"), label]
