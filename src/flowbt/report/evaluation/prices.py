"""Prices: which returns and sessions an evaluation used, and price jumps that no action on file explains."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.forward_returns import Entry
from flowbt.evaluation.price_calendar import PriceCalendar
from flowbt.evaluation.return_definition import Jump, ReturnDefinition
from flowbt.metrics import Decision
from flowbt.report.kit.formats import counted, day, listed, plain
from flowbt.report.kit.section import Fact

SHOWN: Final = 3
"""Jumps that are named one by one."""
ENTRIES: Final[dict[Entry, Fact]] = {
    "next_open": Fact(
        "Returns", "From the open of the session after the verdict to the open the stated number of sessions later."
    ),
    "next_close": Fact(
        "Returns", "From the close of the session after the verdict to the close the stated number of sessions later."
    ),
    "close": Fact("Returns", "From the close of the verdict's own session: what followed, not what could be traded."),
}
DECISIONS: Final[dict[Decision, Fact]] = {
    "close": Fact(
        "Decision", "Decided after the session's close, with the open interest known then: that of the close before."
    ),
    "pre_open": Fact(
        "Decision",
        "Decided before the next session's open, with the open interest of the session's own close, published that morning.",
    ),
}
NOT_TRADABLE: Final[dict[Entry, str]] = {
    "next_open": "",
    "next_close": "",
    "close": "Returns start at the same session's close: they show what followed, not what could be traded.",
}
METHOD: Final = (
    Fact(
        "Prices",
        "A total return is the price change with splits undone and dividends reinvested on their ex-date; a price return leaves "
        "dividends out. Returns are total returns from adjusted closes where the bars have them, else from the splits and "
        "dividends on file, never from both; with neither they are price returns. A change of less than half a tick counts as "
        "no move.",
    ),
    Fact(
        "Sessions",
        "Horizons count the sessions of each symbol's own exchange; symbols of several exchanges are aligned by date. Each day "
        "of a price file is a session, unless --exchange names an exchange.",
    ),
    Fact(
        "Significance",
        "Verdicts persist and horizons overlap, so days are not independent. Signals are compared with outcomes when they are "
        "moved round the calendar by any number of sessions, all symbols together, each shift judged by its own long-run error; "
        "an interval contains the values that would not be rejected in this way. The mean of the daily portfolio and of a bucket "
        "have errors for dependent days (Newey-West, fixed-b critical values). Intervals are 95%, p-values two-sided.",
    ),
)


def price_answer(returns: ReturnDefinition, prices: str | None = None, calendar: PriceCalendar | None = None) -> str:
    """The paragraph on prices.

    Args:
        returns: which returns were used.
        prices: name of the price file; None where the prices are the lake's.
        calendar: whose sessions were counted, for a price file.
    """
    sentences = [
        returns_sentence(returns),
        jumps_sentence(returns.jumps, prices),
        calendar_sentence(calendar, prices) if calendar and prices is not None else "",
    ]
    return " ".join(filter(None, sentences))


def returns_sentence(returns: ReturnDefinition) -> str:
    """Which symbols have total and which price returns."""
    adjusted, on_file, price = returns.adjusted_closes, returns.actions, returns.price
    kinds = sum(map(bool, (adjusted, on_file, price)))
    if not kinds:
        return ""
    if kinds > 1:
        sources = [
            f"{listed(adjusted)} from adjusted closes" if adjusted else "",
            f"{listed(on_file)} from the splits and dividends on file" if on_file else "",
        ]
        rest = f"; those of {listed(price)} are price returns, without dividends" if price else ""
        return f"Returns are total returns ({', '.join(filter(None, sources))}){rest}."
    if adjusted:
        return "Returns are total returns, from adjusted closes."
    if on_file:
        return "Returns are total returns, from the splits and dividends on file."
    return "Returns are price returns: there are neither adjusted closes nor dividends on file."


def jumps_sentence(jumps: Sequence[Jump], prices: str | None) -> str:
    """A warning of the jumps within outcome windows that nothing on file explains."""
    if not jumps:
        return ""
    shown = [
        f"{jump.symbol} closed at {plain(jump.close_before)} on {day(jump.previous)} and at {plain(jump.close)} on "
        f"{day(jump.date)}"
        for jump in jumps[:SHOWN]
    ]
    more = f", and {counted(len(jumps) - SHOWN, 'more jump')}" if len(jumps) > SHOWN else ""
    remedy = (
        "provide adjusted closes in a column adj_close"
        if prices is not None
        else "add the split with `flowbt ingest actions`"
    )
    those = "such a session" if len(jumps) > 1 else "that session"
    return (
        f"Warning: {'; '.join(shown)}{more}, with no split on file. If it was a split, the results over {those} are wrong: "
        f"{remedy}."
    )


def calendar_sentence(calendar: PriceCalendar, prices: str) -> str:
    """Which sessions were counted, where the days of the price file are not those of the exchange."""
    closed, first = calendar.closed_days, day(calendar.first_closed_day)
    if not closed:
        return ""
    if calendar.exchange is not None:
        return (
            f"Left out: {counted(closed, 'day')} of '{prices}' on which {calendar.exchange} was closed, the first {first}; name "
            "another exchange with --exchange, or none to count the days of the file as sessions."
        )
    return (
        f"Sessions are the days of '{prices}'. New York (XNYS) was closed on {counted(closed, 'of them', 'of them')}, the first "
        f"{first}; name the exchange with --exchange to count its sessions instead."
    )
