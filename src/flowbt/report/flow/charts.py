"""The charts of the flow report: open interest by strike, net premium, gamma exposure, max pain.

A range of reports draws each of them many times, so a chart is built and compiled once (`axes.compiled`) and then filled with
the rows of a day. Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, log2
from typing import Any, Final

import altair as alt

from flowbt.flow.chart_data import ExpiryMaxPain, GammaPoint, SessionFlow, StrikeHoldings
from flowbt.flow.report import VERDICTS as VERDICT_NAMES
from flowbt.report.flow.amounts import count
from flowbt.report.flow.money import Money
from flowbt.report.kit.axes import Spec, Width, compiled, date_axis, filled, is_narrow, legend, named, zero_line
from flowbt.report.kit.formats import known, percent, plain
from flowbt.report.kit.palette import BENCHMARK, COLOURS, LOSS, STRATEGY, VERDICTS

SIDES: Final = {"calls": STRATEGY, "puts": LOSS}
MARKS: Final = {
    "spot": COLOURS["ink"].light,
    "call wall": STRATEGY,
    "put wall": LOSS,
    "max pain": COLOURS["purple"].light,
    "zero gamma": COLOURS["green"].light,
}
DASHES: Final = {
    "spot": (1, 0),
    "call wall": (6, 3),
    "put wall": (6, 3),
    "max pain": (2, 3),
    "zero gamma": (8, 3, 2, 3),
}
PAIN: Final = {"max pain": MARKS["max pain"], "spot": MARKS["spot"], "expected move": BENCHMARK}
UNJUDGED: Final = "no verdict"
PREMIUM: Final = VERDICTS | {UNJUDGED: COLOURS["pale"].light}
NARROW_AROUND: Final = 0.08
"""How far from the spot strikes are drawn for a telephone."""
WIDE: Final = 900
LONG_KEY: Final = 360
"""Size of a line in a legend at which its dashes can be told apart."""
BAR: Final = 0.7
"""Share of the room between two places that a bar fills."""


def open_interest_chart(
    rows: Sequence[StrikeHoldings], marks: Mapping[str, float | None], money: Money, width: Width = "container"
) -> Spec:
    """Calls upward and puts downward by strike, with the levels as upright lines.

    Args:
        rows: by strike, ascending.
        marks: prices by the names of `MARKS`; one that is unknown or outside is not drawn.
        money: the currency of prices.
        width: total, in pixels.
    """
    spot = known(marks.get("spot"))
    if is_narrow(width) and spot:
        rows = [row for row in rows if abs(row.strike / spot - 1) <= NARROW_AROUND] or rows
    strikes = [row.strike for row in rows]
    step = min((b - a for a, b in pairwise(strikes)), default=1.0)
    bars = [
        {
            "low": row.strike - BAR * step / 2,
            "high": row.strike + BAR * step / 2,
            "value": sign * contracts,
            "what": side,
            "tip": f"{money.price(row.strike)}: {count(contracts)} {side}",
        }
        for row in rows
        for side, sign, contracts in (("calls", 1, row.calls), ("puts", -1, row.puts))
    ]
    lines = _lines(marks, strikes[0], strikes[-1], money)
    vega = compiled(_open_interest, width, 300, tuple(line["what"] for line in lines), money.currency.mark)
    return filled(vega, {"rows": bars, "lines": lines})


def _open_interest(width: Width, lines: Sequence[str], mark: str) -> alt.LayerChart | alt.FacetChart:
    # the note says what is upward and downward: there is no room for a legend on a telephone
    colour = alt.Color("what:N", scale=_scale(SIDES), legend=None)
    place = alt.X("low:Q", title=None, scale=alt.Scale(nice=False, zero=False), axis=_strikes(mark))
    size = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=6, labelExpr="format(abs(datum.value), '~s')"))
    # translucent, so that the lines can be seen on them
    bars = alt.Chart(named("rows")).mark_bar(opacity=0.6)
    bars = bars.encode(x=place, x2="high:Q", y=size, y2=alt.Y2Datum(0), color=colour, description="tip:N")
    layers = alt.layer(alt.layer(bars, zero_line()), *_upright(lines, width))
    drawn: alt.LayerChart = layers.resolve_scale(color="independent", strokeDash="independent")
    return drawn


def premium_chart(history: Sequence[SessionFlow], money: Money, width: Width = "container") -> Spec:
    """Net premium by session, its colour the verdict of the session.

    Args:
        history: by session, ascending.
        money: the currency of prices.
        width: total, in pixels.
    """
    rows = [
        {
            "date": str(row.date),
            "value": row.net_premium,
            "what": _verdict_name(row),
            "tip": f"{row.date}: {money.amount(row.net_premium)}, {_verdict_name(row)}"
            + (f" (score {plain(row.score, signed=True)})" if row.score is not None else ""),
        }
        for row in history
        if row.net_premium is not None
    ]
    days = [row.date for row in history if row.net_premium is not None]
    # rounded up to a doubling, so that neighbouring days share a chart
    length = max((max(days) - min(days)).days if days else 0, 1)
    span = 12 * 2 ** max(ceil(log2(length / 12)), 0)
    return filled(compiled(_premium, width, 220, span, money.currency.mark), {"rows": rows})


def _verdict_name(row: SessionFlow) -> str:
    return UNJUDGED if row.verdict is None else VERDICT_NAMES[row.verdict]


def _premium(width: Width, span: int, mark: str) -> alt.LayerChart | alt.FacetChart:
    pixels = 0.6 * (width if isinstance(width, int) else WIDE) / span
    bars = alt.Chart(named("rows")).mark_bar(size=max(1.5, min(12.0, pixels)))
    time = date_axis((date.min, date.min + timedelta(days=span)), width)
    return alt.layer(
        bars.encode(x=time, y=_millions(mark), color=_colour(PREMIUM, width), description="tip:N"), zero_line()
    )


def gamma_chart(
    profile: Sequence[GammaPoint], marks: Mapping[str, float | None], money: Money, width: Width = "container"
) -> Spec:
    """Gamma exposure over a grid of prices of the underlying.

    Args:
        profile: by price, ascending.
        marks: prices by the names of `MARKS`.
        money: the currency of prices.
        width: total, in pixels.
    """
    rows = [
        {"at": row.spot, "value": row.gex, "tip": f"{money.price(row.spot)}: {money.amount(row.gex)}"}
        for row in profile
    ]
    lines = _lines({name: marks.get(name) for name in ("spot", "zero gamma")}, profile[0].spot, profile[-1].spot, money)
    vega = compiled(_gamma, width, 260, tuple(line["what"] for line in lines), money.currency.mark)
    return filled(vega, {"rows": rows, "tips": rows[::3], "lines": lines})


def _gamma(width: Width, lines: Sequence[str], mark: str) -> alt.LayerChart | alt.FacetChart:
    place = alt.X("at:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=_strikes(mark))
    base = alt.Chart(named("rows"))
    unseen = alt.Chart(named("tips")).mark_rule(strokeWidth=9, opacity=0, color=COLOURS["muted"].light)
    return alt.layer(
        base.mark_area(opacity=0.18, color=STRATEGY, aria=False).encode(x=place, y=_millions(mark)),
        base.mark_line(strokeWidth=2, color=STRATEGY, aria=False).encode(x=place, y=_millions(mark)),
        zero_line(),
        *_upright(lines, width),
        unseen.encode(x=place, description="tip:N"),
    )


def max_pain_chart(rows: Sequence[ExpiryMaxPain], spot: float | None, money: Money, width: Width = "container") -> Spec:
    """Max pain of the next expiries against the spot and the expected move.

    Args:
        rows: by expiry, the nearest first.
        spot: price of the underlying; the expected move is drawn around it.
        money: the currency of prices.
        width: total, in pixels.
    """
    points = [
        {
            "expiry": _short(row.expiration),
            "low": row.low,
            "high": row.high,
            "value": row.max_pain,
            "what": "max pain",
            "tip": f"{row.expiration}: {money.price(row.max_pain)}"
            + (f", spot {percent(spot / row.max_pain - 1, signed=True)} over it" if spot else ""),
        }
        for row in rows
    ]
    moves = [
        {
            "expiry": _short(row.expiration),
            "value": spot - row.expected_move,
            "high": spot + row.expected_move,
            "what": "expected move",
        }
        for row in rows
        if spot and row.expected_move is not None
    ]
    here = [{"value": spot, "what": "spot", "tip": f"spot: {money.price(spot)}"}] if spot else []
    shown = ("max pain", *(["spot"] if here else []), *(["expected move"] if moves else []))
    vega = compiled(_max_pain, width, 260, shown, money.currency.mark)
    return filled(vega, {"rows": points, "moves": moves, "here": here})


def _max_pain(width: Width, shown: Sequence[str], mark: str) -> alt.LayerChart | alt.FacetChart:
    colour = _colour({name: PAIN[name] for name in shown}, width)
    axis = alt.Axis(labelAngle=0, grid=False, labelOverlap="greedy", labelSeparation=8)
    # in the order of the rows, which is that of the expiries
    place = alt.X("expiry:O", title=None, sort=None, axis=axis)
    moves, rows, here = (alt.Chart(named(name)) for name in ("moves", "rows", "here"))
    alike = alt.Y("low:Q", title=None, scale=alt.Scale(zero=False))
    return alt.layer(
        rows.mark_rule(strokeWidth=3, aria=False).encode(x=place, y=alike, y2="high:Q", color=colour),
        moves.mark_bar(opacity=0.28, size=10, aria=False).encode(x=place, y=_prices(mark), y2="high:Q", color=colour),
        rows.mark_circle(size=56, opacity=1).encode(x=place, y=_prices(mark), color=colour, description="tip:N"),
        here.mark_rule(strokeWidth=1.4).encode(y=_prices(mark), color=colour, description="tip:N"),
    )


def _strikes(mark: str) -> alt.Axis:
    """The axis of prices from left to right, with the mark of their currency."""
    label = f"'{mark}' + format(datum.value, '~f')"
    return alt.Axis(grid=False, tickCount=8, labelOverlap="greedy", labelSeparation=10, labelExpr=label)


def _prices(mark: str) -> alt.Y:
    label = f"'{mark}' + format(datum.value, '~f')"
    axis = alt.Axis(tickCount=5, labelExpr=label)
    return alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=axis)


def _millions(mark: str) -> alt.Y:
    label = f"(datum.value < 0 ? '−{mark}' : '{mark}') + format(abs(datum.value) / 1e6, ',.0f') + 'M'"
    return alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5, labelExpr=label))


def _lines(marks: Mapping[str, float | None], low: float, high: float, money: Money) -> list[dict[str, Any]]:
    return [
        {"what": name, "at": value, "tip": f"{name}: {money.price(value)}"}
        for name in MARKS
        if (value := known(marks.get(name))) is not None and low <= value <= high
    ]


def _upright(lines: Sequence[str], width: Width) -> list[alt.Chart]:
    """The lines, each with its colour and its dash, in the legend too."""
    if not lines:
        return []
    dashes = alt.Scale(domain=list(lines), range=[list(DASHES[name]) for name in lines])
    key = alt.Legend(title=None, orient="top", columns=legend(width)["columns"], symbolSize=LONG_KEY)
    drawn: alt.Chart = alt.Chart(named("lines")).mark_rule(strokeWidth=1.8)
    return [
        drawn.encode(
            x=alt.X("at:Q"),
            color=alt.Color("what:N", scale=_scale({name: MARKS[name] for name in lines}), legend=key),
            strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=key),
            description="tip:N",
        )
    ]


def _colour(colours: Mapping[str, str], width: Width) -> alt.Color:
    return alt.Color("what:N", scale=_scale(colours), legend=legend(width))


def _scale(colours: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
