"""The flow report's sentences: templates over computed facts, none without a number behind it.

`with_words` puts them into the document beside their facts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowbt.report.daily.amounts import contract, count, day_of, from_spot, percent, plain, price, quote, shares, usd
from flowbt.report.daily.conclusions import conclusions, near
from flowbt.report.daily.triggers import trigger_words
from flowbt.report.notation import counted, listed

Row = Mapping[str, Any]

PARTS: Final = {
    "net_premium_ratio": "net premium ratio",
    "put_call_volume_ratio": "put/call volume ratio",
    "put_call_oi_ratio_change": "change of the put/call open interest ratio",
}
READINGS: Final = {
    "plain puts": "plain put buying or selling, hardly any of it in collars",
    "mixed": "partly collars",
    "collars": "mostly collars",
}
REFUSALS: Final = {
    "expired": "It had expired on {expiration}: it cannot have traded on the day of this report.",
    "unreadable": "It is no contract symbol: write one as in IWM260424P00256000 or IWM20260424P256.",
    "another underlying": "It is a contract of another underlying.",
    "not listed": "The day's chain does not list it.",
}
SIDES: Final = {"ask": "bought at the ask", "bid": "sold at the bid", "mid": "done inside the quote"}
"""Of a print; of a contract's day, what most of its tape was."""


