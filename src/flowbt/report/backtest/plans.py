"""What became of the plans, and what was missing."""

from typing import Final

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.kit.formats import count
from flowbt.report.kit.section import Section
from flowbt.report.kit.table import Column, Table, words

TITLE: Final = "Plans and fills"


def plans_section(run: BacktestRun) -> Section:
    """The counts, each with its meaning."""
    counts = run.counts
    rows = (
        ("Plans", counts.plans, "Trades the strategy asked for."),
        ("Filled", counts.filled, "Plans the market would have filled, each looked at on its own."),
        ("Unfilled", counts.unfilled, "Level not reached, no bar, or no session after the signal yet."),
        ("Invalid", counts.invalid, "Not a valid order, such as a stop beyond the entry price."),
        (
            "Skipped: position open",
            counts.skipped_overlap,
            "Filled, but the account already had a position in the symbol.",
        ),
        ("Skipped: no cash", counts.skipped_cash, "Filled, but the account was fully invested."),
        ("Still open", counts.open_trades, "Open at the end, marked at the last close; not in any win rate."),
        ("Missing bars", counts.missing_bars, "Sessions without a price bar while a position was open."),
        ("Missing quotes", run.missing_quotes, "Plans that ended because an option quote was missing."),
        ("Bars off the calendar", counts.off_calendar_bars, "Price bars whose date is not a session; left out."),
    )
    columns: tuple[Column[tuple[str, int, str]], ...] = (
        words("Outcome", lambda row: row[0]),
        Column("Number", lambda row: count(row[1])),
        words("Meaning", lambda row: row[2], prose=True),
    )
    return Section(TITLE, tables=(Table.of(TITLE, columns, rows),))
