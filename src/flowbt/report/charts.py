"""The charts of a report, as Vega-Lite: frames and documents in, dictionaries out.

Every chart fits a total width in pixels (`"container"`: that of the element it stands in), has a transparent ground
and writes what a reader would hover for into `description`, which the page turns into a tooltip without any script.
Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import altair as alt
import polars as pl

from flowbt.evaluation.inference import FEWEST
from flowbt.report.drawing import (
    Spec,
    Width,
    coloured,
    date_axis,
    finish,
    inline,
    session_axis,
    value_axis,
    zero_line,
)
from flowbt.report.glossary import EXIT_REASONS
from flowbt.report.judgement import DIRECTIONS
from flowbt.report.notation import counted, day, interval, known, percent, plain, small_percent
from flowbt.report.palette import BENCHMARK, COLOURS, EXITS, LOSS, STRATEGY, VERDICTS

Horizons: TypeAlias = Sequence[Mapping[str, Any]]

MOST_TIPS: Final = 250
"""Tooltips along a line are this many at most: more could not be told apart by the pointer."""


def equity_chart(equity: pl.DataFrame, width: Width = "container") -> Spec:
    """The account against buying and holding the same symbols, in USD.

    Args:
        equity: date, equity, drawdown, and buy_and_hold where there is one.
        width: total, in pixels.
    """
    lines = {"account": "equity", "buy and hold": "buy_and_hold"}
    shown = {name: column for name, column in lines.items() if column in equity.columns}
    rows = [
        {"date": day(row["date"]), "line": name, "value": row[column]}
        for name, column in shown.items()
        for row in equity.iter_rows(named=True)
        if known(row[column]) is not None
    ]
    dashes = alt.Scale(domain=list(lines), range=[[1, 0], [5, 3]])
    drawn = (
        alt.Chart(inline(rows))
        .mark_line(strokeWidth=1.8, aria=False)
        .encode(
            x=date_axis(equity["date"].to_list(), width),
            y=value_axis("value", "~s"),
            color=coloured("line", {"account": STRATEGY, "buy and hold": BENCHMARK}, width),
            strokeDash=alt.StrokeDash("line:N", legend=None, scale=dashes),
        )
    )
    return finish(alt.layer(drawn, _tips(equity, width)), width, 280)


def drawdown_chart(equity: pl.DataFrame, width: Width = "container") -> Spec:
    """How far the account was below its highest close before.

    Args:
        equity: see `equity_chart`.
        width: total, in pixels.
    """
    rows = [
        {"date": day(row["date"]), "value": row["drawdown"]}
        for row in equity.iter_rows(named=True)
        if known(row["drawdown"]) is not None
    ]
    drawn = (
        alt.Chart(inline(rows))
        .mark_area(color=LOSS, fillOpacity=0.22, line={"color": LOSS, "strokeWidth": 1.2}, aria=False)
        .encode(x=date_axis(equity["date"].to_list(), width), y=value_axis("value", "~%", from_zero=True))
    )
    return finish(alt.layer(drawn, _tips(equity, width)), width, 170)


def trades_chart(trades: pl.DataFrame, width: Width = "container") -> Spec:
    """The return of each trade at its exit, coloured by the reason of the exit; the tip up: long, down: short.

    Args:
        trades: `schema.TRADES`.
        width: total, in pixels.
    """
    rows = [
        {
            "date": day(trade["exit_date"]),
            "return": trade["return"],
            "exit": (reason := EXIT_REASONS.get(trade["exit_reason"], str(trade["exit_reason"]))),
            "side": trade["side"],
            "tip": f"{trade['symbol']} {trade['side']}, {day(trade['entry_date'])} to {day(trade['exit_date'])}: "
            f"{percent(trade['return'], 2, signed=True)} ({reason})",
        }
        for trade in trades.iter_rows(named=True)
        if known(trade["return"]) is not None
    ]
    present = {row["exit"] for row in rows}
    colours = {name: colour for name, colour in EXITS.items() if name in present}
    colours |= dict.fromkeys(sorted(present - set(EXITS)), BENCHMARK)
    shapes = alt.Scale(domain=["long", "short"], range=["triangle-up", "triangle-down"])
    drawn = (
        alt.Chart(inline(rows))
        .mark_point(filled=True, size=64, opacity=0.85)
        .encode(
            x=date_axis(trades["exit_date"].to_list(), width),
            y=value_axis("return", "~%", from_zero=True),
            color=coloured("exit", colours, width),
            shape=alt.Shape("side:N", legend=None, scale=shapes),
            description="tip:N",
        )
    )
    return finish(alt.layer(zero_line(), drawn), width, 240)


def hit_rate_chart(horizons: Horizons, width: Width = "container") -> Spec:
    """Hit rates with their 95% intervals beside the base rates (dashes), per horizon and verdict.

    Args:
        horizons: of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {
            **row,
            "beside": "base rate",
            "base": cell["base_rate"],
            "value": cell["hit_rate"],
            **_bounds(cell.get("hit_ci")),
        }
        for row, cell in _cells(horizons)
        if row["verdict"] in DIRECTIONS and None not in (known(cell.get("hit_rate")), known(cell.get("base_rate")))
    ]
    for row in rows:
        around = interval((row["low"], row["high"]), percent)
        row["tip"] = f"{row['what']}: hit rate {percent(row['value'])} ({around}), base rate {percent(row['base'])}"
    given = {row["verdict"] for row in rows}
    colours = {name: VERDICTS[name] for name in [*(name for name in DIRECTIONS if name in given), "base rate"]}
    dashes = (
        alt.Chart(inline(rows))
        .mark_tick(orient="horizontal", thickness=2.5, size=26, opacity=1, aria=False)
        .encode(
            x=session_axis(),
            xOffset=_side_by_side(colours),
            y=value_axis("base", "~%"),
            color=coloured("beside", colours, width),
        )
    )
    return finish(alt.layer(dashes, *_whiskers(rows, colours, width)), width, 260)


