"""The charts of a backtest, as Vega-Lite: frames in, dictionaries out.

Every chart fits a total width in pixels (`"container"`: that of the element it stands in), has a transparent ground
and writes what a reader would hover for into `description`, which the page turns into a tooltip without any script.
Importing this module loads altair: import it where a page is rendered.
"""

import altair as alt
import polars as pl

from flowbt.report.kit.axes import (
    Spec,
    Width,
    coloured,
    date_axis,
    finish,
    inline,
    tips,
    value_axis,
    zero_line,
)
from flowbt.report.kit.formats import day, known, percent, plain
from flowbt.report.kit.glossary import EXIT_REASONS
from flowbt.report.kit.palette import BENCHMARK, EXITS, LOSS, STRATEGY


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


def _tips(equity: pl.DataFrame, width: Width) -> alt.Chart:
    rows = [
        {
            "date": day(row["date"]),
            "tip": f"{day(row['date'])}: account {plain(row['equity'], 0)} USD, "
            f"buy and hold {plain(row.get('buy_and_hold'), 0)} USD, drawdown {percent(row['drawdown'])}",
        }
        for row in equity.iter_rows(named=True)
    ]
    return tips(rows, date_axis(equity["date"].to_list(), width))
