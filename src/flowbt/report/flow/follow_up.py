"""What became of a day in words."""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import count, in_its_currency, percent, plain, price
from flowbt.report.flow.triggers import VERDICTS
from flowbt.report.kit.formats import counted
from flowbt.report.kit.glossary import EXIT_REASONS

Row = Mapping[str, Any]

RESULTS: Final = {
    "came": "Yes",
    "did not come": "No",
    "unwind": "Unwound",
    "undecided": "Neither: some was kept",
    "not comparable": "Not comparable",
    "not known yet": "Not known yet",
}


@in_its_currency
def follow_up_words(document: Row, found: Row) -> dict[str, Any]:
    """The follow-up with its sentences: `says`, and `what, outcome` of triggers, levels and ideas."""
    return {
        **found,
        "says": [_path(document, found)],
        "watch": [{"what": row["trigger"], "outcome": _watched(row), **row} for row in found["watch"]],
        "levels": [{**row, "outcome": _level(row)} for row in found["levels"]],
        "trade_ideas": [
            {"what": row["idea"].capitalize(), "outcome": _traded(row), **row} for row in found["trade_ideas"]
        ],
    }


def _path(document: Row, found: Row) -> str:
    if not found["path"]:
        return f"No session with a price followed {document['date']} in the lake."
    moved = ", ".join(
        f"{percent(row['return'], 2, signed=True)} after {counted(row['sessions'], 'session')} ({price(row['close'])})"
        for row in found["path"]
    )
    said = f" The verdict was {document['verdict']}." if document["verdict"] else " There was no verdict."
    return f"From the close of {price(document['close'])}: {moved}.{said}"


def _watched(row: Row) -> str:
    seen, result = row["seen"], RESULTS[row["result"]]
    if row["kind"] == "follow_through" and row["result"] == "came":
        result = "Follow-through"
    if not seen:
        return f"{result}: the lake does not hold what {row['known_on']} would tell."
    split = f"a split of {seen['split']:g} for 1" if "split" in seen else ""
    if row["result"] == "not comparable":
        return f"{result} ({row['known_on']}: {split})."
    told = {
        "follow_through": lambda: f"open interest {count(seen['open_interest'])}",
        "renewed": lambda: f"{count(seen['volume'])} traded, P/C volume {plain(seen['ratio'])}",
        "level": lambda: f"closed at {price(seen['close'])}",
        "verdict": lambda: f"{VERDICTS[seen['verdict']]}, score {plain(seen['score'], signed=True)}",
    }[row["kind"]]()
    counted_as = f", in contracts from before {split}" if split else ""
    return f"{result} ({row['known_on']}: {told}{counted_as})."


def _level(row: Row) -> str:
    if row["result"] == "broken":
        return f"broken on {row['broken']}"
    return "held" if row["result"] == "held" else "not touched"


def _traded(row: Row) -> str:
    trade = row["trade"]
    if trade is None:
        return _not_entered(row)
    into = f"in the shares on {trade['entry_date']} at {price(trade['entry_price'])}"
    if trade["exit_reason"] == "end":
        return f"{into.capitalize()}; still open, {percent(trade['return'], 2, signed=True)}{_carried(trade)}."
    return (
        f"{into.capitalize()}, out on {trade['exit_date']} at {price(trade['exit_price'])} ({EXIT_REASONS[trade['exit_reason']]}): "
        f"{percent(trade['return'], 2, signed=True)} after costs{_carried(trade)}."
    )


def _carried(trade: Row) -> str:
    """What makes the return other than that of the two prices."""
    said = [f"a split of {trade['split_ratio']:g} for 1"] if (trade.get("split_ratio") or 1) != 1 else []
    dividends = trade.get("dividends") or 0
    said += (
        [f"a dividend of {price(abs(dividends))} a share {'received' if dividends > 0 else 'paid'}"]
        if dividends
        else []
    )
    return f", with {' and '.join(said)}" if said else ""


def _not_entered(row: Row) -> str:
    if row["waited"] < row["valid_for"]:
        return f"Not entered yet: {counted(row['waited'], 'session')} since."
    reach = {"stop": "was not broken", "limit": "was not reached"}.get(row["entry_kind"])
    if reach is None:
        return "Not entered: its levels lay on the wrong side of the next open, or there was no bar."
    return f"Not filled: {price(row['entry'])} {reach} within {counted(row['valid_for'], 'session')}."
