"""What stands in a flow report, in order, whatever it is rendered as: the one place that decides it.

A `Part` has a heading and, in this order, sentences, facts by name, pictures by name, tables, and items. `text.py`,
`markdown.py` and `page.py` write them down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flowbt.report.daily import words
from flowbt.report.daily.amounts import (
    contract,
    count,
    day_of,
    moment,
    percent,
    plain,
    price,
    quote,
    rank,
    usd,
)
from flowbt.report.daily.conclusions import score_text
from flowbt.report.daily.ideas import idea_items, idle_ideas
from flowbt.report.tables import Table, numbers, texts

Document = Mapping[str, Any]

UNKNOWN: Final = "not known"
RANKED: Final = {
    "Net premium": "net_premium_percentile",
    "P/C volume ratio": "put_call_volume_percentile",
    "P/C OI ratio": "put_call_oi_percentile",
}
USUAL: Final = (0.05, 0.95)
"""Percentiles at or beyond these are spoken of as unusual."""


LONGEST_NAME: Final = 40


@dataclass(frozen=True)
class Part:
    """A part of the report; what is empty is not shown, nor is a part without anything.

    Attributes:
        title: its heading.
        says: sentences.
        facts: names with what is said of each.
        pictures: names of pictures (`charts.PICTURES`), for where pictures can be shown.
        tables: in order, with their titles where there are several.
        items: paragraphs with a heading each.
    """

    title: str
    says: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    pictures: Sequence[str] = ()
    tables: Sequence[Table] = ()
    items: Sequence[tuple[str, str]] = ()

    def shown(self) -> list[Table]:
        """The tables with something in them."""
        return [table for table in self.tables if table.rows]

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.says or self.facts or self.items or self.shown())


def clipped(name: str) -> str:
    """A level's name, cut where a table has no more room for it."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def title(document: Document) -> str:
    """`IWM flow report, 2026-04-08`."""
    return f"{document['symbol']} flow report, {document['date']}"


def standing(document: Document) -> list[str]:
    """Where the price stood, and whether a newer report could be had."""
    at = f" at {moment(document['spot_time'])}" if document["spot_time"] is not None else " (the source gives no time)"
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
    return Part("Warnings", items=[("", words.warning(row)) for row in document["warnings"]])


def _conclusions(document: Document) -> Part:
    return Part("Key conclusions", items=[("", sentence) for sentence in document["conclusions"]])


def _flow(document: Document) -> Part:
    flow = document["flow"]
    net, signed = flow["net_premium"], flow["net_premium_signed"]
    facts = {
        "Net premium": (net, f"{usd(net)}{_leaning(net)} of {usd(flow['gross_premium'])} gross"),
        "Signed by tape": (
            signed, f"{usd(signed)} ({percent(flow['signed_premium_coverage'], 0)} of the tape's premium has a side)"
        ),
        "Out of the money": (flow["net_premium_otm"], usd(flow["net_premium_otm"])),
        "P/C volume ratio": (flow["put_call_volume_ratio"], plain(flow["put_call_volume_ratio"])),
        "P/C OI ratio": (flow["put_call_oi_ratio"], plain(flow["put_call_oi_ratio"])),
        "Volume": (flow["call_volume"], f"{count(flow['call_volume'])} calls, {count(flow['put_volume'])} puts"),
        "Flow to stock": (
            flow["flow_to_stock_ratio"],
            f"{plain(flow['flow_to_stock_ratio'])} (P/C of the volume over P/C of the open interest)",
        ),
    }  # fmt: skip
    told = [
        (name, UNKNOWN if value is None else said + _place(name, document))
        for name, (value, said) in facts.items()
        # few lakes have a tape
        if value is not None or name != "Signed by tape"
    ]
    return Part("Flow summary", facts=told, pictures=["history"])


def _leaning(value: float | None) -> str:
    return "" if not value else " bearish" if value < 0 else " bullish"


