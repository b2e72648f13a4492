"""Prices and quotes: no arbitrage, and the closed forms."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowbt.market.quotes import bid_ask, half_spread, trade_price
from flowbt.market.smile import at_the_money, smile, value, years_left

TICK = 0.01
MID_CALL = (pl.col("call_bid") + pl.col("call_ask")) / 2
MID_PUT = (pl.col("put_bid") + pl.col("put_ask")) / 2
SPOT, STRIKE = pl.col("underlying_price"), pl.col("strike")
EXPIRY = ["symbol", "date", "expiration"]


def test_put_call_parity_holds_within_the_spread(chains: pl.DataFrame) -> None:
    spread = pl.col("call_ask") - pl.col("call_bid") + pl.col("put_ask") - pl.col("put_bid")
    gap = (MID_CALL - MID_PUT - SPOT + STRIKE).abs()
    assert chains.select((gap <= spread / 2 + 1e-9).all()).item()


def test_no_option_is_worth_less_than_its_exercise(chains: pl.DataFrame) -> None:
    assert chains.select((MID_CALL - (SPOT - STRIKE).clip(0)).min()).item() > -TICK
    assert chains.select((MID_PUT - (STRIKE - SPOT).clip(0)).min()).item() > -TICK


def test_call_prices_fall_and_put_prices_rise_with_the_strike(chains: pl.DataFrame) -> None:
    assert chains.select(MID_CALL.diff().over(EXPIRY).max()).item() <= TICK + 1e-9
    assert chains.select(MID_PUT.diff().over(EXPIRY).min()).item() >= -TICK - 1e-9


def test_the_bid_is_below_the_ask(chains: pl.DataFrame) -> None:
    for side in ("call", "put"):
        bid, ask = chains[f"{side}_bid"], chains[f"{side}_ask"]
        assert ((bid >= 0) & (bid < ask)).all()


def test_spreads_widen_relative_to_the_price_in_the_wings(chains: pl.DataFrame) -> None:
    month = chains.filter(
        (pl.col("expiration") - pl.col("date")).dt.total_days().is_between(20, 40), pl.col("put_bid") > 0
    )
    relative = (pl.col("put_ask") - pl.col("put_bid")) / MID_PUT
    wing, near = (month.filter(-pl.col("put_delta") < 0.1), month.filter((pl.col("put_delta") + 0.5).abs() < 0.1))
    assert wing.select(relative.mean()).item() > 2 * near.select(relative.mean()).item()


def test_trades_lie_between_bid_and_ask(chains: pl.DataFrame) -> None:
    for side in ("call", "put"):
        traded = chains.filter(pl.col(f"{side}_volume") > 0)
        assert (traded[f"{side}_last"] >= traded[f"{side}_bid"]).all()
        assert (traded[f"{side}_last"] <= traded[f"{side}_ask"]).all()


def test_crash_puts_cost_more_than_far_calls(chains: pl.DataFrame) -> None:
    month = chains.filter((pl.col("expiration") - pl.col("date")).dt.total_days().is_between(20, 60))
    put_wing = month.filter(pl.col("put_delta").is_between(-0.27, -0.23))["put_iv"].mean()
    call_wing = month.filter(pl.col("call_delta").is_between(0.23, 0.27))["call_iv"].mean()
    assert put_wing > call_wing * 1.05  # type: ignore[operator]


@given(
    skew=st.floats(-0.75, -0.35),
    curvature=st.floats(0.8, 1.0),
    at_money=st.floats(0.06, 1.2),
    years=st.floats(2 / 365, 2.5),
)
def test_no_butterfly_is_free(skew: float, curvature: float, at_money: float, years: float) -> None:
    strike = np.exp(np.linspace(-3, 3, 301) * at_money * np.sqrt(years))
    volatility = smile(np.log(strike), np.full(301, at_money), np.full(301, years), np.full(301, skew), curvature)
    call = value(np.ones(301), strike, volatility, np.full(301, years)).call
    slope = np.diff(call) / np.diff(strike)
    assert np.all(np.diff(slope) > -1e-7)
    assert np.all(slope > -1 - 1e-7)


@given(volatility=st.floats(0.05, 1.5), usual=st.floats(0.1, 0.4))
def test_no_calendar_is_free(volatility: float, usual: float) -> None:
    years = np.linspace(1 / 365, 2.5, 200)
    variance = at_the_money(np.full(200, volatility), usual, years) ** 2 * years
    assert np.all(np.diff(variance) > 0)


def test_a_textbook_value() -> None:
    """Rate and yield zero, at the money, 20% for a year: 100 * (2 N(0.1) - 1)."""
    worth = value(np.array([100.0]), np.array([100.0]), np.array([0.2]), np.array([1.0]))
    assert worth.call[0] == pytest.approx(7.965567, abs=1e-6)
    assert worth.put[0] == pytest.approx(7.965567, abs=1e-6)


def priced(price: float = 100.0, volatility: float = 0.25, years: float = 0.5) -> tuple[float, float]:
    worth = value(np.array([price]), np.array([110.0]), np.array([volatility]), np.array([years]))
    return float(worth.call[0]), float(worth.call_delta[0])


def test_greeks_are_the_slopes_of_the_price() -> None:
    worth = value(np.array([100.0]), np.array([110.0]), np.array([0.25]), np.array([0.5]))
    step = 1e-4
    assert worth.call_delta[0] == pytest.approx((priced(100 + step)[0] - priced(100 - step)[0]) / 2 / step, abs=1e-6)
    assert worth.gamma[0] == pytest.approx((priced(100 + step)[1] - priced(100 - step)[1]) / 2 / step, abs=1e-6)
    vega_of_one = (priced(volatility=0.25 + step)[0] - priced(volatility=0.25 - step)[0]) / 2 / step
    assert worth.vega[0] == pytest.approx(vega_of_one / 100, abs=1e-6)
    per_year = (priced(years=0.5 - step)[0] - priced(years=0.5 + step)[0]) / 2 / step
    assert worth.theta[0] == pytest.approx(per_year / 365, abs=1e-6)


def test_a_contract_still_lives_at_the_close_of_its_last_day() -> None:
    left = years_left(np.array([0, 1]))
    assert 0 < left[0] < left[1]


@given(worth=st.floats(0, 500), vega=st.floats(0, 2), where=st.floats(-0.8, 0.8))
def test_quotes_enclose_the_value_within_a_cent(worth: float, vega: float, where: float) -> None:
    exact = np.array([worth])
    half = half_spread(exact, np.array([vega]), np.array([100.0]))
    bid, ask = bid_ask(exact, half)
    assert 0 <= bid[0] < ask[0]
    assert abs((bid[0] + ask[0]) / 2 - worth) <= TICK + 1e-9
    assert bid[0] - 1e-9 <= trade_price(exact, half, np.array([where]))[0] <= ask[0] + 1e-9
