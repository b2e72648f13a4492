"""Who holds what, in sentences: additions, exposures, clusters, hedging, max pain."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowbt.report.flow.amounts import contract, count, day_of, money, percent, plain, price, shares
from flowbt.report.flow.conclusions import near
from flowbt.report.kit.formats import listed

Row = Mapping[str, Any]

READINGS: Final = {
    "plain puts": "plain put buying or selling, hardly any of it in collars",
    "mixed": "partly collars",
    "collars": "mostly collars",
}


def not_told(document: Row) -> str:
    """Why a change of open interest is not known."""
    if not document["positioning"]["comparable"]:
        return "Not comparable with the session before: see the warning."
    if document["unpublished"]:
        return f"Not known: the open interest of this close is published before the open of {document['unpublished']}."
    return "Not known: the open interest of the session before is lacking."


def additions(rows: Sequence[Row], side: str, total: Any, unknown: str) -> str:
    """Who was added: `+86,721 puts in all; most in the May 15, 2026 $249 put (+16,780 to 22,410), ...`; else why it is unknown."""
    whole = f"{count(total, signed=True)} {side}s in all" if total is not None else ""
    if not rows:
        return f"{whole}; no contract grew." if whole else unknown
    named = [
        f"the {contract(row)} ({count(row['oi_change'], signed=True)} to {count(row['open_interest'])})" for row in rows
    ]
    return f"{whole}; most in {listed(named)}." if whole else f"Most in {listed(named)}."


def exposures(held: Row) -> str:
    """Gamma and delta exposure, each with its unit: `GEX -$12.5M per 1% move (...); DEX net +9.1M shares, ...`."""
    gamma = "GEX is not known"
    if held["gex"] is not None:
        known = f"gamma known of {percent(held['gex_coverage'], 0)} of the open interest"
        gamma = f"GEX {money(held['gex'], signed=True)} per 1% move ({known})"
    delta = "DEX is not known"
    if held["dex_net"] is not None:
        delta = f"DEX net {shares(held['dex_net'])}, gross {shares(held['dex_gross'])}"
    return f"{gamma}; {delta}."


def consistency(held: Row, verdict: str | None) -> str:
    """Whether the gamma exposure bears the verdict out, with the numbers."""
    share, gex = held["gex_share_of_volume"], held["gex"]
    if gex is None:
        return "No gamma exposure is known on this day."
    size = f"GEX {money(gex, signed=True)} per 1% move"
    if share is not None:
        size += f" is {percent(share, 2)} of the average dollar volume"
    if verdict in {None, "neutral"}:
        return f"{size}; there is no bearish or bullish verdict to bear out."
    found = {
        "consistent": f"{size}; its sign is that of the {verdict} verdict: consistent.",
        "immaterial": f"{size}; its sign is that of the {verdict} verdict, but below 0.25% it is immaterial.",
        "mixed": f"{size}; its sign is not that of the {verdict} verdict: mixed.",
    }
    return found.get(held["consistency"] or "", f"{size}; without 20 price bars its weight cannot be judged.")


def cluster_words(rows: Sequence[Row], letter: str) -> str:
    """Strikes with what they hold: `$230P (132,452), $240P (124,776)`."""
    return ", ".join(f"{price(row['strike'])}{letter} ({count(row['open_interest'])})" for row in rows)


def hedging(found: Row, unknown: str) -> str:
    """What the added puts read like; a hypothesis, with its confidence; else why it is unknown."""
    added = found["protective_puts_added"]
    if added is None:
        return unknown
    if not added or found["reading"] is None:
        return "No puts to protect with were added."
    sure = f", confidence {plain(found['confidence'])} of 1" if found["confidence"] is not None else ""
    return (
        f"{count(added)} puts to protect with (out of the money, 7 to 90 days) were added, "
        f"{percent(found['collar_share'], 0)} of them matched by calls as in a collar: {READINGS[found['reading']]}. "
        f"A hypothesis{sure}: a chain does not say who bought."
    )


def max_pain_words(document: Row) -> str:
    """Where max pain lies, whether it is the same over the next expiries, and how far the spot is from it."""
    rows = document["max_pain"]
    if not rows or rows[0]["max_pain"] is None:
        return "Not known."
    nearest = rows[0]
    said = f"{price(nearest['max_pain'])} for the next expiry, {day_of(nearest['expiration'])}"
    if document["max_pain_flat"]:
        said = f"Flat {near(rows)} {price(nearest['max_pain'])} across the next expiries"
    if (gap := nearest["gap"]) is None:
        return f"{said}."
    side = "above" if gap > 0 else "below"
    where = "the spot is at it" if abs(gap) < 0.0005 else f"the spot is {percent(abs(gap))} {side} it"
    return f"{said}; {where}. Whether it pulls is what `flowbt evaluate max_pain_gravity` tests."
