"""Strikes at which open interest is concentrated."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flowbt.documents import Result
from flowbt.flow.day import Day
from flowbt.flow.levels import StrikeOpenInterest

RANKS: Final = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class OpenInterestClusters(Result):
    """Where open interest is concentrated: the largest strikes of each side, over all live expiries.

    Attributes:
        calls: the largest strikes.
        call_band: lowest and highest of them, where neighbours are within 5% of the spot of each other; else None.
        call_share: their share of the side's open interest, a fraction.
        call_concentration: sum of squared shares of all strikes (Herfindahl).
        puts: as for calls.
        put_band: as for calls.
        put_share: as for calls.
        put_concentration: as for calls.
        nearest_expiration: the next expiry.
        nearest_calls: the largest call strikes of that expiry.
    """

    calls: tuple[StrikeOpenInterest, ...]
    puts: tuple[StrikeOpenInterest, ...]
    call_band: tuple[float, float] | None
    call_share: float | None
    call_concentration: float | None
    put_band: tuple[float, float] | None
    put_share: float | None
    put_concentration: float | None
    nearest_expiration: date | None
    nearest_calls: tuple[StrikeOpenInterest, ...]


def clusters(day: Day) -> OpenInterestClusters:
    """The largest strikes of each side, their share and band, and the next expiry's calls."""
    today = day.today
    nearest = today["nearest_expiration"]
    return OpenInterestClusters(
        calls=_largest(day, "call"),
        puts=_largest(day, "put"),
        call_band=_band(day, "call"),
        call_share=today["call_oi_cluster_share"],
        call_concentration=today["call_oi_concentration"],
        put_band=_band(day, "put"),
        put_share=today["put_oi_cluster_share"],
        put_concentration=today["put_oi_concentration"],
        nearest_expiration=nearest,
        nearest_calls=() if nearest is None else _largest(day, "call", "[expiry=nearest]"),
    )


def _band(day: Day, side: str) -> tuple[float, float] | None:
    low, high = day.today[f"{side}_oi_band_low"], day.today[f"{side}_oi_band_high"]
    return None if low is None or high is None else (low, high)


def _largest(day: Day, side: str, scope: str = "") -> tuple[StrikeOpenInterest, ...]:
    """The largest strikes of a side with their open interest, where both are known."""
    rows = [
        (
            day.today[f"{side}_oi_cluster(rank={rank}){scope}"],
            day.today[f"{side}_oi_cluster_size(rank={rank}){scope}"],
        )
        for rank in RANKS
    ]
    return tuple(StrikeOpenInterest(*row) for row in rows if None not in row)
