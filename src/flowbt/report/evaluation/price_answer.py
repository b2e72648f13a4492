"""What the prices of an evaluation were, in words: total or price returns, jumps that no action explains, and sessions."""

from flowbt.report.kit.formats import counted, day, listed, plain
from flowbt.report.kit.significance import Document

SHOWN = 3
"""Jumps that are named one by one."""


def price_answer(document: Document) -> str:
    """What must be known of the prices to read the answer; from the keys `returns` and `calendar`."""
    said = [_returns(document.get("returns") or {}), *jump_sentences(document), calendar_sentence(document)]
    return " ".join(filter(None, said))


def _returns(returns: Document) -> str:
    adjusted, on_file, price = (returns.get(kind) or [] for kind in ("adjusted_closes", "actions", "price"))
    kinds = [bool(adjusted), bool(on_file), bool(price)]
    if not any(kinds):
        return ""
    if sum(kinds) > 1:
        said = [
            f"{listed(adjusted)} by adjusted closes" if adjusted else "",
            f"{listed(on_file)} by the splits and dividends on file" if on_file else "",
        ]
        total = ", ".join(filter(None, said))
        rest = f"; of {listed(price)} they are price returns, without dividends" if price else ""
        return f"Returns are total returns ({total}){rest}."
    if adjusted:
        return "Returns are total returns, by adjusted closes."
    if on_file:
        return "Returns are total returns, by the splits and dividends on file."
    return "Returns are price returns: there are neither adjusted closes nor dividends on file."


def jump_sentences(document: Document) -> list[str]:
    """The jumps within outcome windows that nothing on file explains."""
    jumps = (document.get("returns") or {}).get("jumps") or []
    if not jumps:
        return []
    shown = [
        f"{jump['symbol']} closed at {plain(jump['close_before'])} on {day(jump['previous'])} and at "
        f"{plain(jump['close'])} on {day(jump['date'])}"
        for jump in jumps[:SHOWN]
    ]
    more = f", and {counted(len(jumps) - SHOWN, 'more jump')}" if len(jumps) > SHOWN else ""
    remedy = (
        "give adjusted closes in a column adj_close"
        if document.get("prices") is not None
        else "bring it in with `flowbt ingest actions`"
    )
    those = "such a session" if len(jumps) > 1 else "that session"
    return [
        f"Warning: {'; '.join(shown)}{more}, with no split on file. If it was a split, the results over {those} are wrong: "
        f"{remedy}."
    ]


def calendar_sentence(document: Document) -> str:
    """Which sessions were counted, where the prices have others than the exchange."""
    calendar = document.get("calendar") or {}
    closed, exchange = int(calendar.get("closed_days") or 0), calendar.get("exchange")
    if not closed:
        return ""
    first = day(calendar.get("first_closed_day"))
    if exchange is not None:
        return (
            f"Left out: {counted(closed, 'day')} of '{document.get('prices')}' on which {exchange} was closed, the first "
            f"{first}; name another exchange with --exchange, or none to count the days of the file as sessions."
        )
    return (
        f"Sessions are the days of '{document.get('prices')}'. New York (XNYS) was closed on {counted(closed, 'of them', 'of them')}, "
        f"the first {first}; name the exchange with --exchange to count its sessions instead."
    )