def returns_chart(horizons: Horizons, width: Width = "container") -> Spec:
    """Mean returns above the symbols' usual with their 95% intervals, per horizon and verdict.

    Args:
        horizons: of the evaluation's document.
        width: total, in pixels.
    """
    rows = [
        {
            **row,
            "value": cell["mean_excess_return"],
            **_bounds(cell.get("mean_excess_ci") if cell["n"] >= FEWEST else None),
        }
        for row, cell in _cells(horizons)
        if known(cell.get("mean_excess_return")) is not None
    ]
    for row in rows:
        around = interval((row["low"], row["high"]), small_percent)
        row["tip"] = f"{row['what']}: {small_percent(row['value'])} above the usual ({around})"
    given = {row["verdict"] for row in rows}
    colours = {name: colour for name, colour in VERDICTS.items() if name in given}
    return finish(alt.layer(zero_line(), *_whiskers(rows, colours, width)), width, 240)


def _cells(horizons: Horizons) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Every verdict that was given, with the row of a chart that names it."""
    return [
        (
            {
                "horizon": horizon["horizon"],
                "verdict": name,
                "what": f"{name}, {counted(horizon['horizon'], 'session')}, n = {plain(cell['n'], 0)}",
            },
            cell,
        )
        for horizon in horizons
        for name, cell in horizon["verdicts"].items()
        if cell and cell.get("n")
    ]


def _bounds(found: Any) -> dict[str, float | None]:
    low, high = found or (None, None)
    return {"low": known(low), "high": known(high)}


def _side_by_side(colours: Mapping[str, str]) -> alt.XOffset:
    return alt.XOffset("verdict:N", scale=alt.Scale(domain=[name for name in colours if name != "base rate"]))


def _whiskers(rows: list[dict[str, Any]], colours: Mapping[str, str], width: Width) -> list[alt.Chart]:
    """Dots, and behind each its interval where it has one."""
    base = alt.Chart(inline(rows)).encode(
        x=session_axis(), xOffset=_side_by_side(colours), color=coloured("verdict", colours, width)
    )
    bounded = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.6, aria=False)
    dots = base.mark_circle(size=64, opacity=1)
    return [
        bounded.encode(y=value_axis("low", "~%"), y2="high:Q"),
        dots.encode(y=value_axis("value", "~%"), description="tip:N"),
    ]


def _tips(equity: pl.DataFrame, width: Width) -> alt.Chart:
    """Unseen rules along the sessions that carry the tooltips."""
    step = max(1, -(-equity.height // MOST_TIPS))
    rows = [
        {
            "date": day(row["date"]),
            "tip": f"{day(row['date'])}: account {plain(row['equity'], 0)} USD, "
            f"buy and hold {plain(row.get('buy_and_hold'), 0)} USD, drawdown {percent(row['drawdown'])}",
        }
        for row in equity.gather_every(step).iter_rows(named=True)
    ]
    unseen: alt.Chart = alt.Chart(inline(rows)).mark_rule(strokeWidth=3, opacity=0, color=COLOURS["muted"].light)
    return unseen.encode(x=date_axis(equity["date"].to_list(), width), description="tip:N")
