"""What stands in a flow report, in order, whatever it is rendered as: the one place that decides it.

Each part is a `Part`: sentences, facts by name, pictures by name, tables, and items, in this order. `text.py`, `markdown.py`
and `page.py` write them down.
"""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import day_of, moment, percent, quote
from flowbt.report.flow.chain_parts import flow_part, noise_part, notable_part, positioning_part
from flowbt.report.flow.conclusions import score_text
from flowbt.report.flow.noise import warning
from flowbt.report.flow.part import Part
from flowbt.report.flow.plan_parts import follow_up_part, ideas_part, levels_part, watch_part
from flowbt.report.kit.failed_metrics import failed_metrics

Document = Mapping[str, Any]
SPOT_FROM: Final = {"bar": " (close of the price bar)", "parity": " (implied by put-call parity)"}
"""What stands behind a spot that is not the chain's own."""


def title(document: Document) -> str:
    """`IWM flow report, 2026-04-08`."""
    return f"{document['symbol']} flow report, {document['date']}"


def standing(document: Document) -> list[str]:
    """Where the price stood, and whether a newer report could be had."""
    at = (
        f" at {moment(document['spot_time'], document['exchange'])}"
        if document["spot_time"] is not None
        else " (the source gives no time)"
    )
    at = SPOT_FROM.get(document["spot_source"], at)
    spot = f"Spot {quote(document['spot'])}{at}" if document["spot"] is not None else "Spot not known"
    close = document["close"]
    if close is not None:
        change = (
            f" ({percent(document['change'], 2, signed=True)} on the day)" if document["change"] is not None else ""
        )
        spot += f"; close {quote(close)}{change}"
    newer = document["newer_report"]
    return [f"{spot}.", *([f"A newer report is available for {day_of(newer)}."] if newer else [])]


def verdict_line(document: Document) -> str:
    """`BEARISH (score -0.62, from -1 bearish to +1 bullish)`."""
    said = (document["verdict"] or "no verdict").upper()
    if document["score"] is None:
        return said
    return f"{said} (score {score_text(document)}, from -1 bearish to +1 bullish)"


def parts(document: Document) -> list[Part]:
    """The parts that have something in them."""
    return [part for build in PARTS if not (part := build(document)).is_empty()]


def _verdict(document: Document) -> Part:
    reasons = [("", reason) for reason in document["reasons"]]
    runs = [(f"Run {run['run']}", run["answer"]) for run in document["runs"]]
    return Part(f"Flow verdict: {verdict_line(document)}", items=[*reasons, *runs])


def _warnings(document: Document) -> Part:
    return Part("Warnings", items=[("", warning(row)) for row in document["warnings"]])


def _conclusions(document: Document) -> Part:
    return Part("Key conclusions", items=[("", sentence) for sentence in document["conclusions"]])


def _conventions(document: Document) -> Part:
    named = {name: name.replace("_", " ") for name in document["conventions"]} | {
        "gex": "GEX",
        "dex_gross": "DEX gross",
    }
    facts = [(f"{named[name][0].upper()}{named[name][1:]}", text) for name, text in document["conventions"].items()]
    return Part("Conventions", facts=facts)


def _not_computed(document: Document) -> Part:
    return Part("Metrics that could not be computed", items=failed_metrics(document))


PARTS: Final = (
    _warnings, _verdict, _conclusions, flow_part, notable_part, positioning_part, noise_part, levels_part, ideas_part, watch_part,
    follow_up_part, _conventions, _not_computed,
)  # fmt: skip
