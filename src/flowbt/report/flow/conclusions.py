"""The key conclusions of a day: what its numbers come to, in a few sentences."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowbt.report.flow.amounts import count, from_spot, money, percent, plain, price, rank
from flowbt.report.kit.formats import known

Row = Mapping[str, Any]

LEAST_COVERED: Final = 0.5
"""Share of the open interest whose gamma must be known to speak of an exposure."""
FEWEST: Final = 10
"""Verdicts or trades below which a hit rate is not spoken of."""


def conclusions(document: Row) -> list[str]:
    """A sentence each on the flow, what is held, max pain, gamma, and the record of the same before; what is unknown is left out."""
    said = [
        headline(document),
        _dividend_play(document),
        _held(document),
        _max_pain(document),
        _gamma(document),
        record_words(document["record"], document["symbol"]) if document["verdict"] in {"bearish", "bullish"} else "",
    ]
    return [sentence for sentence in said if sentence]


def headline(document: Row) -> str:
    """The verdict with the flow behind it, in one sentence."""
    flow, symbol = document["flow"], document["symbol"]

    def ranked(name: str) -> str:
        return "" if flow[name] is None else f" ({rank(flow[name], document['history']['earlier'])})"

    numbers = ["net premium not known"]
    if flow["net_premium"] is not None:
        numbers = [f"net premium {money(flow['net_premium'])} of {money(flow['gross_premium'])} gross"]
    if flow["put_call_volume_ratio"] is not None:
        numbers.append(f"P/C volume {plain(flow['put_call_volume_ratio'])}{ranked('put_call_volume_percentile')}")
    if flow["put_call_oi_ratio"] is not None:
        numbers.append(f"P/C open interest {plain(flow['put_call_oi_ratio'])}{ranked('put_call_oi_percentile')}")
    if document["verdict"] is None:
        return f"No verdict on {symbol}: {document['reasons'][0]}. In numbers: {', '.join(numbers)}."
    score = score_text(document)
    return f"The flow in {symbol} is {document['verdict']} by its own habit (score {score}): {', '.join(numbers)}."


def score_text(document: Row) -> str:
    """The score: `-0.62`, and `-0.246` where two digits would take it for a threshold."""
    score, set_at = document["score"], document["parameters"]
    near_one = {round(-set_at["bearish"], 2), round(set_at["bullish"], 2)}
    return plain(score, 3 if round(score, 2) in near_one else 2, signed=True)


def _dividend_play(document: Row) -> str:
    play = next((row for row in document["noise"] if row["kind"] == "dividend_play"), None)
    if play is None:
        return ""
    return (
        f"{money(play['premium'])} of call premium is a dividend play and no bullish flow: with it net premium would read "
        f"{money(play['net_premium_with'], signed=True)}."
    )


def _held(document: Row) -> str:
    clusters, spot = document["positioning"]["oi_clusters"], document["spot"]
    if not clusters["puts"]:
        return ""
    size, share = count(sum(row["open_interest"] for row in clusters["puts"])), percent(clusters["put_share"], 0)
    where = ", ".join(price(row["strike"]) for row in clusters["puts"])
    if clusters["put_band"] is None:
        return f"Puts pile up at {where}: {size} contracts, {share} of all puts."
    low, high = clusters["put_band"]
    nearest = low if spot and spot < low else high
    place = from_spot(nearest / spot - 1) if spot else "at an unknown distance"
    edge = "lower" if nearest == low and low != high else "upper"
    return f"Puts pile up in the band {price(low)} to {price(high)} ({size} contracts at {where}, {share} of all puts), its {edge} edge {place}."


def _max_pain(document: Row) -> str:
    rows = document["max_pain"]
    if not rows or known(rows[0]["max_pain"]) is None or known(rows[0]["gap"]) is None:
        return ""
    gap = rows[0]["gap"]
    what = f"Max pain is flat {near(rows)}" if document["max_pain_flat"] else "Max pain of the next expiry is"
    if abs(gap) < 0.0005:
        return f"{what} {price(rows[0]['max_pain'])}, where the spot is."
    return f"{what} {price(rows[0]['max_pain'])}; the spot is {percent(abs(gap))} {'above' if gap > 0 else 'below'} it."


def near(rows: Sequence[Row]) -> str:
    """`at` where max pain is the same for all the expiries, else `around`."""
    return "around" if len({row["max_pain"] for row in rows} - {None}) > 1 else "at"


def _gamma(document: Row) -> str:
    held, zero = document["positioning"], document["levels"]["zero_gamma"]
    if held["gex"] is None:
        return ""
    if (known(held["gex_coverage"]) or 0) < LEAST_COVERED:
        return f"Gamma is known of {percent(held['gex_coverage'], 0)} of the open interest only: too little to speak of dealers."
    effect = (
        "would sell into a fall and buy into a rise"
        if held["gex"] < 0
        else "would buy into a fall and sell into a rise"
    )
    turn = (
        f"; that turns at {price(zero)}, {from_spot(zero / document['spot'] - 1)}" if zero and document["spot"] else ""
    )
    return (
        f"GEX is {money(held['gex'], signed=True)} per 1% move: dealers, if long calls and short puts, {effect}{turn}."
    )


def record_words(record: Row, symbol: str) -> str:
    """How often the verdict was right before: `A bearish verdict came 41 times ...`."""
    if record["verdict"] not in {-1, 1}:
        return ""
    said, right = ("bearish", "fell") if record["verdict"] < 0 else ("bullish", "rose")
    times = "once" if record["n"] == 1 else f"{count(record['n'])} times"
    if not record["n"]:
        return f"A {said} verdict on {symbol} has no record yet: none came {record['horizon'] + 1} sessions or more ago with prices to follow."
    came = f"A {said} verdict came {times} in {symbol} with {record['horizon']} sessions to follow"
    if record["n"] < FEWEST:
        return f"{came}: too few to say anything of."
    return (
        f"{came}; the price {right} {percent(record['hit_rate'], 0)} of the time, against a base rate of "
        f"{percent(record['base_rate'], 0)} over {count(record['base_n'])} sessions. `flowbt evaluate flow_verdict --symbols "
        f"{symbol}` says whether that is luck."
    )
