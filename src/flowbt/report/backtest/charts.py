"""The charts of a backtest, as Vega-Lite: typed rows in, dictionaries out.

Every chart fits a total width in pixels (`"container"`: that of its element), has a transparent ground
and writes what a reader would hover for into `description`, which the page turns into a tooltip without any script.
Importing this module loads altair: import it where a page is rendered.
"""

from collections.abc import Sequence

import altair as alt

from flowbt.backtest import AccountDay, Trade
from flowbt.report.backtest.exits import EXIT_REASONS
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
from flowbt.report.kit.palette import BENCHMARK, EXITS, LOSS, STRATEGY


def equity_chart(days: Sequence[AccountDay], width: Width = "container") -> Spec:
    """The account against buying and holding the same symbols, in USD.

    Args:
        days: of the account.
        width: total, in pixels.
    """
    lines = {"account": [each.equity for each in days], "buy and hold": [each.buy_and_hold for each in days]}
    rows = [
        {"date": day(each.day), "line": name, "value": value}
        for name, values in lines.items()
        for each, value in zip(days, values, strict=True)
        if known(value) is not None
    ]
    dashes = alt.Scale(domain=list(lines), range=[[1, 0], [5, 3]])
    drawn = (
        alt.Chart(inline(rows))
        .mark_line(strokeWidth=1.8, aria=False)
        .encode(
            x=date_axis([each.day for each in days], width),
            y=value_axis("value", "~s"),
            color=coloured("line", {"account": STRATEGY, "buy and hold": BENCHMARK}, width),
            strokeDash=alt.StrokeDash("line:N", legend=None, scale=dashes),
        )
    )
    return finish(alt.layer(drawn, _tips(days, width)), width, 280)


def drawdown_chart(days: Sequence[AccountDay], width: Width = "container") -> Spec:
    """How far the account was below its highest close before.

    Args:
        days: of the account.
        width: total, in pixels.
    """
    rows = [{"date": day(each.day), "value": each.drawdown} for each in days if known(each.drawdown) is not None]
    drawn = (
        alt.Chart(inline(rows))
        .mark_area(color=LOSS, fillOpacity=0.22, line={"color": LOSS, "strokeWidth": 1.2}, aria=False)
        .encode(x=date_axis([each.day for each in days], width), y=value_axis("value", "~%", from_zero=True))
    )
    return finish(alt.layer(drawn, _tips(days, width)), width, 170)


def trades_chart(trades: Sequence[Trade], width: Width = "container") -> Spec:
    """The return of each trade at its exit, coloured by the reason of the exit; the tip up: long, down: short.

    Args:
        trades: of the account.
        width: total, in pixels.
    """
    rows = [
        {
            "date": day(trade.exit_date),
            "return": trade.total_return,
            "exit": (reason := EXIT_REASONS.get(trade.exit_reason, str(trade.exit_reason))),
            "side": trade.side,
            "tip": f"{trade.symbol} {trade.side}, {day(trade.entry_date)} to {day(trade.exit_date)}: "
            f"{percent(trade.total_return, 2, signed=True)} ({reason})",
        }
        for trade in trades
        if known(trade.total_return) is not None
    ]
    present = {str(row["exit"]) for row in rows}
    colours = {name: colour for name, colour in EXITS.items() if name in present}
    colours |= dict.fromkeys(sorted(present - set(EXITS)), BENCHMARK)
    shapes = alt.Scale(domain=["long", "short"], range=["triangle-up", "triangle-down"])
    drawn = (
        alt.Chart(inline(rows))
        .mark_point(filled=True, size=64, opacity=0.85)
        .encode(
            x=date_axis([trade.exit_date for trade in trades], width),
            y=value_axis("return", "~%", from_zero=True),
            color=coloured("exit", colours, width),
            shape=alt.Shape("side:N", legend=None, scale=shapes),
            description="tip:N",
        )
    )
    return finish(alt.layer(zero_line(), drawn), width, 240)


def _tips(days: Sequence[AccountDay], width: Width) -> alt.Chart:
    rows = [
        {
            "date": day(each.day),
            "tip": f"{day(each.day)}: account {plain(each.equity, 0)} USD, buy and hold {plain(each.buy_and_hold, 0)} USD, "
            f"drawdown {percent(each.drawdown)}",
        }
        for each in days
    ]
    return tips(rows, date_axis([each.day for each in days], width))
