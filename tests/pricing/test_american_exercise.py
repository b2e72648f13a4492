"""How far the European solver is off for American options, as the docstring of `implied_volatility` states it."""

from collections.abc import Sequence
from itertools import product
from math import exp, log
from typing import Any, NamedTuple

import pytest
import QuantLib

from flowbt import pricing

SPOT, RATE, YIELD = 290.0, 0.04, 0.012
VOLATILITIES = (0.15, 0.25, 0.35)
STEPS = 1001
TODAY = QuantLib.Date(5, 1, 2026)


class Value(NamedTuple):
    """Of an American option."""

    price: float
    delta: float
    gamma: float


def process(volatility: float, dividend_yield: float) -> Any:
    def flat(rate: float) -> Any:
        return QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(TODAY, rate, QuantLib.Actual365Fixed()))

    surface = QuantLib.BlackConstantVol(TODAY, QuantLib.NullCalendar(), volatility, QuantLib.Actual365Fixed())
    return QuantLib.BlackScholesMertonProcess(
        QuantLib.QuoteHandle(QuantLib.SimpleQuote(SPOT)),
        flat(dividend_yield),
        flat(RATE),
        QuantLib.BlackVolTermStructureHandle(surface),
    )


def both(strike: float, days: int, is_call: bool, engine: Any) -> tuple[Any, Any]:
    """The American and the European option."""
    QuantLib.Settings.instance().evaluationDate = TODAY
    payoff = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call if is_call else QuantLib.Option.Put, strike)
    exercises = QuantLib.AmericanExercise(TODAY, TODAY + days), QuantLib.EuropeanExercise(TODAY + days)
    american, european = (QuantLib.VanillaOption(payoff, exercise) for exercise in exercises)
    american.setPricingEngine(engine)
    european.setPricingEngine(engine)
    return american, european


def on_a_tree(strike: float, days: int, volatility: float, is_call: bool) -> Value:
    """With the yield; what the tree adds for early exercise put on the exact European value."""
    engine = QuantLib.BinomialVanillaEngine(process(volatility, YIELD), "lr", STEPS)
    american, european = both(strike, days, is_call, engine)
    option = (SPOT, strike, days / 365, volatility, RATE, YIELD, is_call)
    return Value(
        float(pricing.price(*option)) + american.NPV() - european.NPV(),
        float(pricing.delta(*option)) + american.delta() - european.delta(),
        float(pricing.gamma(*option)) + american.gamma() - european.gamma(),
    )


def points_off(price: float, strike: float, days: int, volatility: float, is_call: bool, at: float = YIELD) -> float:
    implied = pricing.implied_volatility(price, SPOT, strike, days / 365, RATE, at, is_call)
    return float(implied - volatility) * 100


def worst(days: int, moneyness: Sequence[float], is_call: bool) -> float:
    found = []
    for ratio, volatility in product(moneyness, VOLATILITIES):
        strike = SPOT * ratio
        if pricing.vega(SPOT, strike, days / 365, volatility, RATE, YIELD, is_call) >= 0.005:
            price = on_a_tree(strike, days, volatility, is_call).price
            found.append(points_off(price, strike, days, volatility, is_call))
    return max(found, key=abs)


@pytest.mark.parametrize(
    ("moneyness", "stated"),
    [
        ((0.8, 0.9, 0.95), {7: 0.01, 30: 0.06, 90: 0.17, 365: 0.62}),
        ((1.0,), {7: 0.06, 30: 0.14, 90: 0.29, 365: 0.80}),
        ((1.05,), {7: 5.8, 30: 1.3, 90: 1.0, 365: 1.4}),
        ((1.1, 1.2), {7: 3.3, 30: 14.5, 90: 14.4, 365: 7.5}),
    ],
)
def test_puts_come_out_too_high_by_what_is_stated(moneyness: Sequence[float], stated: dict[int, float]) -> None:
    for days, points in stated.items():
        assert worst(days, moneyness, is_call=False) == pytest.approx(points, rel=0.05, abs=0.006)


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_calls_on_a_yield_below_the_rate_come_out_right(days: int) -> None:
    assert worst(days, (0.9, 1.0, 1.1), is_call=True) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("days", "delta", "gamma"), [(7, 0.002, 0.01), (30, 0.006, 0.03), (90, 0.013, 0.07), (365, 0.033, 0.17)]
)
def test_delta_and_gamma_of_the_put_at_the_money(days: int, delta: float, gamma: float) -> None:
    off_delta, off_gamma = [], []
    for volatility in VOLATILITIES:
        tree = on_a_tree(SPOT, days, volatility, is_call=False)
        implied = volatility + points_off(tree.price, SPOT, days, volatility, is_call=False) / 100
        option = (SPOT, SPOT, days / 365, implied, RATE, YIELD, False)
        off_delta.append(float(pricing.delta(*option)) - tree.delta)
        off_gamma.append(1 - float(pricing.gamma(*option)) / tree.gamma)
    assert max(off_delta) == pytest.approx(delta, abs=0.0006)
    assert max(off_gamma) == pytest.approx(gamma, abs=0.006)


def with_a_dividend(days: int, paid: int, volatility: float, is_call: bool) -> tuple[float, float]:
    """Price at the money with 0.90 paid after so many days, and the yield that the forward implies."""
    schedule = QuantLib.DividendVector([TODAY + paid], [0.9])
    engine = QuantLib.FdBlackScholesVanillaEngine(
        process(volatility, 0.0),
        schedule,
        200,
        800,
        0,
        QuantLib.FdmSchemeDesc.Douglas(),
        False,
        -1.0,
        QuantLib.FdBlackScholesVanillaEngine.Escrowed,
    )
    american, european = both(SPOT, days, is_call, engine)
    implied_yield = -log(1 - 0.9 * exp(-RATE * paid / 365) / SPOT) / (days / 365)
    exact = pricing.price(SPOT, SPOT, days / 365, volatility, RATE, implied_yield, is_call)
    return float(exact) + american.NPV() - european.NPV(), implied_yield


@pytest.mark.parametrize(("days", "points"), [(7, 2.8), (30, 1.1), (90, 0.8)])
def test_a_dividend_spread_as_a_yield(days: int, points: float) -> None:
    found = []
    for paid, is_call in product((2, days), (True, False)):
        price, _ = with_a_dividend(days, paid, 0.15, is_call)
        found.append(abs(points_off(price, SPOT, days, 0.15, is_call)))
    assert max(found) == pytest.approx(points, abs=0.05)


@pytest.mark.parametrize(("days", "points"), [(7, 2.7), (30, 1.4), (90, 0.8)])
def test_a_call_exercised_for_its_dividend_with_the_yield_of_the_forward(days: int, points: float) -> None:
    early, late = (with_a_dividend(days, paid, 0.15, is_call=True) for paid in (1, days))
    assert points_off(early[0], SPOT, days, 0.15, is_call=True, at=early[1]) == pytest.approx(0, abs=0.02)
    assert points_off(late[0], SPOT, days, 0.15, is_call=True, at=late[1]) == pytest.approx(points, abs=0.05)
