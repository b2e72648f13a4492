"""The triggers to watch in words: what must be seen, when it can be judged, and what it would say."""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import contract, count, day_of, plain, price

Row = Mapping[str, Any]

VERDICTS: Final = {-1: "bearish", 0: "neutral", 1: "bullish"}


def trigger_words(row: Row) -> dict[str, str]:
    """`trigger, known_at, then` of a trigger (`flowbt.flow.triggers`)."""
    clock = "before the open" if row["clock"] == "pre_open" else "at the close"
    return {**TRIGGERS[row["kind"]](row), "known_at": f"{row['known_on']} {clock}"}


def _follow_through(row: Row) -> dict[str, str]:
    now = f"{count(row['open_interest'])} held; {count(row['volume'])} traded"
    kept, closed = count(row["kept_at"]), count(row["closed_below"])
    # of what nobody held, nothing can be unwound
    unwinds = row["closed_below"] > 0
    return {
        "trigger": f"Open interest of the {contract(row)} at {kept} or more{f', or below {closed}' if unwinds else ''} ({now})",
        "then": f"{kept} or more is follow-through, the positions were kept{f'; below {closed} is an unwind' if unwinds else ''}.",
    }


def _renewed(row: Row) -> dict[str, str]:
    first, last = row["expirations"]
    expiries = f"{day_of(first)} expiry" if first == last else f"expiries {day_of(first)} to {day_of(last)}"
    side, beyond, turn = ("call", "above", "below") if row["option_type"] == "call" else ("put", "below", "above")
    return {
        "trigger": f"Renewed {side} trading at or {beyond} {price(row['strike'])} ({expiries}): more than today's "
        f"{count(row['volume'])}, with the P/C volume ratio {turn} today's {plain(row['ratio'])}",
        "then": f"Such flow leans {'bullish' if row['option_type'] == 'call' else 'bearish'}, beyond the expected move.",
    }


def _level(row: Row) -> dict[str, str]:
    role = "resistance" if row["direction"] == "above" else "support"
    said = f"The {row['level']} at {price(row['price'])} is broken as a {role}"
    if row["level"] == "zero gamma":
        said = "By today's open interest, the gamma assumed of dealers is of the other sign there"
    return {
        "trigger": f"A close {row['direction']} {price(row['price'])} ({row['level']})",
        "then": f"{said}.",
    }


def _verdict(row: Row) -> dict[str, str]:
    said = VERDICTS[row["verdict"]]
    return {"trigger": f"The flow verdict is {said} again", "then": f"The {said} flow persists."}


TRIGGERS: Final = {"follow_through": _follow_through, "renewed": _renewed, "level": _level, "verdict": _verdict}
