"""Volatility at the money, by tenor and by side, interpolated by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate
from math import exp, sqrt
from statistics import variance
from typing import Any

import polars as pl
import pytest

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
TODAY = date(2026, 1, 5)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def smile(call: float, put: float | None = None) -> dict[str, float]:
    return {"call_iv": call, "put_iv": call if put is None else put}


def test_at_the_money_between_the_strikes_around(chain: Chain, measure: Measure) -> None:
    """A quarter of the way from 0.22 (call 0.20, put 0.24) at 100 to 0.30 at 104."""
    rows = chain({96: smile(0.9), 100: smile(0.20, 0.24), 104: smile(0.30), 108: smile(0.9)}, spot=101)
    assert measure("atm_iv", rows) == pytest.approx(0.22 + 0.25 * 0.08)


def test_at_the_money_on_a_strike(chain: Chain, measure: Measure) -> None:
    assert measure("atm_iv", chain({95: smile(0.5), 100: smile(0.2, 0.3), 105: smile(0.6)})) == pytest.approx(0.25)


def test_a_strike_with_one_volatility_has_that(chain: Chain, measure: Measure) -> None:
    assert measure("atm_iv", chain({100: {"put_iv": 0.3}})) == 0.3


@pytest.mark.parametrize("strikes", [{105: smile(0.2)}, {95: smile(0.2)}, {100: {"call_last": 1.0}}])
def test_no_volatility_at_the_money(strikes: dict[float, dict[str, float]], chain: Chain, measure: Measure) -> None:
    assert measure("atm_iv", chain(strikes)) is None


def test_expected_move_of_one_standard_deviation(chain: Chain, measure: Measure) -> None:
    assert measure("expected_move", chain({100: smile(0.2)}, expiration=after(73))) == pytest.approx(
        100 * 0.2 * sqrt(0.2)
    )


def test_expected_move_of_the_nearest_live_expiry(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: smile(iv)}, expiration=after(days)) for iv, days in ((0.9, 0), (0.2, 73), (0.4, 146))]
    assert measure("expected_move", *rows) == pytest.approx(100 * 0.2 * sqrt(0.2))


STRADDLE = {"call_bid": 1.9, "call_ask": 2.1, "put_last": 1.5, "put_volume": 3}


@pytest.mark.parametrize(("form", "expected"), [("straddle", 3.5), ("straddle_85", 2.975)])
def test_expected_move_of_the_straddle(form: str, expected: float, chain: Chain, measure: Measure) -> None:
    rows = chain({95: {"call_last": 9.0, "call_volume": 1}, 101: STRADDLE})
    assert measure(f"expected_move(form={form})", rows) == pytest.approx(expected)


def test_a_straddle_of_a_stale_price_is_none(chain: Chain, measure: Measure) -> None:
    assert measure("atm_straddle", chain({100: STRADDLE | {"put_volume": 0}, 110: STRADDLE})) is None


def test_thirty_days_between_two_expiries(chain: Chain, measure: Measure) -> None:
    """Total variance at 20 days 0.2^2 * 20 = 0.8, at 60 days 0.3^2 * 60 = 5.4; at 30 a quarter of the way: 1.95."""
    rows = [chain({100: smile(iv)}, expiration=after(days)) for iv, days in ((0.9, 5), (0.2, 20), (0.3, 60), (0.1, 90))]
    assert measure("iv_30d", *rows) == pytest.approx(sqrt(1.95 / 30))


def test_thirty_days_on_an_expiry(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: smile(iv)}, expiration=after(days)) for iv, days in ((0.2, 30), (0.3, 60))]
    assert measure("iv_30d", *rows) == pytest.approx(0.2)


@pytest.mark.parametrize("days", [(5, 20), (40, 60)])
def test_nothing_is_extrapolated(days: tuple[int, int], chain: Chain, measure: Measure) -> None:
    assert measure("iv_30d", *(chain({100: smile(0.2)}, expiration=after(tenor)) for tenor in days)) is None


def test_an_expiry_without_volatility_is_passed_over(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: smile(0.2)}, expiration=after(days)) for days in (20, 60)]
    assert measure("iv_30d", *rows, chain({100: {"call_last": 1.0}}, expiration=after(29))) == pytest.approx(0.2)


def test_term_slope(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: smile(iv)}, expiration=after(days)) for iv, days in ((0.2, 30), (0.26, 90))]
    assert measure("term_slope", *rows) == pytest.approx(0.06)


WINGS = {
    80: {"put_iv": 0.40, "put_delta": -0.15},
    90: {"put_iv": 0.30, "put_delta": -0.35},
    100: {"call_iv": 0.2, "call_delta": 0.5, "put_iv": 0.2, "put_delta": -0.5},
    110: {"call_iv": 0.18, "call_delta": 0.3},
    120: {"call_iv": 0.22, "call_delta": 0.1},
    70: {"call_iv": 0.99, "call_delta": 0.25},
}
"""The 25-delta put lies half way between 80 and 90, the 25-delta call a quarter from 110 to 120; that in the money is not asked."""


def test_volatility_at_a_delta(chain: Chain, measure: Measure) -> None:
    assert measure("put_iv_at_delta", chain(WINGS)) == pytest.approx(0.35)
    assert measure("call_iv_at_delta", chain(WINGS)) == pytest.approx(0.19)
    assert measure("call_iv_at_delta(delta=0.05)", chain(WINGS)) is None


def test_skew(chain: Chain, measure: Measure) -> None:
    rows = [chain(WINGS, expiration=after(days)) for days in (20, 60)]
    assert measure("skew_25d", *rows) == pytest.approx(0.19 - 0.35)


def test_variance_risk_premium(
    chain: Chain, measure: Measure, bars: Callable[..., pl.DataFrame], days: list[date]
) -> None:
    moves = [0.01, -0.02, 0.015] * 7
    closes = [100 * exp(total) for total in accumulate(moves, initial=0.0)]
    today = days[len(moves)]
    rows = [chain({100: smile(0.2)}, day=today, expiration=today + timedelta(days=tenor)) for tenor in (20, 60)]
    found = measure("vrp", *rows, bars=bars(closes))
    assert found == pytest.approx(0.04 - 252 * variance(moves))
