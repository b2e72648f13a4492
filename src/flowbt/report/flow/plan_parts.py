"""The parts of the flow report that look ahead: levels, trade ideas, triggers, and what became of them."""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import day_of, percent, price, quote
from flowbt.report.flow.ideas import idea_items, idle_ideas
from flowbt.report.flow.part import Part
from flowbt.report.flow.positions import cluster_words
from flowbt.report.kit.table import Table, numbers, texts

Document = Mapping[str, Any]

LONGEST_NAME: Final = 40


def clipped(name: str) -> str:
    """A level's name, cut where a table has no more room for it."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def levels_part(document: Document) -> Part:
    """Prices that are watched, labelled by where they stand."""
    levels, friday = document["levels"], document["peaks"]
    # the Thursday before a holiday
    expires = friday["expires_on"] if friday["expiration"] else None
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
            ("Call OI peaks", cluster_words(friday["calls"], "C") or "none"),
            ("Put OI peaks", cluster_words(friday["puts"], "P") or "none"),
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


def ideas_part(document: Document) -> Part:
    """The plans of the strategies that trade today, and which do not."""
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


def watch_part(document: Document) -> Part:
    """Triggers, and when each can be judged."""
    return Part(
        "Watch next session",
        items=[(row["trigger"], f"Known {row['known_at']}. {row['then']}") for row in document["watch"]],
    )


def follow_up_part(document: Document) -> Part:
    """What became of the day, where that was asked for."""
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
