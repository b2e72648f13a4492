"""What was discounted and why, and what makes the day's numbers less than they seem."""

from collections.abc import Mapping
from typing import Any, Final

from flowbt.report.flow.amounts import contract, count, money, percent, quote
from flowbt.report.flow.contracts import SIDES, behind
from flowbt.report.kit.formats import counted

Row = Mapping[str, Any]

REFUSALS: Final = {
    "expired": "Its last trading day was {last_trading_day}: it cannot have traded on the day of this report.",
    "unreadable": "It is no contract symbol: write one as in IWM260424P00256000 or IWM20260424P256.",
    "another underlying": "It is a contract of another underlying.",
    "not listed": "The day's chain does not list it.",
}


def noise(row: Row) -> dict[str, str]:
    """What was discounted, and why: `what, why`."""
    return NOISE[row["kind"]](row)


def _dividend_play(row: Row) -> dict[str, str]:
    return {
        "what": f"Dividend play: {money(row['premium'])} of premium in deep in-the-money calls of {counted(row['calls'], 'series', 'series')}",
        "why": f"They turned over what is held, as before an ex-date, to be exercised; with them net premium would read "
        f"{money(row['net_premium_with'], signed=True)} instead of {money(row['net_premium'], signed=True)}.",
    }


def _small(row: Row) -> dict[str, str]:
    other = "put" if row["option_type"] == "call" else "call"
    against = row["other_premium"]
    said = f"{percent(row['premium'] / against)} of the day's {other} premium" if against else f"No {other} traded"
    return {
        "what": f"{contract(row)}: {money(row['premium'])}",
        "why": f"{said}; {behind(row)}.",
    }


def _expiring(row: Row) -> dict[str, str]:
    return {
        "what": f"Contracts whose last trading day was today: {money(row['premium'])}, {percent(row['share_of_gross'])} of the day's premium",
        "why": f"{count(row['call_volume'])} calls and {count(row['put_volume'])} puts traded that are no longer positions: "
        "they count in the flow, and nowhere in the positioning.",
    }


def _parity(row: Row) -> dict[str, str]:
    return {
        "what": f"Deep in the money (delta of 0.9 or more): {money(row['premium'])}, "
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
        "what": f"Print of {count(row['size'])} {row['contract']}{side}: {money(row['premium'])}",
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
    "no_open_interest": "The source gives no open interest for this day, or 0 for every contract: open interest, its changes and everything "
    "derived from them are unknown.",
    "no_volume": "The source gives no volume for this day, or 0 for every contract: volume and premium are unknown.",
    "no_spot": "The price of the underlying is unknown: the chain has none, the lake has no price bar of this day, and the quotes "
    "do not imply one. Exposures, dividend plays and levels by position are missing. `flowbt ingest ohlcv` adds price bars.",
    "spot_from_bar": "The chain has no price of the underlying: spot is the close of the day's price bar.",
    "spot_from_parity": "The chain has no price of the underlying and the lake has no matching price bar of this day: spot is the "
    "price implied by put-call parity.",
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
