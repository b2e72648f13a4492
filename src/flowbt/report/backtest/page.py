"""The page of a backtest: the answer, measures and charts, then every trade."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from flowbt.report.backtest.answer import backtest_answer
from flowbt.report.backtest.tables import counts_table, jumps_table, measures_table, trades_table
from flowbt.report.kit import conventions
from flowbt.report.kit.formats import counted
from flowbt.report.kit.page import figure, not_computed, render, timing
from flowbt.report.kit.table import facts_table


def render_backtest(
    document: Mapping[str, Any], trades: pl.DataFrame, events: pl.DataFrame, equity: pl.DataFrame
) -> str:
    """The page of a backtest, as HTML.

    Args:
        document: that of `flowbt backtest` (interface.md), plus, where given, description, counts, costs, initial_cash,
            buy_and_hold, sides, inference, jumps, splits_not_in_bars and manifest.
        trades: `schema.TRADES`, of the account.
        events: `schema.TRADES`, each plan on its own.
        equity: date, equity, buy_and_hold, drawdown.
    """
    from flowbt.report.backtest import charts  # noqa: PLC0415 (altair takes a second to import)

    figures = []
    if equity.height > 1:
        figures += [
            figure(
                "Account against buy and hold",
                "In USD, at the close.",
                lambda width: charts.equity_chart(equity, width),
            ),
            figure("Drawdown", "Below the highest close before.", lambda width: charts.drawdown_chart(equity, width)),
        ]
    if trades.height:
        note = "By exit date; ▲ long, ▼ short."
        figures.append(figure("Return of each trade", note, lambda width: charts.trades_chart(trades, width)))
    settings = {name: document[name] for name in ("costs", "initial_cash") if name in document}
    return render(
        "backtest.html.j2",
        document,
        title=document.get("strategy") or "Backtest",
        kind="Backtest",
        facts=[counted(int(document.get("trades") or 0), "trade")],
        answer=document.get("answer") or backtest_answer(document),
        measures=measures_table(document),
        figures=figures,
        counts=counts_table(document),
        jumps=jumps_table(document),
        trades=trades_table(trades),
        events=trades_table(events),
        settings=facts_table("Costs and cash", settings),
        conventions=timing(document, conventions.TRADED) + list(conventions.BACKTEST) + not_computed(document),
    )
