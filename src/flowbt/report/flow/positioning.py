"""Open interest in sentences: additions, exposures, clusters, hedging, max pain."""

from collections.abc import Sequence
from typing import Final

from flowbt.flow.clusters import OpenInterestClusters
from flowbt.flow.contracts import Addition
from flowbt.flow.levels import StrikeOpenInterest
from flowbt.flow.max_pain import MaxPain
from flowbt.flow.positioning import MATERIAL, VOLUME_SESSIONS, Hedging, Positioning
from flowbt.flow.report import FlowReport
from flowbt.metrics.catalogue.hedging import protective_put_added
from flowbt.report.flow.amounts import count, day_of, shares
from flowbt.report.flow.conclusions import gap_text, near
from flowbt.report.flow.figures import positioning_figures
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import known, listed, percent, plain
from flowbt.report.kit.section import Item, Section
from flowbt.report.kit.table import Column, Table, words

READINGS: Final = {
    "plain puts": "so few look like collars",
    "mixed": "so some look like collars",
    "collars": "so most look like collars",
}
LOW_CONFIDENCE: Final = 0.5
"""Below this a reading is called one of low confidence."""


def positioning_section(report: FlowReport, money: Money) -> Section:
    """Open interest, what was added, and the exposures it implies."""
    positioning, unknown = report.positioning, unknown_change(report)
    comparable = positioning.comparable
    call_change = positioning.call_oi_change if comparable else None
    put_change = positioning.put_oi_change if comparable else None
    items = (
        Item("Call additions", additions(positioning.call_additions, "call", call_change, unknown, money)),
        Item("Put additions", additions(positioning.put_additions, "put", put_change, unknown, money)),
        Item("GEX and DEX", exposures(positioning, money)),
        Item("GEX consistency", consistency(positioning, report.verdict, money)),
        Item("OI clusters", clusters(positioning.oi_clusters, money, has_spot=report.spot is not None)),
        Item("Hedging", hedging(positioning.hedging, unknown)),
        Item("Max pain", max_pain(report, money)),
    )
    return Section(
        "Positioning",
        sentences=(_open_interest(report),),
        figures=positioning_figures(report, money),
        tables=(_max_pain_table(report.max_pain, money),),
        items=items,
    )


def _open_interest(report: FlowReport) -> str:
    calls, puts = report.positioning.call_open_interest, report.positioning.put_open_interest
    which = "as known at this close"
    if report.decision == "pre_open":
        which = "of this close, published before the next open"
    if calls is None and puts is None:
        return f"The open interest {which} is not known."
    return f"Live expiries: {count(calls)} calls and {count(puts)} puts; open interest {which}."


def _max_pain_table(rows: Sequence[MaxPain], money: Money) -> Table:
    columns: list[Column[MaxPain]] = [
        words("Expiry", lambda row: str(row.expiration)),
        Column("Max pain", lambda row: money.price(row.max_pain)),
        Column("Spot vs max pain", lambda row: percent(row.gap, signed=True)),
        Column("Expected move", lambda row: money.quote(row.expected_move)),
    ]
    return Table.of("Max pain by expiry", columns, rows)


def unknown_change(report: FlowReport) -> str:
    """Why the change of open interest is not known."""
    if not report.positioning.comparable:
        return "Not comparable with the session before: see the warning."
    if report.unpublished:
        return f"Not known: the open interest of this close is published before the open of {report.unpublished}."
    return "Not known: the open interest of the session before is missing."


def additions(rows: Sequence[Addition], side: str, total: int | None, unknown: str, money: Money) -> str:
    """The open interest added on a side: `+86,721 puts in total; most in the 15 May 2026 $249 put (+16,780 to 22,410)`."""
    whole = f"{count(total, signed=True)} {side}s in total" if total is not None else ""
    if not rows:
        return f"{whole}; no contract rose." if whole else unknown
    contracts = listed(
        [
            f"the {money.contract(row)} ({count(row.oi_change, signed=True)} to {count(row.open_interest)})"
            for row in rows
        ]
    )
    return f"{whole}; most in {contracts}." if whole else f"Most in {contracts}."


