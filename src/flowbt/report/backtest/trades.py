"""The trades of the account, and the plans each on its own."""

from typing import Final

import polars as pl

from flowbt.backtest import Trade
from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.backtest.exits import EXIT_REASONS
from flowbt.report.kit.formats import cell, day, hundredths, plain
from flowbt.report.kit.section import Figure, Section
from flowbt.report.kit.table import Column, Table, words

MOST_ROWS: Final = 200
"""A longer list of trades is shown by its first and last hundred."""


def trades_section(run: BacktestRun) -> Section:
    """Every trade of the account with its return, and every plan on its own behind a line that opens it."""
    return Section(
        "Trades",
        figures=_figures(run),
        tables=(trades_table("Trades", run.trades, "trades.parquet"),),
        folded=(trades_table("Events: every plan on its own", run.events, "events.parquet"),),
        detail=True,
    )


def trades_table(title: str, trades: pl.DataFrame, file: str) -> Table:
    """The trades by entry; of a long list the first and the last, with a note.

    Args:
        title: of the table.
        trades: `schema.TRADES`.
        file: of the run, which contains all of them.
    """
    half = MOST_ROWS // 2
    shown, note = trades, ""
    if trades.height > MOST_ROWS:
        shown = pl.concat([trades.head(half), trades.tail(half)])
        note = f"The first and the last {half} of {trades.height:,} trades; {file} contains all."
    splits, dividends = bool((trades["split_ratio"] != 1).any()), bool((trades["dividends"] != 0).any())
    return Table.of(title, _columns(splits=splits, dividends=dividends), Trade.rows(shown), note)


def _columns(*, splits: bool, dividends: bool) -> tuple[Column[Trade], ...]:
    split: Column[Trade] = Column("Split", lambda trade: "" if trade.split_ratio == 1 else cell(trade.split_ratio))
    paid: Column[Trade] = Column("Dividends, USD", lambda trade: plain(trade.dividends, signed=True))
    price: Column[Trade] = Column("Price return", lambda trade: hundredths(trade.price_return))
    return (
        words("Symbol", lambda trade: cell(trade.symbol)),
        words("Instrument", lambda trade: cell(trade.instrument)),
        words("Side", lambda trade: cell(trade.side)),
        words("Signal", lambda trade: day(trade.signal_date)),
        words("Entry", lambda trade: day(trade.entry_date)),
        Column("Entry price", lambda trade: plain(trade.entry_price)),
        words("Exit", lambda trade: day(trade.exit_date)),
        Column("Exit price", lambda trade: plain(trade.exit_price)),
        words("Reason", lambda trade: EXIT_REASONS.get(trade.exit_reason, cell(trade.exit_reason))),
        *((split,) if splits else ()),
        Column("Shares", lambda trade: plain(trade.size)),
        Column("Fees, USD", lambda trade: plain(trade.fees)),
        *((paid,) if dividends else ()),
        Column("P&L, USD", lambda trade: plain(trade.pnl, signed=True)),
        Column("Return", lambda trade: hundredths(trade.total_return)),
        *((price,) if dividends else ()),
    )


def _figures(run: BacktestRun) -> tuple[Figure, ...]:
    trades = Trade.rows(run.trades)
    if not trades:
        return ()

    def returns(width: int) -> dict[str, object]:
        from flowbt.report.backtest.charts import trades_chart  # noqa: PLC0415 (altair takes a second to import)

        return trades_chart(trades, width)

    return (Figure("Return of each trade", "By exit date; ▲ long, ▼ short.", returns),)