def _place(name: str, document: Document) -> str:
    """Where a fact of the flow stands among earlier sessions, for those that are ranked."""
    if name not in RANKED:
        return ""
    percentile = document["flow"][RANKED[name]]
    place = rank(percentile, document["history"]["earlier"])
    if percentile is not None and not USUAL[0] < percentile < USUAL[1]:
        place += ", unusually high" if percentile >= USUAL[1] else ", unusually low"
    return f" ({place})"


def _notable(document: Document) -> Part:
    prints, contracts = document["prints"], document["notable"]
    shown = {row["contract"] for row in contracts}
    cited = [row for row in document["cited"] if not row["refused"] and row["contract"] not in shown]
    says = []
    if prints:
        says.append("Blocks on the tape: single prints of 10,000 contracts or $200,000 and more, the largest first.")
    elif contracts:
        says.append("Contract days, not prints: an end-of-day chain does not say in how many trades, or who bought.")
    # at the close it is that of the session before, which is not what today's volume did
    change = "OI change" if document["decision"] == "pre_open" else "Prior change"
    headings = (*texts("Contract"), *numbers("Premium", "Of gross", "Volume", "OI", change), *texts("What"))
    rows = tuple(
        (
            contract(row), usd(row["premium"]), percent(row["share_of_gross"]), count(row["volume"]),
            count(row["open_interest"]), count(row["oi_change"], signed=True), row["kind"],
        )
        for row in [*contracts, *cited]
    )  # fmt: skip
    blocks = tuple(
        (
            contract(row),
            row["side"] or "n/a",
            usd(row["premium"]),
            percent(row["share_of_gross"]),
            count(row["size"]),
            price(row["price"]),
        )
        for row in prints
    )
    tables = [
        Table("Blocks", (*texts("Contract", "Side"), *numbers("Premium", "Of gross", "Size", "Price")), blocks),
        Table("Contracts", headings, rows),
    ]
    reads = [(f"Block of {count(row['size'])}, {contract(row)}", row["read_through"]) for row in prints]
    reads += [(contract(row), row["read_through"]) for row in [*contracts, *cited]]
    name = "Notable prints" if prints else "Notable contract days"
    return Part(name, says if rows or blocks else [], tables=tables, items=reads)


def _positioning(document: Document) -> Part:
    held, unknown = document["positioning"], words.not_told(document)
    added = {side: held[f"{side}_oi_change"] if held["comparable"] else None for side in ("call", "put")}
    items = [
        ("Call additions", words.additions(held["call_additions"], "call", added["call"], unknown)),
        ("Put additions", words.additions(held["put_additions"], "put", added["put"], unknown)),
        ("GEX and DEX", words.exposures(held)),
        ("GEX consistency", words.consistency(held, document["verdict"])),
        ("OI clusters", _clusters(held["oi_clusters"], has_spot=document["spot"] is not None)),
        ("Hedging evidence", words.hedging(held["hedging"], unknown)),
        ("Max pain context", words.max_pain_words(document)),
    ]
    which = (
        "of this close, published before the next open"
        if document["decision"] == "pre_open"
        else "as known at this close"
    )
    says = [
        f"The open interest {which} is not known."
        if held["call_open_interest"] is None and held["put_open_interest"] is None
        else f"Live expiries, {count(held['call_open_interest'])} calls and {count(held['put_open_interest'])} puts held; open interest "
        f"{which}."
    ]
    rows = tuple(
        (str(row["expiration"]), price(row["max_pain"]), percent(row["gap"], signed=True), quote(row["expected_move"]))
        for row in document["max_pain"]
    )
    table = Table("Max pain by expiry", (*texts("Expiry"), *numbers("Max pain", "Spot over it", "Exp. move")), rows)
    return Part(
        "Institutional positioning",
        says,
        pictures=["oi_by_strike", "gex_profile", "max_pain"],
        tables=[table],
        items=items,
    )