def exposures(positioning: Positioning, money: Money) -> str:
    """Gamma and delta exposure, each with its unit: `GEX −$12.5M per 1% move (...); DEX net +9.1M shares, ...`."""
    gamma, delta = "GEX unknown", "DEX unknown"
    if positioning.gex is not None:
        covered = f"gamma known for {percent(positioning.gex_coverage, 0)} of open interest"
        gamma = f"GEX {money.amount(positioning.gex, signed=True)} per 1% move ({covered})"
    if positioning.dex_net is not None:
        delta = f"DEX net {shares(positioning.dex_net)}, gross {shares(positioning.dex_gross)}"
    return f"{gamma}; {delta}."


def consistency(positioning: Positioning, verdict: str | None, money: Money) -> str:
    """Whether the gamma exposure supports the verdict, with the numbers."""
    share = positioning.gex_share_of_volume
    if positioning.gex is None:
        return "The gamma exposure of this day is not known."
    size = f"GEX of {money.amount(positioning.gex, signed=True)} per 1% move"
    if share is not None:
        size += f" is {percent(share, 2)} of average dollar volume"
    if verdict in {None, "neutral"}:
        return f"{size}; there is no bearish or bullish verdict to compare it with."
    found = {
        "consistent": f"{size}; its sign matches the {verdict} verdict: consistent.",
        "immaterial": f"{size}; its sign matches the {verdict} verdict, but below {percent(MATERIAL, 2)} it is immaterial.",
        "mixed": f"{size}; its sign contradicts the {verdict} verdict: mixed.",
    }
    unjudged = f"{size}; without {VOLUME_SESSIONS} price bars its size cannot be judged."
    return found.get(positioning.consistency or "", unjudged)


def strikes_text(rows: Sequence[StrikeOpenInterest], letter: str, money: Money) -> str:
    """Strikes with their open interest: `$230P (132,452), $240P (124,776)`."""
    return ", ".join(f"{money.price(row.strike)}{letter} ({count(row.open_interest)})" for row in rows)


def clusters(clusters: OpenInterestClusters, money: Money, *, has_spot: bool) -> str:
    """The strikes at which open interest is concentrated, side by side."""
    sides = (
        ("put", clusters.puts, clusters.put_band, clusters.put_share),
        ("call", clusters.calls, clusters.call_band, clusters.call_share),
    )
    parts = []
    for side, rows, band, share in sides:
        if rows:
            where = ", no band" if has_spot else ""
            if band:
                where = f", band {money.price(band[0])} to {money.price(band[1])}"
            strikes = strikes_text(rows, side[0].upper(), money)
            parts.append(f"{side}s at {strikes}: {percent(share, 0)} of all {side}s{where}")
    if clusters.nearest_calls and clusters.nearest_expiration:
        nearest = strikes_text(clusters.nearest_calls, "C", money)
        parts.append(f"calls of the next expiry, {day_of(clusters.nearest_expiration)}, at {nearest}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if parts else "Unknown."


def hedging(hedging: Hedging, unknown: str) -> str:
    """Whether the added puts look like hedges, with the confidence; else why that is unknown."""
    added = hedging.protective_puts_added
    if added is None:
        return unknown
    days = protective_put_added.parameters
    kind = f"protective-type puts (OTM, {days['min_dte']}–{days['max_dte']} days)"
    if not added or hedging.reading is None:
        return f"No {kind} were added."
    only = "only " if hedging.reading == "plain puts" else ""
    matched = f"calls of matching delta rose by {only}{percent(hedging.collar_share, 0)} of that"
    return (
        f"Open interest in {kind} rose by {count(added)}; {matched}, {READINGS[hedging.reading]}. "
        f"A hypothesis{_confidence(hedging.confidence)}: a chain does not show who bought."
    )


def _confidence(confidence: float | None) -> str:
    number = known(confidence)
    if number is None:
        return ""
    return f" of low confidence ({plain(number)})" if number < LOW_CONFIDENCE else f" of confidence {plain(number)}"


def max_pain(report: FlowReport, money: Money) -> str:
    """Max pain, whether it is the same for the next expiries, and how far the spot is from it."""
    nearest = next(iter(report.max_pain), None)
    if nearest is None or nearest.max_pain is None:
        return "Unknown."
    text = f"{money.price(nearest.max_pain)} for the next expiry, {day_of(nearest.expiration)}"
    if report.max_pain_flat:
        text = f"Flat {near(report.max_pain)} {money.price(nearest.max_pain)} across the next expiries"
    if nearest.gap is None:
        return f"{text}."
    return f"{text}; {gap_text(nearest)}. `flowbt evaluate max_pain_gravity` tests whether the price is drawn to it."
