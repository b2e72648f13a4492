"""Exposure against the verdict, clusters of open interest, max pain."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.flow.clusters import clusters
from flowbt.flow.day import Day
from flowbt.flow.levels import StrikeOpenInterest
from flowbt.flow.max_pain import max_pain
from flowbt.flow.positioning import Consistency, Hedging, average_dollar_volume, consistency, positioning
from flowbt.flow.requested_metrics import CLUSTERS

MakeDay = Callable[..., Day]
Bars = Callable[..., pl.DataFrame]
BEFORE = (
    date(2025, 12, 4),
    *(date(2025, 12, day) for day in (5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 22, 23, 24, 26)),
)
SESSIONS = (*BEFORE, date(2025, 12, 29), date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 2), date(2026, 1, 5))
"""Twenty-one, the day the last."""


@pytest.fixture
def traded(bars: Bars) -> pl.DataFrame:
    """USD 1,000 traded a day: at 100, ten shares."""
    return bars([100.0] * 21, on=SESSIONS).with_columns(volume=pl.lit(10, pl.Int64))


@pytest.mark.parametrize(
    ("verdict", "gex", "found"),
    [
        (-1, -2.5, "consistent"),
        (-1, -2.4, "immaterial"),
        (-1, 2.5, "mixed"),
        (1, 2.5, "consistent"),
        (1, -2.5, "mixed"),
        (1, 0.0, "mixed"),
        (0, -2.5, None),
        (None, -2.5, None),
        (-1, None, None),
    ],
)
def test_whether_the_exposure_bears_the_verdict_out(
    verdict: int | None, gex: float | None, found: str | None, make_day: MakeDay, traded: pl.DataFrame
) -> None:
    assert consistency(make_day(bars=traded, verdict=verdict, gex=gex)).consistency == found


def test_the_exposure_is_told_as_a_share_of_what_trades(make_day: MakeDay, traded: pl.DataFrame) -> None:
    found = consistency(make_day(bars=traded, verdict=-1, gex=-5.0))
    assert (found.gex_share_of_volume, found.average_dollar_volume) == (0.005, 1_000.0)


def test_without_bars_nothing_is_said_of_it(make_day: MakeDay) -> None:
    assert consistency(make_day(verdict=-1, gex=-5.0)) == Consistency(None, None, None)


def test_the_average_is_of_the_last_twenty_sessions(make_day: MakeDay, traded: pl.DataFrame) -> None:
    first = pl.when(pl.col("date") == SESSIONS[0]).then(1_000_000)
    assert average_dollar_volume(make_day(bars=traded.with_columns(volume=first.otherwise("volume")))) == 1_000.0


def test_nineteen_bars_make_no_average(make_day: MakeDay, traded: pl.DataFrame) -> None:
    assert average_dollar_volume(make_day(bars=traded.tail(20))) == 1_000.0
    assert average_dollar_volume(make_day(bars=traded.tail(19))) is None


def test_bars_without_volume_make_no_average(make_day: MakeDay, traded: pl.DataFrame) -> None:
    assert average_dollar_volume(make_day(bars=traded.with_columns(volume=pl.lit(None, pl.Int64)))) is None


def test_clusters_known(make_day: MakeDay) -> None:
    known = {
        "call_oi_cluster(rank=1)": 105.0,
        "call_oi_cluster_size(rank=1)": 40.0,
        "call_oi_cluster(rank=2)": 110.0,
        "call_oi_cluster_size(rank=2)": 30.0,
        "call_oi_band_low": 105.0,
        "call_oi_band_high": 110.0,
        "call_oi_cluster_share": 0.7,
        "call_oi_concentration": 0.3,
        "put_oi_band_low": 90.0,
    }
    assert known.keys() <= set(CLUSTERS)
    found = clusters(make_day(**known))
    assert found.calls == (StrikeOpenInterest(105.0, 40), StrikeOpenInterest(110.0, 30))
    assert (found.call_band, found.call_share, found.call_concentration) == ((105.0, 110.0), 0.7, 0.3)
    assert (found.puts, found.put_band, found.nearest_calls) == ((), None, ())


def test_calls_of_the_next_expiry_stand_beside_them(make_day: MakeDay) -> None:
    nearest = {"call_oi_cluster(rank=1)[expiry=nearest]": 101.0, "call_oi_cluster_size(rank=1)[expiry=nearest]": 9.0}
    found = clusters(make_day(nearest_expiration=date(2026, 1, 6), **nearest))
    assert (found.nearest_expiration, found.nearest_calls) == (
        date(2026, 1, 6),
        (StrikeOpenInterest(101.0, 9),),
    )


def test_max_pain_of_the_next_eight_expiries(make_day: MakeDay) -> None:
    expiries: Sequence[dict[str, Any]] = [{"expiration": date(2026, 1, 6 + n), "max_pain": 100.0 + n} for n in range(9)]
    found = max_pain(make_day(expiries=expiries))
    assert [row.max_pain for row in found] == [100.0 + n for n in range(8)]
    assert list(found[0].document()) == [
        "expiration",
        "last_trading_day",
        "max_pain",
        "low",
        "high",
        "gap",
        "expected_move",
    ]


def test_hedging_is_told_as_the_metrics_say(make_day: MakeDay) -> None:
    day = make_day(collar_share=0.1, hedging_reading="plain puts", protective_puts_added=10, collared_puts_added=1)
    assert positioning(day).hedging == Hedging(
        collar_share=0.1, reading="plain puts", confidence=None, protective_puts_added=10, collared_puts_added=1
    )


def test_with_nothing_known_nothing_is_said(make_day: MakeDay) -> None:
    found = positioning(make_day())
    assert (found.call_additions, found.put_additions, found.consistency) == ((), (), None)
    assert (found.gex, found.oi_clusters.calls) == (None, ())
