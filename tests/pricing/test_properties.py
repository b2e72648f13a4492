"""What holds for any option."""

from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flowbt import pricing
from flowbt.pricing import ImpliedStatus

FUNCTIONS = ("price", "delta", "gamma", "theta", "vega", "vanna", "charm")
PER_EXAMPLE = settings(max_examples=400, deadline=None)

options = st.fixed_dictionaries(
    {
        "spot": st.floats(1, 1000),
        "strike": st.floats(0.3, 3),
        "years": st.floats(1 / 365, 3),
        "volatility": st.floats(0.03, 4),
        "rate": st.floats(-0.02, 0.12),
        "dividend_yield": st.floats(0, 0.1),
    }
).map(lambda option: option | {"strike": option["strike"] * option["spot"]})
any_float = st.floats(allow_nan=True, allow_infinity=True)


def of(name: str, option: dict[str, Any], *, is_call: bool) -> float:
    return float(getattr(pricing, name)(**option, is_call=is_call))


def implied(price: float, option: dict[str, Any], *, is_call: bool) -> float:
    known = {name: value for name, value in option.items() if name != "volatility"}
    return float(pricing.implied_volatility(price, **known, is_call=is_call))


def parity(option: dict[str, Any]) -> dict[str, float]:
    """What a call is worth more than a put, and its derivatives: S exp(-q T) - K exp(-r T)."""
    rate, dividend_yield, years = option["rate"], option["dividend_yield"], option["years"]
    spot, strike = option["spot"] * exp(-dividend_yield * years), option["strike"] * exp(-rate * years)
    return {
        "price": spot - strike,
        "delta": exp(-dividend_yield * years),
        "theta": (dividend_yield * spot - rate * strike) / 365,
        "charm": dividend_yield * exp(-dividend_yield * years) / 365,
    }


@PER_EXAMPLE
@given(option=options)
def test_put_call_parity_of_price_delta_theta_and_charm(option: dict[str, Any]) -> None:
    for name, difference in parity(option).items():
        found = of(name, option, is_call=True) - of(name, option, is_call=False)
        assert found == pytest.approx(difference, rel=1e-9, abs=1e-12 * option["spot"])


@pytest.mark.parametrize("name", ["gamma", "vega", "vanna"])
@PER_EXAMPLE
@given(option=options)
def test_call_and_put_have_the_same_gamma_vega_and_vanna(name: str, option: dict[str, Any]) -> None:
    assert of(name, option, is_call=True) == of(name, option, is_call=False)


@PER_EXAMPLE
@given(option=options, more=st.floats(0.001, 1), is_call=st.booleans())
def test_more_volatility_is_never_worth_less(option: dict[str, Any], more: float, is_call: bool) -> None:
    dearer = option | {"volatility": option["volatility"] + more}
    assert of("price", dearer, is_call=is_call) >= of("price", option, is_call=is_call) - 1e-12 * option["spot"]


@PER_EXAMPLE
@given(option=options, is_call=st.booleans())
def test_the_price_at_the_implied_volatility_is_the_price(option: dict[str, Any], is_call: bool) -> None:
    price = of("price", option, is_call=is_call)
    volatility = implied(price, option, is_call=is_call)
    assume(not np.isnan(volatility))
    forward = option["spot"] * exp((option["rate"] - option["dividend_yield"]) * option["years"])
    again = of("price", option | {"volatility": volatility}, is_call=is_call)
    assert again == pytest.approx(price, rel=0, abs=1e-12 * forward)


@PER_EXAMPLE
@given(option=options, is_call=st.booleans())
def test_the_implied_volatility_is_the_one_that_made_the_price(option: dict[str, Any], is_call: bool) -> None:
    # 1e-5 of the spot per 1.00 of volatility: where the price has lost less than 1e-8 of volatility to rounding
    assume(of("vega", option, is_call=is_call) * 100 > 1e-5 * option["spot"])
    price = of("price", option, is_call=is_call)
    assert implied(price, option, is_call=is_call) == pytest.approx(option["volatility"], rel=0, abs=1e-8)


@PER_EXAMPLE
@given(option=options, up=st.floats(1.0001, 1.5))
def test_a_dearer_option_has_a_higher_volatility(option: dict[str, Any], up: float) -> None:
    price = of("price", option, is_call=True)
    assume(of("vega", option, is_call=True) * 100 > 1e-5 * option["spot"])
    dearer = implied(price * up, option, is_call=True)
    assume(not np.isnan(dearer))
    assert dearer > implied(price, option, is_call=True)


@PER_EXAMPLE
@given(numbers=st.lists(any_float, min_size=6, max_size=6), is_call=st.booleans())
def test_whatever_goes_in_no_infinity_comes_out(numbers: list[float], is_call: bool) -> None:
    for name in (*FUNCTIONS, "implied_volatility"):
        assert not np.isinf(getattr(pricing, name)(*numbers, is_call))


@PER_EXAMPLE
@given(
    price=any_float,
    spot=st.floats(0, 200),
    strike=st.floats(0, 200),
    years=st.floats(-1, 5),
    rate=st.floats(-0.1, 0.2),
    is_call=st.booleans(),
)
def test_solved_is_the_status_of_every_price_with_a_volatility_and_of_no_other(
    price: float, spot: float, strike: float, years: float, rate: float, is_call: bool
) -> None:
    known = (price, spot, strike, years, rate, 0.01, is_call)
    is_solved = pricing.implied_status(*known) == ImpliedStatus.SOLVED
    assert is_solved == (not np.isnan(pricing.implied_volatility(*known)))
