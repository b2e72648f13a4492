"""Gamma against QuantLib, and exposures added up by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from math import exp, sqrt
from typing import Any

import polars as pl
import pytest
import QuantLib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
TODAY = date(2026, 1, 5)


def quantlib_gamma(spot: float, strike: float, iv: float, days: int, rate: float, dividend_yield: float) -> float:
    years = days / 365
    payoff = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, strike)
    forward = spot * exp((rate - dividend_yield) * years)
    calculator = QuantLib.BlackCalculator(payoff, forward, iv * sqrt(years), exp(-rate * years))
    return float(calculator.gamma(spot))


@given(
    contracts=st.lists(
        st.tuples(st.floats(0.5, 1.5), st.floats(0.03, 3.0), st.integers(1, 900)), min_size=1, max_size=20
    ),
    spot=st.floats(5, 5000),
    rate=st.sampled_from([0.0, 0.04, 0.1]),
    dividend_yield=st.sampled_from([0.0, 0.03]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gamma_is_quantlibs(
    contracts: list[tuple[float, float, int]],
    spot: float,
    rate: float,
    dividend_yield: float,
    chain: Chain,
    store: Callable[..., Any],
) -> None:
    rows = [
        chain(
            {round(spot * moneyness, 2): {"call_iv": iv, "put_iv": iv}},
            spot=spot,
            expiration=TODAY + timedelta(days=days),
            root=f"AAA{n}W",
        )
        for n, (moneyness, iv, days) in enumerate(contracts)
    ]
    arguments = f"rate={rate}, dividend_yield={dividend_yield}"
    names = tuple(f"{side}_unit_gamma({arguments})" for side in ("call", "put"))
    found = compute(store(*rows), Request(("AAA",), grain="strike", metrics=names)).sort("root")
    for n, (moneyness, iv, days) in enumerate(contracts):
        expected = quantlib_gamma(spot, round(spot * moneyness, 2), iv, days, rate, dividend_yield)
        row = found.filter(pl.col("root") == f"AAA{n}W")
        assert row[names[0]].item() == pytest.approx(expected, rel=1e-9, abs=1e-15)
        assert row[names[1]].item() == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_the_sources_gamma_goes_before_the_computed_one(chain: Chain, measure: Measure) -> None:
    rows = chain({95: {"call_gamma": 0.02, "call_iv": 0.2}, 100: {"call_iv": 0.2}})
    given, computed = measure("call_unit_gamma", rows, grain="strike")
    assert given == 0.02
    assert computed == pytest.approx(quantlib_gamma(100, 100, 0.2, 11, 0.04, 0))


def test_a_gamma_of_zero_is_known(chain: Chain, measure: Measure) -> None:
    assert measure("put_unit_gamma", chain({100: {"put_gamma": 0.0, "put_iv": 0.2}}), grain="strike") == 0


@pytest.mark.parametrize(
    ("row", "options"),
    [
        ({"call_last": 1.0}, {}),
        ({"call_iv": 0.2}, {"spot": None}),
        ({"call_iv": 0.2}, {"expiration": TODAY}),
        ({"call_iv": 0.0}, {}),
    ],
    ids=["no volatility", "no spot", "expires today", "volatility 0"],
)
def test_gamma_that_cannot_be_computed(
    row: dict[str, float], options: dict[str, Any], chain: Chain, measure: Measure
) -> None:
    assert measure("call_unit_gamma", chain({100: row}, **options), grain="strike") is None


@pytest.fixture
def book(chain: Chain) -> pl.DataFrame:
    """Gamma held: calls 0.02 * 30 * 100 = 60, puts 0.05 * 20 * 100 = 100; spot 100. Beside it, what expires today."""
    calls = {"call_gamma": 0.02, "call_open_interest": 30, "call_delta": 0.5}
    puts = {"put_gamma": 0.05, "put_open_interest": 20, "put_delta": -0.4}
    return pl.concat(
        [
            chain({100: calls | puts}),
            chain({100: {"call_gamma": 0.5, "call_open_interest": 1000, "call_delta": 1.0}}, expiration=TODAY),
        ]
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("net_gamma_held", -40),
        ("gex", -40 * 100 * 100 / 100),
        ("gex(unit=usd_1pt)", -40 * 100),
        ("gex(unit=shares_1pt)", -40),
        ("gex(unit=shares_1pct)", -40),
        ("gex_coverage", 1),
        ("dex_net", 0.5 * 30 * 100 - 0.4 * 20 * 100),
        ("dex_gross", 0.5 * 30 * 100 + 0.4 * 20 * 100),
    ],
)
def test_exposure_by_hand(name: str, value: float, book: pl.DataFrame, measure: Measure) -> None:
    assert measure(name, book) == pytest.approx(value)


def test_units_differ_by_the_spot(chain: Chain, measure: Measure) -> None:
    rows = chain({50: {"call_gamma": 0.02, "call_open_interest": 10}}, spot=50)
    found = [measure(f"gex(unit={unit})", rows) for unit in ("shares_1pt", "shares_1pct", "usd_1pt", "usd_1pct")]
    assert found == pytest.approx([20, 10, 1000, 500])


def test_the_multiplier_counts(chain: Chain, measure: Measure) -> None:
    row = {100: {"call_gamma": 0.02, "call_open_interest": 10, "call_delta": 0.5}}
    assert measure("gex(unit=shares_1pt)", chain(row, multiplier=10)) == pytest.approx(2)
    assert measure("dex_net", chain(row, multiplier=10)) == pytest.approx(50)


def test_coverage_is_the_share_of_open_interest_with_a_gamma(chain: Chain, measure: Measure) -> None:
    rows = chain({95: {"call_gamma": 0.02, "call_open_interest": 30}, 105: {"put_open_interest": 10}})
    assert measure("gex_coverage", rows) == 0.75


def test_a_contract_without_gamma_counts_as_none_beside_others(chain: Chain, measure: Measure) -> None:
    rows = chain({95: {"call_gamma": 0.02, "call_open_interest": 30}, 105: {"call_open_interest": 10}})
    assert measure("gex(unit=shares_1pt)", rows) == pytest.approx(60)


def test_delta_gross_is_never_negative(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"put_delta": -0.9, "put_open_interest": 10}})
    assert (measure("dex_net", rows), measure("dex_gross", rows)) == (-900, 900)
