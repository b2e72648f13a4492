"""Who holds what: additions, exposures and whether they bear the verdict out, clusters of open interest, hedging, max pain."""

from typing import Any, Final

from flowbt.flow.contracts import additions
from flowbt.flow.day import Day
from flowbt.flow.requested_metrics import HEDGING, HELD
from flowbt.schema import SIDES

MATERIAL: Final = 0.0025
"""Of the average dollar volume: an exposure smaller than that moves nothing."""
VOLUME_SESSIONS: Final = 20
EXPIRIES_SHOWN: Final = 8
RANKS: Final = (1, 2, 3)
RELISTED: Final = 0.5
"""Share of all open interest that no session adds or closes."""


def positioning(day: Day) -> dict[str, Any]:
    """The document's `positioning`: what was added, exposures, clusters, hedging."""
    today, comparable = day.today, is_comparable(day)
    hedging = {name: today[name] if comparable else None for name in HEDGING}
    return {
        **{name: today[name] for name in HELD},
        "gex_status": today["zero_gamma_status"],
        "zero_gamma_status": today["zero_gamma_status"],
        "comparable": comparable,
        "call_additions": additions(day, "call") if comparable else [],
        "put_additions": additions(day, "put") if comparable else [],
        **consistency(day),
        "oi_clusters": clusters(day),
        "hedging": {
            "collar_share": hedging["collar_share"],
            "reading": hedging["hedging_reading"],
            "confidence": hedging["hedging_confidence"],
            "protective_puts_added": hedging["protective_puts_added"],
            "collared_puts_added": hedging["collared_puts_added"],
        },
    }


def is_comparable(day: Day) -> bool:
    """Whether open interest can be set against that of the session before.

    It cannot where the price has jumped without a split on file, today or in the session before, or where more than `RELISTED`
    of all that is held would have been added: then strikes were listed anew.
    """
    changed = sum(abs(day.today[f"{side}_oi_change"] or 0) for side in SIDES)
    held = sum(day.today[f"{side}_open_interest"] or 0 for side in SIDES)
    return not day.has_jumped and changed <= RELISTED * held


def consistency(day: Day) -> dict[str, Any]:
    """Whether the gamma exposure bears the verdict out (own definition).

    `consistency` is `consistent` where its sign is the verdict's and it is at least `MATERIAL` of the average dollar volume of
    `VOLUME_SESSIONS` sessions, `immaterial` where it is smaller than that, `mixed` where the signs differ, and None without a
    verdict, an exposure or bars, or where the verdict is neutral. `gex_share_of_volume` is that share.
    """
    gex, verdict = day.today["gex"], day.today["verdict"]
    volume = average_dollar_volume(day)
    share = abs(gex) / volume if gex is not None and volume else None
    if not verdict or share is None:
        found = None
    elif (gex > 0) != (verdict > 0):
        found = "mixed"
    else:
        found = "consistent" if share >= MATERIAL else "immaterial"
    return {"consistency": found, "gex_share_of_volume": share, "average_dollar_volume": volume}


def average_dollar_volume(day: Day) -> float | None:
    """Mean of close times volume over the last `VOLUME_SESSIONS` bars, the day's among them; None where there are fewer."""
    last = day.bars.tail(VOLUME_SESSIONS)
    traded = (last["close"] * last["volume"]).drop_nulls()
    mean = traded.mean() if len(traded) == VOLUME_SESSIONS and day.bar else None
    return float(mean) if isinstance(mean, int | float) and mean > 0 else None


def clusters(day: Day) -> dict[str, Any]:
    """Where open interest piles up: the largest strikes of each side, their share and band, and the next expiry's calls.

    All live expiries together, but for `nearest_calls`. A band is `[lowest, highest]` where neighbours lie within 5% of the
    spot of each other, else None. `concentration` is the sum of squared shares (Herfindahl).
    """
    today = day.today
    found: dict[str, Any] = {f"{side}s": _largest(day, side) for side in ("call", "put")}
    for side in ("call", "put"):
        band = [today[f"{side}_oi_band_low"], today[f"{side}_oi_band_high"]]
        found[f"{side}_band"] = None if None in band else band
        found[f"{side}_share"] = today[f"{side}_oi_cluster_share"]
        found[f"{side}_concentration"] = today[f"{side}_oi_concentration"]
    found["nearest_expiration"] = today["nearest_expiration"]
    found["nearest_calls"] = [] if today["nearest_expiration"] is None else _largest(day, "call", "[expiry=nearest]")
    return found


def _largest(day: Day, side: str, scope: str = "") -> list[dict[str, Any]]:
    """The largest strikes of a side with their open interest, those of which both are known."""
    rows = [
        {
            "strike": day.today[f"{side}_oi_cluster(rank={rank}){scope}"],
            "open_interest": day.today[f"{side}_oi_cluster_size(rank={rank}){scope}"],
        }
        for rank in RANKS
    ]
    return [row for row in rows if None not in row.values()]


def max_pain(day: Day) -> list[dict[str, Any]]:
    """Max pain of the next expiries: `expiration, last_trading_day, max_pain, low, high, gap, expected_move`."""
    return [
        {
            "expiration": row["expiration"],
            "last_trading_day": row["last_trading_day"],
            "max_pain": row["max_pain"],
            "low": row["max_pain_low"],
            "high": row["max_pain_high"],
            "gap": row["max_pain_gap"],
            "expected_move": row["expected_move"],
        }
        for row in day.expiries.head(EXPIRIES_SHOWN).iter_rows(named=True)
    ]
