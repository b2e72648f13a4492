"""Implied volatility: against prices computed to 40 digits and QuantLib, and why a price has none."""

from collections.abc import Mapping
from math import exp, inf, nan, pi, sqrt
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
import pytest
import QuantLib

from flowbt import pricing
from flowbt.pricing import ImpliedStatus, implied_kernel, implied_status, implied_volatility

Options = Mapping[str, Any]
Floats = npt.NDArray[np.float64]


def known(options: Options) -> dict[str, Any]:
    return {name: column for name, column in options.items() if name != "volatility"}


def test_round_trip_over_the_grid(options: Options) -> None:
    prices = pricing.price(**options)
    found = implied_volatility(prices, **known(options))
    solved = ~np.isnan(found)
    forward = options["spot"] * np.exp((options["rate"] - options["dividend_yield"]) * options["years"])
    again = pricing.price(**known(options), volatility=found)
    assert np.max(np.abs(again - prices)[solved] / forward[solved]) < 1e-14
    tells = pricing.vega(**options) * 100 > 1e-5 * options["spot"]
    assert np.count_nonzero(tells) > 1000
    assert np.max(np.abs(found - options["volatility"])[tells]) < 1e-8


def test_no_volatility_is_found_only_where_no_time_value_is_left(options: Options) -> None:
    prices = pricing.price(**options)
    status = implied_status(prices, **known(options))
    side = np.where(options["is_call"], 1, -1)
    received = options["spot"] * np.exp(-options["dividend_yield"] * options["years"])
    paid = options["strike"] * np.exp(-options["rate"] * options["years"])
    time_value = prices - np.maximum(side * (received - paid), 0)
    assert set(status.tolist()) == {ImpliedStatus.SOLVED, ImpliedStatus.BELOW_INTRINSIC}
    assert np.max(time_value[status == ImpliedStatus.BELOW_INTRINSIC]) < 1e-12


def exact_price(strike: float, years: float, volatility: float, is_call: bool) -> float:
    """Of an option on 100 at a rate of 4% and a yield of 1%, to the last digit."""
    with mpmath.workdps(40):
        side, deviation = (1 if is_call else -1), mpmath.mpf(volatility) * mpmath.sqrt(years)
        received, paid = 100 * mpmath.exp(mpmath.mpf(-0.01) * years), strike * mpmath.exp(mpmath.mpf(-0.04) * years)
        d1 = mpmath.log(received / paid) / deviation + deviation / 2
        return float(side * (received * mpmath.ncdf(side * d1) - paid * mpmath.ncdf(side * (d1 - deviation))))


@pytest.mark.parametrize("volatility", [0.03, 0.2, 0.8, 4.0])
@pytest.mark.parametrize("years", [1 / 365, 0.25, 3.0])
@pytest.mark.parametrize("deviations", [-18, -6, -1, -0.01, 0.01, 1, 6, 18])
def test_prices_down_to_the_smallest_give_the_volatility_to_twelve_digits(
    volatility: float, years: float, deviations: float
) -> None:
    is_call = deviations > 0
    strike = 100 * exp(0.03 * years + deviations * volatility * sqrt(years))
    price = exact_price(strike, years, volatility, is_call)
    assert implied_volatility(price, 100, strike, years, 0.04, 0.01, is_call) == pytest.approx(volatility, rel=1e-12)


def test_equals_quantlib(options: Options) -> None:
    names = ("strike", "spot", "years", "rate", "dividend_yield", "is_call")
    tells = (pricing.vega(**options) > 1e-3) & (np.asarray(options["volatility"]) < 2)
    chosen = {name: np.asarray(column)[tells][::5] for name, column in options.items()}
    prices = pricing.price(**chosen)
    theirs = []
    for price, *option in zip(prices.tolist(), *(chosen[name].tolist() for name in names), strict=True):
        strike, spot, years, rate, dividend_yield, is_call = option
        kind = QuantLib.Option.Call if is_call else QuantLib.Option.Put
        forward = spot * exp((rate - dividend_yield) * years)
        deviation = QuantLib.blackFormulaImpliedStdDev(
            kind, strike, forward, price, exp(-rate * years), 0.0, QuantLib.nullDouble(), 1e-14, 1000
        )
        theirs.append(deviation / sqrt(years))
    assert len(theirs) > 100
    np.testing.assert_allclose(implied_volatility(prices, **known(chosen)), theirs, rtol=0, atol=1e-8)


# a call and a put on 100 of strike 90, one year, rate 4%, yield 1%
PAID, RECEIVED = 90 * exp(-0.04), 100 * exp(-0.01)
ASKED = {"spot": 100.0, "strike": 90.0, "years": 1.0, "rate": 0.04, "dividend_yield": 0.01, "is_call": True}


