"""The numbers behind the report's pictures."""

from typing import Any, Final

import numpy as np
import polars as pl

from flowbt.flow.day import Day
from flowbt.metrics.catalogue.zero_gamma import spot_grid

AROUND: Final = 0.15
"""How far from the spot open interest is shown, as a fraction of it."""
SESSIONS: Final = 63
EXPIRIES: Final = 12


def pictures(day: Day) -> dict[str, Any]:
    """What is drawn: `oi_by_strike`, `history`, `max_pain`, `gex_profile`, each a list of rows; empty where unknown.

    `oi_by_strike`: `strike, calls, puts` of all live expiries, `AROUND` the spot. `history`: `date, net_premium,
    put_call_volume_ratio, score, verdict` of the last sessions. `max_pain`: `expiration, max_pain, low, high, expected_move`.
    `gex_profile`: `spot, gex` (USD per 1% move), were the underlying there.
    """
    spot = day.spot
    held = day.strikes.select(
        "strike",
        pl.col("call_oi_at_strike").fill_null(0).alias("calls"),
        pl.col("put_oi_at_strike").fill_null(0).alias("puts"),
    )
    if spot:
        held = held.filter(pl.col("strike").is_between(spot * (1 - AROUND), spot * (1 + AROUND)))
    said = day.history.tail(SESSIONS).select("date", "net_premium", "put_call_volume_ratio", "score", "verdict")
    expiries = day.expiries.head(EXPIRIES).select(
        "expiration",
        "max_pain",
        pl.col("max_pain_low").alias("low"),
        pl.col("max_pain_high").alias("high"),
        "expected_move",
    )
    return {
        "oi_by_strike": held.filter((pl.col("calls") > 0) | (pl.col("puts") > 0)).to_dicts(),
        "history": said.to_dicts(),
        "max_pain": expiries.filter(pl.col("max_pain").is_not_null()).to_dicts(),
        "gex_profile": _profile(day),
    }


def _profile(day: Day) -> list[dict[str, float]]:
    profile, spot = day.today["gex_profile"], day.spot
    if profile is None or not spot:
        return []
    places = spot * np.exp(spot_grid())
    return [{"spot": float(place), "gex": float(gex)} for place, gex in zip(places, profile, strict=True)]
