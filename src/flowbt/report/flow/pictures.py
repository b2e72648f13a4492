"""The pictures of the flow report with their titles and how to read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flowbt.report.flow.amounts import currency, in_its_currency
from flowbt.report.kit.formats import known
from flowbt.report.kit.page import EITHER, Sketch, sketch

Document = Mapping[str, Any]


@in_its_currency
def pictures(document: Document) -> dict[str, Sketch]:
    """The pictures of which something is known, by the names that parts give them."""
    return {name: found for name in document["pictures"] if (found := picture(name, document))}


def picture(name: str, document: Document) -> Sketch | None:
    """A picture by its name; None where nothing is known to draw."""
    from flowbt.report.flow import charts  # noqa: PLC0415 (altair takes a second to import)

    drawn, marks = document["pictures"], levels_drawn(document)
    if not drawn[name] or (name == "history" and not has_premium(drawn[name])):
        return None
    if name == "oi_by_strike":
        return sketch(
            "Open interest by strike",
            "By strike: calls upward, puts downward, all live expiries; walls are the strikes of the largest gamma.",
            lambda width: charts.open_interest_chart(drawn[name], marks, width),
        )
    if name == "history":
        return sketch(
            "Net premium and verdict",
            "Call less put premium of each session; the colour is that session's verdict.",
            lambda width: charts.premium_chart(drawn[name], width),
            EITHER,
        )
    if name == "gex_profile":
        return sketch(
            "Gamma exposure over the price",
            f"{currency().code[:1].upper()}{currency().code[1:]} per 1% move, were the price of the underlying there; dealers assumed long calls and short puts.",
            lambda width: charts.gamma_chart(drawn[name], marks, width),
            EITHER,
        )
    return sketch(
        "Max pain by expiry",
        "Dots, with the strikes that are as good; grey: one expected move around the spot.",
        lambda width: charts.max_pain_chart(drawn[name], document["spot"], width),
        EITHER,
    )


def has_premium(history: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the net premium of any session is known."""
    return any(known(row["net_premium"]) is not None for row in history)


def levels_drawn(document: Document) -> dict[str, float | None]:
    """The prices that are drawn as lines, by name."""
    levels, nearest = document["levels"], document["max_pain"][:1]
    return {
        "spot": document["spot"],
        "call wall": levels["call_wall"],
        "put wall": levels["put_wall"],
        "max pain": nearest[0]["max_pain"] if nearest else None,
        "zero gamma": levels["zero_gamma"],
    }
