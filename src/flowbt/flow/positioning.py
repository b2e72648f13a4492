"""Open interest: additions, dealer exposures and whether they support the verdict, hedging."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from flowbt.documents import Result
from flowbt.flow.clusters import OpenInterestClusters, clusters
from flowbt.flow.contracts import Addition, additions
from flowbt.flow.day import Day
from flowbt.flow.requested_metrics import HELD
from flowbt.schema import SIDES

MATERIAL: Final = 0.0025
"""Of the average dollar volume: hedging a smaller exposure does not move the price."""
VOLUME_SESSIONS: Final = 20
RELISTED: Final = 0.5
"""Share of all open interest that no session adds or closes."""


@dataclass(frozen=True, kw_only=True)
class Hedging(Result):
    """Whether added puts look like hedges; all None where open interest cannot be compared.

    Attributes:
        collar_share: fraction of the protective puts that is matched by calls.
        reading: `plain puts`, `mixed` or `collars`.
        confidence: from 0 to 1.
        protective_puts_added: contracts.
        collared_puts_added: contracts.
    """

    collar_share: float | None = None
    reading: str | None = None
    confidence: float | None = None
    protective_puts_added: int | None = None
    collared_puts_added: int | None = None


@dataclass(frozen=True, kw_only=True)
class Positioning(Result):
    """Open interest of live expiries and the exposures it implies; numbers are None where unknown.

    Attributes:
        call_open_interest: contracts; so are the other counts.
        put_open_interest: contracts.
        put_call_oi_ratio: put over call open interest.
        call_oi_change: contracts.
        put_oi_change: contracts.
        gex: gamma exposure of dealers, currency per 1% move.
        gex_coverage: share of the open interest whose gamma is known.
        dex_net: delta exposure in shares.
        dex_gross: sum of absolute deltas in shares.
        gex_status: as `zero_gamma_status`.
        zero_gamma_status: why zero gamma is known or not.
        comparable: whether open interest can be compared with the session before (`is_comparable`).
        call_additions: the largest increases of open interest.
        put_additions: likewise.
        consistency: see `consistency`.
        gex_share_of_volume: size of `gex` as a fraction of `average_dollar_volume`.
        average_dollar_volume: of `VOLUME_SESSIONS` sessions, in the currency of the exchange.
        oi_clusters: where open interest is concentrated.
        hedging: whether added puts look like hedges.
    """

    call_open_interest: int | None
    put_open_interest: int | None
    put_call_oi_ratio: float | None
    call_oi_change: int | None
    put_oi_change: int | None
    gex: float | None
    gex_coverage: float | None
    dex_net: float | None
    dex_gross: float | None
    gex_status: str | None
    zero_gamma_status: str | None
    comparable: bool
    call_additions: tuple[Addition, ...]
    put_additions: tuple[Addition, ...]
    consistency: str | None
    gex_share_of_volume: float | None
    average_dollar_volume: float | None
    oi_clusters: OpenInterestClusters
    hedging: Hedging


class Consistency(NamedTuple):
    """Whether the gamma exposure supports the verdict (`consistent`, `immaterial`, `mixed` or None), and the numbers behind it."""

    consistency: str | None
    gex_share_of_volume: float | None
    average_dollar_volume: float | None


def positioning(day: Day) -> Positioning:
    """What open interest was added, exposures, clusters, hedging."""
    today, comparable = day.today, is_comparable(day)
    consistent = consistency(day)
    return Positioning(
        **{name: today[name] for name in HELD},
        gex_status=today["zero_gamma_status"],
        zero_gamma_status=today["zero_gamma_status"],
        comparable=comparable,
        call_additions=additions(day, "call") if comparable else (),
        put_additions=additions(day, "put") if comparable else (),
        consistency=consistent.consistency,
        gex_share_of_volume=consistent.gex_share_of_volume,
        average_dollar_volume=consistent.average_dollar_volume,
        oi_clusters=clusters(day),
        hedging=_hedging(day) if comparable else Hedging(),
    )


def _hedging(day: Day) -> Hedging:
    today = day.today
    return Hedging(
        collar_share=today["collar_share"],
        reading=today["hedging_reading"],
        confidence=today["hedging_confidence"],
        protective_puts_added=today["protective_puts_added"],
        collared_puts_added=today["collared_puts_added"],
    )


def is_comparable(day: Day) -> bool:
    """Whether open interest can be compared with that of the session before.

    It cannot where the price has jumped without a split on file, today or in the session before, or where more than `RELISTED`
    of all open interest would have been added: then strikes were listed again.
    """
    changed = sum(abs(day.today[f"{side}_oi_change"] or 0) for side in SIDES)
    total = sum(day.today[f"{side}_open_interest"] or 0 for side in SIDES)
    return not day.has_jumped and changed <= RELISTED * total


def consistency(day: Day) -> Consistency:
    """Whether the gamma exposure supports the verdict (own definition).

    `consistent` where its sign is the verdict's and it is at least `MATERIAL` of the average dollar volume of
    `VOLUME_SESSIONS` sessions, `immaterial` where it is smaller than that, `mixed` where the signs differ, and None without a
    verdict, an exposure or bars, or where the verdict is neutral.
    """
    gex, verdict = day.today["gex"], day.today["verdict"]
    volume = average_dollar_volume(day)
    share = abs(gex) / volume if gex is not None and volume else None
    if not verdict or share is None:
        return Consistency(None, share, volume)
    if (gex > 0) != (verdict > 0):
        return Consistency("mixed", share, volume)
    return Consistency("consistent" if share >= MATERIAL else "immaterial", share, volume)


def average_dollar_volume(day: Day) -> float | None:
    """Mean of close times volume over the last `VOLUME_SESSIONS` bars, the day's included; None where there are fewer."""
    last = day.bars.tail(VOLUME_SESSIONS)
    traded = (last["close"] * last["volume"]).drop_nulls()
    mean = traded.mean() if len(traded) == VOLUME_SESSIONS and day.bar else None
    return float(mean) if isinstance(mean, int | float) and mean > 0 else None