@pytest.mark.parametrize(
    ("price", "changed", "status"),
    [
        (15.0, {}, "SOLVED"),
        (RECEIVED - PAID, {}, "BELOW_INTRINSIC"),
        (RECEIVED - PAID - 0.01, {}, "BELOW_INTRINSIC"),
        (RECEIVED - PAID + 0.01, {}, "SOLVED"),
        (float(np.nextafter(10, 11)), {"rate": 0.0, "dividend_yield": 0.0}, "BELOW_INTRINSIC"),
        (10 + 1e-12, {"rate": 0.0, "dividend_yield": 0.0}, "SOLVED"),
        (0.0, {"is_call": False}, "BELOW_INTRINSIC"),
        (1e-200, {"is_call": False}, "BELOW_INTRINSIC"),
        (-1.0, {"is_call": False}, "BELOW_INTRINSIC"),
        (0.01, {"is_call": False}, "SOLVED"),
        (RECEIVED, {}, "ABOVE_BOUND"),
        (RECEIVED - 0.01, {}, "SOLVED"),
        (PAID, {"is_call": False}, "ABOVE_BOUND"),
        (PAID - 0.01, {"is_call": False}, "SOLVED"),
        (15.0, {"years": 0.0}, "EXPIRED"),
        (15.0, {"years": -1.0}, "EXPIRED"),
        (inf, {}, "MISSING"),
        (nan, {}, "MISSING"),
        (15.0, {"spot": 0.0}, "MISSING"),
        (15.0, {"strike": -90.0}, "MISSING"),
        *((15.0, {name: nan}, "MISSING") for name in ("spot", "strike", "years", "rate", "dividend_yield")),
        *((15.0, {name: inf}, "MISSING") for name in ("spot", "strike", "years", "rate", "dividend_yield")),
        (15.0, {"rate": -1e6}, "MISSING"),
    ],
)
def test_why_a_price_has_no_volatility(price: float, changed: dict[str, Any], status: str) -> None:
    option = ASKED | changed
    assert ImpliedStatus(int(implied_status(price, **option))).name == status
    assert np.isnan(implied_volatility(price, **option)) == (status != "SOLVED")


def test_statuses_can_be_counted() -> None:
    status = implied_status(np.array([15.0, nan, 1.0, 15.0]), **ASKED)
    assert status.dtype == np.int8
    assert np.bincount(status, minlength=len(ImpliedStatus)).tolist() == [2, 1, 0, 0, 1]


def test_call_and_put_at_prices_in_parity_have_the_same_volatility() -> None:
    call = implied_volatility(15.0, **ASKED)
    put = implied_volatility(15.0 - RECEIVED + PAID, **ASKED | {"is_call": False})
    assert call == pytest.approx(put, rel=1e-12)


def test_a_volatility_worked_out_by_hand() -> None:
    """An at-the-money call with a forward equal to its strike: price = S (2 N(s / 2) - 1), and 2 N(0.1) - 1 = 0.0796557."""
    price = 100 * 0.07965567455405798
    assert implied_volatility(price, 100, 100, 1, 0, 0, True) == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize("strike", [100.0, float(np.nextafter(100, 101)), 100.0000000000003])
@pytest.mark.parametrize("price", [1e-6, 1e-8])
def test_next_to_nothing_at_the_money(strike: float, price: float) -> None:
    """There the price is S s / sqrt(2 pi), and the guess is lost in rounding."""
    assert implied_volatility(price, 100, strike, 1, 0, 0, True) == pytest.approx(price / 100 * sqrt(2 * pi), rel=1e-4)


def test_where_rounding_leaves_neither_guess_nor_step_to_trust_there_still_is_a_volatility() -> None:
    strikes = 100 + np.linspace(1e-11, 1.5e-11, 200)
    known = (1e-28, 100, strikes, 1, 0, 0, True)
    assert (implied_status(*known) == ImpliedStatus.SOLVED).all()
    found = implied_volatility(*known)
    assert ((found > 0) & (found < 1e-12)).all()


def test_the_scaled_complementary_error_function() -> None:
    arguments = np.concatenate([[0.0], np.geomspace(1e-8, 1e6, 400), np.linspace(0.1, 12, 120)]).tolist()
    with mpmath.workdps(40):
        exact = [mpmath.exp(mpmath.mpf(z) ** 2) * mpmath.erfc(z) for z in arguments]
        errors = [float(abs(implied_kernel._erfcx(z) / value - 1)) for z, value in zip(arguments, exact, strict=True)]
    assert max(errors) < 6e-16


def normalised(x: float, s: float) -> tuple[float, float]:
    """The price b of the solver's description, and what it lacks of its bound."""
    with mpmath.workdps(60):
        h, t = mpmath.mpf(x) / s, mpmath.mpf(s) / 2
        b = mpmath.exp(-x / 2) * mpmath.ncdf(t - h) - mpmath.exp(x / 2) * mpmath.ncdf(-t - h)
        return float(b), float(mpmath.exp(mpmath.mpf(-x) / 2) - b)


@pytest.mark.parametrize("x", [0.0, 1e-6, 0.01, 0.3, 1.2, 3.0])
def test_the_guess_is_close_for_any_price(x: float) -> None:
    for s in np.geomspace(1e-4, 7, 60).tolist():
        b, lacking = normalised(x, s)
        if b > 1e-100:
            assert implied_kernel._guess(x, b, lacking) == pytest.approx(s, rel=0.12)