def _clusters(clusters: Document, *, has_spot: bool) -> str:
    said = []
    for side, letter in (("put", "P"), ("call", "C")):
        rows, band = clusters[f"{side}s"], clusters[f"{side}_band"]
        if rows:
            where = f", a band {price(band[0])} to {price(band[1])}" if band else ", no band" if has_spot else ""
            said.append(
                f"{side}s at {words.cluster_words(rows, letter)}: {percent(clusters[f'{side}_share'], 0)} of the side{where}"
            )
    if clusters["nearest_calls"]:
        nearest = words.cluster_words(clusters["nearest_calls"], "C")
        said.append(f"calls of the next expiry, {day_of(clusters['nearest_expiration'])}, at {nearest}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if said else "Not known."


def _noise(document: Document) -> Part:
    return Part("Signal vs noise", items=[(row["what"], row["why"]) for row in document["noise"]])


def _levels(document: Document) -> Part:
    levels, friday = document["levels"], document["peaks"]
    # the Thursday before a holiday
    expires = friday["expiration"]
    spot = document["spot"]
    here = [{"price": spot, "level": "the spot", "label": "", "distance": 0.0, "of": "chain"}] if spot else []
    by_price = sorted([*levels["labelled"], *here], key=lambda row: -row["price"])
    rows = tuple(
        (
            quote(row["price"]),
            percent(row["distance"], 2, signed=True),
            clipped(row["level"]),
            row["label"] or "",
            row["of"],
        )
        for row in by_price
    )
    table = Table(
        "Levels by price",
        (*numbers("Price", "From spot"), *texts("Level", "By position", "Source")),
        rows,
    )
    facts = []
    if friday["calls"] or friday["puts"]:
        facts += [
            (f"This {expires:%A}", f"{day_of(expires)}, out of the money")
            if expires
            else ("This Friday", "not listed"),
            ("Call OI peaks", words.cluster_words(friday["calls"], "C") or "none"),
            ("Put OI peaks", words.cluster_words(friday["puts"], "P") or "none"),
            ("Contention", f"{price(friday['contention_strike'])}, next call peak {price(friday['next_call_peak'])}"),
        ]
    facts.append(
        (
            "All expiries",
            f"contention {price(levels['contention_strike'])}, next call peak {price(levels['next_call_peak'])}, put floor {price(levels['put_floor'])}",
        )
    )
    if levels["unknown"]:
        facts.append(("Not known", f"{', '.join(levels['unknown'])}: too few bars, or not in the chain"))
    return Part("Levels", facts=facts if rows or len(facts) > 1 else [], tables=[table])


def _ideas(document: Document) -> Part:
    ideas = document["trade_ideas"]
    says = (
        ["Plans of the shipped strategies, each on its own: they may contradict each other. No advice."]
        if ideas
        else []
    )
    idle = idle_ideas(ideas)
    return Part(
        "Trade ideas",
        says,
        items=[*idea_items(ideas, document["symbol"]), *([("No setup today", idle)] if idle else [])],
    )


def _watch(document: Document) -> Part:
    return Part(
        "Watch next session",
        items=[(row["trigger"], f"Known {row['known_at']}. {row['then']}") for row in document["watch"]],
    )


def _follow_up(document: Document) -> Part:
    found = document.get("follow_up")
    if not found:
        return Part("Follow-up")
    levels = tuple(
        (clipped(row["level"]), quote(row["price"]), row["outcome"], str(row["touched"] or "never"), row["label"])
        for row in found["levels"]
    )
    table = Table(
        "Levels since",
        (*texts("Level"), *numbers("Price"), *texts("What became of it", "First touched", "Was a")),
        levels,
    )
    items = [(row["what"], row["outcome"]) for key in ("watch", "trade_ideas") for row in found[key]]
    return Part("Follow-up", found["says"], tables=[table], items=items)


def _conventions(document: Document) -> Part:
    named = {name: name.replace("_", " ") for name in document["conventions"]} | {
        "gex": "GEX",
        "dex_gross": "DEX gross",
    }
    facts = [(f"{named[name][0].upper()}{named[name][1:]}", text) for name, text in document["conventions"].items()]
    return Part("Conventions", facts=facts)


PARTS: Final = (
    _warnings, _verdict, _conclusions, _flow, _notable, _positioning, _noise, _levels, _ideas, _watch, _follow_up, _conventions,
)  # fmt: skip