def with_words(document: Row) -> dict[str, Any]:
    """The document with its sentences: `reasons`, `read_through`, `noise`, `watch` and `conclusions`."""
    worded = {
        **document,
        "reasons": reasons(document),
        "notable": [{**row, "read_through": read_through(row)} for row in document["notable"]],
        "cited": [{**row, "read_through": "" if row["refused"] else read_through(row)} for row in document["cited"]],
        "prints": [{**row, "read_through": print_read_through(row)} for row in document["prints"]],
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


def read_through(row: Row) -> str:
    """What a contract's day says: tenor, side where a tape tells it, share of the flow, what was opened, where it lies."""
    end = f", break-even {price(row['break_even'])}" if row["break_even"] is not None and row["dte"] else ""
    text = _read_through(row, f"strike {from_spot(row['distance'])}{end}")
    if row["is_noise"]:
        text += f" Noise by its size: too small to set against the other side; {_behind(row)}."
    return text


def _behind(row: Row) -> str:
    if row["oi_change_is_of_day"]:
        return "its open interest hardly changed"
    return "whether positions changed behind it is published before the next open"


def _left(days: int) -> str:
    return f"{counted(days, 'day')} left" if days else "expired with the session"


def _opening(row: Row) -> str:
    """What of the trading are new positions, as far as the open interest tells."""
    opened, volume, held = row["opened_at_least"], row["volume"], row["open_interest"]
    if volume is None:
        return "whether it traded is not known"
    if not volume or not row["dte"]:
        return f"{count(volume)} traded" if volume else "did not trade"
    if held is None:
        return f"{count(volume)} traded, what is held is not known"
    if row["oi_change_is_of_day"] and row["oi_change"] is not None:
        change = row["oi_change"]
        moved = (
            f"rose by {count(change)}" if change > 0 else f"fell by {count(-change)}" if change else "stayed as it was"
        )
        return f"{count(volume)} traded, the open interest {moved}, to {count(held)}"
    if opened:
        return f"{count(volume)} traded against {count(held)} held, so at least {count(opened)} opened something, if only for the day"
    return f"{count(volume)} traded of {count(held)} held, which may all be closing"


def print_read_through(row: Row) -> str:
    """What a block says: tenor, side, share of the flow, what of the contract's day was opened, where it lies."""
    return _read_through(row, f"strike {from_spot(row['distance'])}")


def _read_through(row: Row, place: str) -> str:
    side = SIDES.get(row.get("side") or "", "side unknown")
    share = f"{percent(row['share_of_gross'])} of the day's premium" if row["share_of_gross"] is not None else ""
    said = [f"{row['tenor'].capitalize()} ({_left(row['dte'])}), {side}", share, _opening(row), place]
    return f"{'; '.join(part for part in said if part)}."


def noise(row: Row) -> dict[str, str]:
    """What was discounted, and why: `what, why`."""
    return NOISE[row["kind"]](row)


def _dividend_play(row: Row) -> dict[str, str]:
    return {
        "what": f"Dividend play: {usd(row['premium'])} of premium in deep in-the-money calls of {counted(row['calls'], 'series', 'series')}",
        "why": f"They turned over what is held, as before an ex-date, to be exercised; with them net premium would read "
        f"{usd(row['net_premium_with'], signed=True)} instead of {usd(row['net_premium'], signed=True)}.",
    }


def _small(row: Row) -> dict[str, str]:
    other = "put" if row["option_type"] == "call" else "call"
    against = row["other_premium"]
    said = f"{percent(row['premium'] / against)} of the day's {other} premium" if against else f"No {other} traded"
    return {
        "what": f"{contract(row)}: {usd(row['premium'])}",
        "why": f"{said}; {_behind(row)}.",
    }


def _expiring(row: Row) -> dict[str, str]:
    return {
        "what": f"Contracts that expired today: {usd(row['premium'])}, {percent(row['share_of_gross'])} of the day's premium",
        "why": f"{count(row['call_volume'])} calls and {count(row['put_volume'])} puts traded that are no position any more: "
        "they count in the flow, and nowhere in the positioning.",
    }


def _parity(row: Row) -> dict[str, str]:
    return {
        "what": f"Deep in the money (delta of 0.9 or more): {usd(row['premium'])}, "
        f"{percent(row['share_of_gross'])} of the day's premium",
        "why": "Such premium is mostly parity, paid to hold or finance shares: it counts in net premium, and the "
        "out-of-the-money figure leaves it out.",
    }


def _stale(row: Row) -> dict[str, str]:
    return {
        "what": f"Open interest of this day, {count(row['open_interest'])} contracts",
        "why": "The source repeats that of the snapshot before: what was added or closed since is not in it.",
    }


def _breaches(row: Row) -> dict[str, str]:
    return {
        "what": f"Open interest of {counted(row['contracts'], 'series', 'series')}",
        "why": "It changed by more than traded, so the source revised it or missed a trade; it is counted as given.",
    }


def _refused(row: Row) -> dict[str, str]:
    return {"what": f"Cited: {row['contract']}", "why": REFUSALS[row["refused"]].format(**row)}


def _rejected(row: Row) -> dict[str, str]:
    side = f" {SIDES[row['side']]}" if row["side"] in SIDES else ""
    return {
        "what": f"Print of {count(row['size'])} {row['contract']}{side}: {usd(row['premium'])}",
        "why": f"The contract had expired on {row['expiration']}: the print was set aside when the tape was brought in.",
    }


NOISE: Final = {
    "dividend_play": _dividend_play,
    "small": _small,
    "expiring": _expiring,
    "parity": _parity,
    "stale": _stale,
    "breaches": _breaches,
    "refused": _refused,
    "rejected": _rejected,
}


WARNINGS: Final = {
    "jump": "The underlying went from {before} to {after} without a split on file: what is held, added and left of earlier sessions "
    "is of other shares, and so is what is made of it. `flowbt ingest actions` brings a split in.",
    "relisted": "{calls} calls and {puts} puts more or less than a session before: strikes were listed anew, so nothing is said of what "
    "was added.",
    "no_spot": "The chain gives no price of the underlying (0 known): no exposures, no dividend play, no levels by position.",
    "no_bar": "There is no price bar of this day ({bars} before it): no close, no levels of today's bar, no record of what followed.",
    "coverage": "Gamma is known of {coverage} of the open interest: exposures and walls are of that part only.",
}


def warning(row: Row) -> str:
    """What makes the day's numbers less than they seem."""
    spots = row.get("spots") or [None]
    return WARNINGS[row["kind"]].format(
        before=quote(spots[0]),
        after=quote(spots[-1]),
        calls=count(row.get("call_oi_change"), signed=True),
        puts=count(row.get("put_oi_change"), signed=True),
        bars=count(row.get("bars")),
        coverage=percent(row.get("coverage"), 0),
    )


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
        gamma = f"GEX {usd(held['gex'], signed=True)} per 1% move ({known})"
    delta = "DEX is not known"
    if held["dex_net"] is not None:
        delta = f"DEX net {shares(held['dex_net'])}, gross {shares(held['dex_gross'])}"
    return f"{gamma}; {delta}."


def consistency(held: Row, verdict: str | None) -> str:
    """Whether the gamma exposure bears the verdict out, with the numbers."""
    share, gex = held["gex_share_of_volume"], held["gex"]
    if gex is None:
        return "No gamma exposure is known on this day."
    size = f"GEX {usd(gex, signed=True)} per 1% move"
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
