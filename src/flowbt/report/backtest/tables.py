"""The tables of a backtest: its measures, what became of its plans, its trades."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from flowbt.report.kit.formats import cell, day, percent, plain
from flowbt.report.kit.glossary import COUNTS, EVENTS, EXIT_REASONS, MEASURES, described
from flowbt.report.kit.table import Table, numbers, texts

MOST_ROWS: Final = 200
"""A longer list of trades is shown by its first and last hundred."""


def measures_table(document: Mapping[str, Any]) -> Table:
    """Every measure of the account, then those of the events, with one line on what each means."""
    measures = dict(document.get("measures") or {})
    if "buy_and_hold" in document:
        measures = {"total_return": None, "buy_and_hold": document["buy_and_hold"], **measures}
    rows = [*described(MEASURES, measures), *described(EVENTS, document.get("events") or {})]
    return Table("Key measures", (*texts("Measure"), *numbers("Value"), *texts("Meaning")), tuple(rows))


def counts_table(document: Mapping[str, Any]) -> Table:
    """What became of the plans, and what was missing."""
    counts = dict(document.get("counts") or {})
    for name in ("plans", "open_trades", "missing_quotes"):
        if name in document:
            counts.setdefault(name, document[name])
    ordered = {name: counts.pop(name) for name in COUNTS if name in counts} | counts
    columns = (*texts("What"), *numbers("Number"), *texts("Meaning"))
    return Table("What became of the plans", columns, tuple(described(COUNTS, ordered)))


def trades_table(trades: pl.DataFrame) -> Table:
    """The trades by entry; of a long list the first and the last, with a note of it."""
    half = MOST_ROWS // 2
    shown, note = trades, ""
    if trades.height > MOST_ROWS:
        shown = pl.concat([trades.head(half), trades.tail(half)])
        note = f"The first and the last {half} of {trades.height:,} trades; trades.parquet holds all."
    rows = tuple(
        (
            *(trade["symbol"], trade["instrument"], trade["side"]),
            *(day(trade["signal_date"]), day(trade["entry_date"]), plain(trade["entry_price"])),
            *(day(trade["exit_date"]), plain(trade["exit_price"])),
            EXIT_REASONS.get(trade["exit_reason"], cell(trade["exit_reason"])),
            _ratio(trade["split_ratio"]),
            *(plain(trade["size"]), plain(trade["fees"]), plain(trade["dividends"], signed=True)),
            *(plain(trade["pnl"], signed=True), percent(trade["return"], 2, signed=True)),
            percent(trade["price_return"], 2, signed=True),
        )
        for trade in shown.iter_rows(named=True)
    )
    columns = (
        *texts("Symbol", "Instrument", "Side", "Signal", "Entry"),
        *numbers("Entry price"),
        *texts("Exit"),
        *numbers("Exit price"),
        *texts("Reason"),
        *numbers("Split", "Shares", "Fees, USD", "Dividends, USD", "P&L, USD", "Return", "Price return"),
    )
    absent = [] if (trades["split_ratio"] != 1).any() else ["Split"]
    absent += [] if (trades["dividends"] != 0).any() else ["Dividends, USD", "Price return"]
    return Table("Trades", columns, rows, note).without(*absent)


def jumps_table(document: Mapping[str, Any]) -> Table:
    """The moves that no split or dividend on file explains."""
    rows = tuple(
        (
            *(jump["symbol"], day(jump["previous"]), day(jump["date"]), plain(jump["from"]), plain(jump["to"])),
            *(percent(jump["move"], signed=True), jump["source"], plain(jump["events"], 0), plain(jump["trades"], 0)),
        )
        for jump in document.get("jumps") or []
    )
    columns = (
        *texts("Symbol", "From", "To"),
        *numbers("Before", "After", "Move"),
        *texts("Source"),
        *numbers("Plans", "Trades"),
    )
    note = (
        "Moves that no split or dividend on file explains, with the plans and trades open across them." if rows else ""
    )
    return Table("Moves that no split or dividend on file explains", columns, rows, note)


def _ratio(ratio: Any) -> str:
    return "" if ratio == 1 else cell(ratio)
