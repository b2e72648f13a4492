"""The numbers behind the pictures."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from flowbt.flow.chart_data import StrikeHoldings, chart_data
from flowbt.flow.day import Day
from flowbt.metrics.catalogue.zero_gamma import spot_grid

MakeDay = Callable[..., Day]


def test_open_interest_is_drawn_around_the_spot_where_there_is_any(make_day: MakeDay) -> None:
    held = {84.9: 1, 85.0: 2, 100.0: 0, 105.0: None, 114.9: 3, 115.1: 4}
    strikes = [
        {"strike": strike, "call_oi_at_strike": count, "put_oi_at_strike": None} for strike, count in held.items()
    ]
    assert chart_data(make_day(strikes=strikes)).oi_by_strike == (
        StrikeHoldings(85.0, 2, 0),
        StrikeHoldings(114.9, 3, 0),
    )


def test_without_a_spot_all_strikes_are_drawn(make_day: MakeDay) -> None:
    strikes = [{"strike": strike, "call_oi_at_strike": 1, "put_oi_at_strike": 1} for strike in (10.0, 100.0)]
    assert len(chart_data(make_day(spot=None, strikes=strikes)).oi_by_strike) == 2


def test_the_last_63_sessions_are_drawn(make_day: MakeDay) -> None:
    earlier = [
        {"date": date(2025, 10, 1) + timedelta(days=n), "spot": 100.0, "net_premium": float(n)} for n in range(70)
    ]
    drawn = chart_data(make_day(earlier=earlier, net_premium=-1.0)).history
    assert [row.net_premium for row in drawn] == [*(float(n) for n in range(8, 70)), -1.0]
    assert list(drawn[0].document()) == ["date", "net_premium", "put_call_volume_ratio", "score", "verdict"]


def test_expiries_without_max_pain_are_not_drawn(make_day: MakeDay) -> None:
    expiries = [{"expiration": date(2026, 1, 9), "max_pain": None}, {"expiration": date(2026, 1, 16), "max_pain": 99.0}]
    assert [row.expiration for row in chart_data(make_day(expiries=expiries)).max_pain] == [date(2026, 1, 16)]


def test_the_profile_is_of_the_gamma_exposure_around_the_spot(make_day: MakeDay) -> None:
    grid = spot_grid()
    drawn = chart_data(make_day(gex_profile=np.arange(len(grid), dtype=float).tolist())).gex_profile
    assert [row.gex for row in drawn] == list(range(len(grid)))
    assert drawn[len(grid) // 2].spot == pytest.approx(100 * np.exp(grid[len(grid) // 2]))


def test_with_nothing_known_nothing_is_drawn(make_day: MakeDay) -> None:
    drawn = chart_data(make_day(spot=None))
    assert (drawn.oi_by_strike, drawn.max_pain, drawn.gex_profile) == ((), (), ())
    assert [row.date for row in drawn.history] == [date(2026, 1, 5)]
