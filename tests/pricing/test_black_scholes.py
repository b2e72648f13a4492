"""Price and greeks: published examples, QuantLib and mpmath as oracles, and where there is no answer."""

from collections.abc import Callable, Mapping
from functools import cache
from math import exp, inf, nan, sqrt
from typing import Any

import mpmath
import numpy as np
import pytest
import QuantLib

from flowbt import pricing

Options = Mapping[str, Any]
FUNCTIONS = ("price", "delta", "gamma", "theta", "vega", "vanna", "charm")
ONE = {
    "spot": 100.0,
    "strike": 105.0,
    "years": 0.5,
    "volatility": 0.3,
    "rate": 0.04,
    "dividend_yield": 0.01,
    "is_call": True,
}


def of(name: str, options: Options) -> Any:
    return getattr(pricing, name)(**options)


def each(options: Options) -> list[dict[str, Any]]:
    names, columns = list(options), [np.asarray(column).tolist() for column in options.values()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(("is_call", "published"), [(True, 4.76), (False, 0.81)])
def test_price_of_hulls_example(is_call: bool, published: float) -> None:
    """Options, Futures and Other Derivatives, example 15.6."""
    assert pricing.price(42, 40, 0.5, 0.2, 0.1, 0, is_call) == pytest.approx(published, abs=0.005)


@pytest.mark.parametrize(
    ("name", "published", "unit"),
    [("delta", 0.522, 1), ("theta", -4.31, 365), ("gamma", 0.066, 1), ("vega", 12.1, 100)],
)
def test_greeks_of_hulls_example(name: str, published: float, unit: int) -> None:
    """Options, Futures and Other Derivatives, examples of chapter 19: theta per year, vega per 1.00 of volatility."""
    greek = getattr(pricing, name)(49, 50, 0.3846, 0.2, 0.05, 0, True)
    assert greek * unit == pytest.approx(published, rel=0.008)


def quantlib(name: str, option: Options) -> float:
    kind = QuantLib.Option.Call if option["is_call"] else QuantLib.Option.Put
    spot, years, rate = option["spot"], option["years"], option["rate"]
    calculator = QuantLib.BlackCalculator(
        QuantLib.PlainVanillaPayoff(kind, option["strike"]),
        spot * exp((rate - option["dividend_yield"]) * years),
        option["volatility"] * sqrt(years),
        exp(-rate * years),
    )
    answers: dict[str, Callable[[], float]] = {
        "price": calculator.value,
        "delta": lambda: calculator.delta(spot),
        "gamma": lambda: calculator.gamma(spot),
        "theta": lambda: calculator.theta(spot, years) / 365,
        "vega": lambda: calculator.vega(years) / 100,
        "vanna": lambda: calculator.vanna(spot, years) / 100,
    }
    return answers[name]()


@pytest.mark.parametrize("name", ["price", "delta", "gamma", "theta", "vega", "vanna"])
def test_equals_quantlib(name: str, options: Options) -> None:
    theirs = np.array([quantlib(name, option) for option in each(options)])
    ours = of(name, options)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12 * 250)


@cache
def exact_delta(
    spot: float, strike: float, volatility: float, rate: float, dividend_yield: float, is_call: bool
) -> Any:
    """Delta as a function of years and volatility, to 30 digits."""
    side = 1 if is_call else -1

    def delta(years: Any, change: Any = 0) -> Any:
        deviation = (mpmath.mpf(volatility) + change) * mpmath.sqrt(years)
        drift = (mpmath.mpf(rate) - dividend_yield) * years
        d1 = (mpmath.log(mpmath.mpf(spot) / strike) + drift) / deviation + deviation / 2
        return side * mpmath.exp(-dividend_yield * years) * mpmath.ncdf(side * d1)

    return delta


@pytest.mark.parametrize("is_call", [True, False])
def test_vanna_and_charm_are_the_derivatives_of_delta(is_call: bool, options: Options) -> None:
    chosen = {name: column[np.asarray(options["is_call"]) == is_call][::7] for name, column in options.items()}
    fixed = ("spot", "strike", "volatility", "rate", "dividend_yield", "is_call")
    with mpmath.workdps(30):
        deltas = [(exact_delta(*(option[name] for name in fixed)), option["years"]) for option in each(chosen)]
        charms = [float(-mpmath.diff(delta, years) / 365) for delta, years in deltas]
        vannas = [float(mpmath.diff(lambda by, f=delta, t=years: f(t, by), 0) / 100) for delta, years in deltas]
    np.testing.assert_allclose(of("charm", chosen), charms, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(of("vanna", chosen), vannas, rtol=1e-9, atol=1e-14)


def test_charm_of_an_out_of_the_money_call_is_negative() -> None:
    tomorrow = ONE | {"years": ONE["years"] - 1 / 365}
    change = of("delta", tomorrow) - of("delta", ONE)
    assert change < 0
    assert of("charm", ONE) == pytest.approx(change, rel=0.01)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *((parameter, value) for parameter in ("spot", "strike", "years", "volatility") for value in (0.0, -1.0)),
        *((parameter, value) for parameter in list(ONE)[:6] for value in (nan, inf, -inf)),
    ],
)
def test_not_a_number_where_there_is_no_answer(name: str, parameter: str, value: float) -> None:
    assert np.isnan(of(name, ONE | {parameter: value}))


def test_arguments_broadcast() -> None:
    strikes, kinds = np.array([90.0, 100.0, 110.0]), np.array([[True], [False]])
    prices = of("price", ONE | {"strike": strikes, "is_call": kinds})
    assert prices.shape == (2, 3)
    assert prices.dtype == np.float64
    assert prices[1, 2] == of("price", ONE | {"strike": 110.0, "is_call": False})


def test_numbers_give_a_number() -> None:
    assert isinstance(of("price", ONE), float)


def test_nothing_is_taken_for_a_kind_but_a_boolean() -> None:
    with pytest.raises(TypeError):
        of("price", ONE | {"is_call": np.array([1.0])})


@pytest.mark.parametrize("is_call", [True, False])
def test_a_price_without_volatility_to_speak_of_is_its_bound_and_not_less(is_call: bool) -> None:
    strikes = np.linspace(50, 150, 1001)
    option = {"spot": 100.0, "strike": strikes, "years": 0.5, "rate": 0.0, "dividend_yield": 0.0, "is_call": is_call}
    bounds = np.maximum((100 - strikes) * (1 if is_call else -1), 0)
    for volatility in (1e-9, 0.001, 0.01):
        prices = of("price", option | {"volatility": volatility})
        assert (prices >= bounds).all()
        np.testing.assert_allclose(prices, bounds, atol=40 * volatility)
