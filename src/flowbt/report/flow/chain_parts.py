"""The parts of the flow report that the chain makes: flow, notable contracts, positioning, noise."""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow import positions
from flowbt.report.flow.amounts import contract, count, currency, day_of, money, percent, plain, price, quote, rank
from flowbt.report.flow.part import Part
from flowbt.report.kit.table import Table, numbers, texts

Document = Mapping[str, Any]

UNKNOWN: Final = "not known"
RANKED: Final = {
    "Net premium": "net_premium_percentile",
    "P/C volume ratio": "put_call_volume_percentile",
    "P/C OI ratio": "put_call_oi_percentile",
}
USUAL: Final = (0.05, 0.95)
"""Percentiles at or beyond these are spoken of as unusual."""


def flow_part(document: Document) -> Part:
    """What traded, with where it stands among earlier sessions."""
    flow = document["flow"]
    net, signed = flow["net_premium"], flow["net_premium_signed"]
    facts = {
        "Net premium": (net, f"{money(net)}{_leaning(net)} of {money(flow['gross_premium'])} gross"),
        "Signed by tape": (
            signed, f"{money(signed)} ({percent(flow['signed_premium_coverage'], 0)} of the tape's premium has a side)"
        ),
        "Out of the money": (flow["net_premium_otm"], money(flow["net_premium_otm"])),
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


def notable_part(document: Document) -> Part:
    """Blocks and contract days, each with its read-through."""
    prints, contracts = document["prints"], document["notable"]
    shown = {row["contract"] for row in contracts}
    cited = [row for row in document["cited"] if not row["refused"] and row["contract"] not in shown]
    says = []
    if prints:
        says.append(
            f"Blocks on the tape: single prints of 10,000 contracts or {currency().mark}200,000 and more, the largest first."
        )
    elif contracts:
        says.append("Contract days, not prints: an end-of-day chain does not say in how many trades, or who bought.")
    # at the close it is that of the session before, which is not what today's volume did
    change = "OI change" if document["decision"] == "pre_open" else "Prior change"
    headings = (*texts("Contract"), *numbers("Premium", "Of gross", "Volume", "OI", change), *texts("What"))
    rows = tuple(
        (
            contract(row), money(row["premium"]), percent(row["share_of_gross"]), count(row["volume"]),
            count(row["open_interest"]), count(row["oi_change"], signed=True), row["kind"],
        )
        for row in [*contracts, *cited]
    )  # fmt: skip
    blocks = tuple(
        (
            contract(row),
            row["side"] or "n/a",
            money(row["premium"]),
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


def positioning_part(document: Document) -> Part:
    """Who holds what."""
    held, unknown = document["positioning"], positions.not_told(document)
    added = {side: held[f"{side}_oi_change"] if held["comparable"] else None for side in ("call", "put")}
    items = [
        ("Call additions", positions.additions(held["call_additions"], "call", added["call"], unknown)),
        ("Put additions", positions.additions(held["put_additions"], "put", added["put"], unknown)),
        ("GEX and DEX", positions.exposures(held)),
        ("GEX consistency", positions.consistency(held, document["verdict"])),
        ("OI clusters", _clusters(held["oi_clusters"], has_spot=document["spot"] is not None)),
        ("Hedging evidence", positions.hedging(held["hedging"], unknown)),
        ("Max pain context", positions.max_pain_words(document)),
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
                f"{side}s at {positions.cluster_words(rows, letter)}: {percent(clusters[f'{side}_share'], 0)} of the side{where}"
            )
    if clusters["nearest_calls"]:
        nearest = positions.cluster_words(clusters["nearest_calls"], "C")
        said.append(f"calls of the next expiry, {day_of(clusters['nearest_expiration'])}, at {nearest}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if said else "Not known."


def noise_part(document: Document) -> Part:
    """What was discounted, and why."""
    return Part("Signal vs noise", items=[(row["what"], row["why"]) for row in document["noise"]])
