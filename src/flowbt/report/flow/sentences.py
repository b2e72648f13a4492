"""The flow report's sentences: templates over computed facts, none without a number behind it.

`with_words` puts them into the document beside their facts.
"""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import count, in_its_currency
from flowbt.report.flow.conclusions import conclusions
from flowbt.report.flow.contracts import print_read_through, read_through
from flowbt.report.flow.noise import noise
from flowbt.report.flow.triggers import trigger_words
from flowbt.report.kit.formats import counted

Row = Mapping[str, Any]

PARTS: Final = {
    "net_premium_ratio": "net premium ratio",
    "put_call_volume_ratio": "put/call volume ratio",
    "put_call_oi_ratio_change": "change of the put/call open interest ratio",
}


@in_its_currency
def with_words(document: Row) -> dict[str, Any]:
    """The document with its sentences: `reasons`, `read_through`, `noise`, `watch` and `conclusions`."""
    day = document["date"]
    worded = {
        **document,
        "reasons": reasons(document),
        "notable": [{**row, "read_through": read_through(row, day)} for row in document["notable"]],
        "cited": [
            {**row, "read_through": "" if row["refused"] else read_through(row, day)} for row in document["cited"]
        ],
        "prints": [{**row, "read_through": print_read_through(row, day)} for row in document["prints"]],
        "noise": [{**noise(row), **row} for row in document["noise"]],
        "watch": [{**trigger_words(row), **row} for row in document["watch"]],
    }
    return {**worded, "conclusions": conclusions(worded)}


def reasons(document: Row) -> list[str]:
    """The parts of the score, the heaviest first, or why there is no verdict."""
    parts, history = document["parts"], document["history"]
    found = []
    if document["unpublished"]:
        day, following = document["date"], document["unpublished"]
        found.append(
            f"the open interest of the close of {day} is not known: it is published before the open of {following}, whose "
            "chain is not in the lake"
        )
    if document["score"] is None:
        if history["sessions"] < history["needed"]:
            return [
                *found,
                f"too little history: {counted(history['sessions'], 'session')} held, {history['needed']} needed",
            ]
        missing = [PARTS[name] for name, part in parts.items() if part is None]
        return [*found, f"not known on this day, or not in enough of the sessions before: {', '.join(missing)}"]
    habit = min(history["lookback"], history["earlier"])
    for name, part in sorted(parts.items(), key=lambda item: -abs(item[1])):
        side = "bullish" if part > 0 else "bearish"
        clip = " (at the clip)" if abs(part) >= 1 else ""
        found.append(
            f"{PARTS[name]}: {abs(part) * 3:.1f} sd to the {side} side of its last {count(habit)} sessions{clip}"
        )
    return found
