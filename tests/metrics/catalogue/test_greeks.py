"""Volatility and greeks of contracts: the source's first, else computed, and what cannot be."""

from collections.abc import Callable
from datetime import date, timedelta
from math import exp
from typing import Any

import polars as pl
import pytest

from flowbt import pricing
from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
TODAY = date(2026, 1, 5)
HALF_YEAR = TODAY + timedelta(days=182)
YEARS = 182 / 365


def quote(price: float) -> tuple[float, float]:
    return price - 0.005, price + 0.005


def quoted(
    strike: float, volatility: float, spot: float = 100.0, rate: float = 0.04, paid: float = 0.0
) -> dict[str, float]:
    """A call and a put quoted around what they are worth at a volatility and a dividend yield."""
    row = {}
    for side in ("call", "put"):
        worth = float(pricing.price(spot, strike, YEARS, volatility, rate, paid, side == "call"))
        row[f"{side}_bid"], row[f"{side}_ask"] = quote(worth)
    return row


def test_the_sources_volatility_goes_before_the_solved_one(chain: Chain, measure: Measure) -> None:
    rows = chain({100: quoted(100, 0.3) | {"call_iv": 0.25}}, expiration=HALF_YEAR)
    assert measure("call_volatility", rows, grain="strike") == 0.25
    assert measure("put_volatility", rows, grain="strike") == pytest.approx(0.3, abs=1e-9)


@pytest.mark.parametrize("none", [0.0, 1e-5, 0.00099])
def test_a_volatility_of_next_to_nothing_is_none_and_is_solved(none: float, chain: Chain, measure: Measure) -> None:
    rows = chain({110: quoted(110, 0.3) | {"call_iv": none}}, expiration=HALF_YEAR)
    assert measure("call_volatility", rows, grain="strike") == pytest.approx(0.3, abs=1e-9)


@pytest.mark.parametrize(("volatility", "found"), [(0.0005, None), (0.002, 0.002)])
def test_a_solved_volatility_of_next_to_nothing_is_none(
    volatility: float, found: float | None, chain: Chain, measure: Measure
) -> None:
    forward = 100 * exp(0.04 * YEARS)
    rows = chain({forward: quoted(forward, volatility)}, expiration=HALF_YEAR)
    assert measure("call_volatility", rows, grain="strike") == (found and pytest.approx(found, rel=1e-3))


def test_a_contract_whose_volatility_is_no_volatility_is_counted_and_has_no_gamma(
    chain: Chain, measure: Measure
) -> None:
    """Yahoo's 1e-5 for none, stored before the lake refused it."""
    rows = chain({100: {"call_iv": 0.2, "put_iv": 1e-5, "call_open_interest": 10, "put_open_interest": 30}})
    assert measure("without_volatility", rows) == 1
    assert measure("gex_coverage", rows) == 0.25
    assert measure("zero_gamma_status", rows) == "always positive"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"call_bid": 0.0, "call_ask": 0.05},
        {"call_bid": 6.0, "call_ask": 5.0},
        {"call_bid": 1.9, "call_ask": 2.0},
        {"call_bid": 100.0, "call_ask": 101.0},
        {"call_last": 5.0, "call_volume": 9},
    ],
    ids=["no price", "no bid", "crossed", "below intrinsic", "above the spot", "only a trade"],
)
def test_no_volatility(row: dict[str, float], chain: Chain, measure: Measure) -> None:
    rows = chain({97: row | {"put_iv": 0.2}}, expiration=HALF_YEAR)
    assert measure("call_volatility", rows, grain="strike") is None


def test_solved_from_the_last_trade_if_asked(chain: Chain, measure: Measure) -> None:
    worth = float(pricing.price(100, 95, YEARS, 0.4, 0.04, 0, True))
    traded, stale = {"call_last": worth, "call_volume": 1}, {"call_last": worth, "call_volume": 0}
    name = "call_volatility(priced_by=last)"
    assert measure(name, chain({95: traded}, expiration=HALF_YEAR), grain="strike") == pytest.approx(0.4, abs=1e-9)
    assert measure(name, chain({95: stale}, expiration=HALF_YEAR), grain="strike") is None


@pytest.mark.parametrize("greek", ["delta", "gamma", "vega", "theta", "vanna", "charm"])
@pytest.mark.parametrize("side", ["call", "put"])
def test_a_greek_is_computed_from_the_volatility(greek: str, side: str, chain: Chain, measure: Measure) -> None:
    rows = chain({105: {f"{side}_iv": 0.3}}, expiration=HALF_YEAR)
    arguments = "rate=0.02, dividend_yield=0.01"
    expected = getattr(pricing, greek)(100, 105, YEARS, 0.3, 0.02, 0.01, side == "call")
    assert measure(f"{side}_unit_{greek}({arguments})", rows, grain="strike") == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("greek", ["delta", "gamma", "vega", "theta"])
def test_the_sources_greek_goes_before_the_computed_one(greek: str, chain: Chain, measure: Measure) -> None:
    rows = chain({105: {f"put_{greek}": 0.125, "put_iv": 0.3}}, expiration=HALF_YEAR)
    assert measure(f"put_unit_{greek}", rows, grain="strike") == 0.125


def test_the_yield_that_quotes_imply(chain: Chain, store: Callable[..., Any]) -> None:
    """The forward is that of the strikes at which call and put are worth most nearly the same; the far one is off by a dollar."""
    strikes = {strike: quoted(strike, 0.25, paid=0.03) for strike in (95.0, 100.0, 105.0)}
    strikes[150.0] = {name: price + (name.startswith("call")) for name, price in quoted(150, 0.25, paid=0.03).items()}
    found = compute(
        store(chain(strikes, expiration=HALF_YEAR)), Request(("AAA",), grain="strike", metrics=("implied_yield",))
    )
    assert found["implied_yield"].to_list() == pytest.approx([0.03] * 4, abs=1e-9)


def test_parity_gives_call_and_put_the_same_volatility(chain: Chain, store: Callable[..., Any]) -> None:
    rows = chain({strike: quoted(strike, 0.25, paid=0.03) for strike in (95.0, 100.0, 105.0)}, expiration=HALF_YEAR)
    names = tuple(f"{side}_volatility{carry}" for side in ("call", "put") for carry in ("(carry=yield)", ""))
    call, call_parity, put, put_parity = compute(store(rows), Request(("AAA",), grain="strike", metrics=names)).row(0)[
        5:
    ]
    assert call_parity == pytest.approx(0.25, abs=1e-9)
    assert put_parity == pytest.approx(0.25, abs=1e-9)
    assert call < 0.25 < put


def test_parity_without_quotes_falls_back_on_the_yield(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"call_iv": 0.3}}, expiration=HALF_YEAR)
    expected = pricing.delta(100, 100, YEARS, 0.3, 0.04, 0.02, True)
    assert measure("call_unit_delta(dividend_yield=0.02)", rows, grain="strike") == pytest.approx(expected)


def test_the_yield_of_an_expiry_does_not_depend_on_the_scope(chain: Chain, measure: Measure) -> None:
    """Out of the money no strike has both a call and a put."""
    rows = chain({strike: quoted(strike, 0.25, paid=0.03) for strike in (95.0, 100.0, 105.0)}, expiration=HALF_YEAR)
    values = measure("call_volatility[otm]", rows, grain="strike")
    assert values[:2] == [None, None]
    assert values[2] == pytest.approx(0.25, abs=1e-9)


def test_contracts_without_a_volatility_are_counted(chain: Chain, measure: Measure) -> None:
    worth = 100 - 90 * exp(-0.04 * YEARS)
    below = dict(zip(("call_bid", "call_ask"), quote(worth - 0.1), strict=True))
    above = dict(zip(("put_bid", "put_ask"), quote(150.0), strict=True))
    held = {"call_open_interest": 5, "put_open_interest": 0}
    rows = chain({90: below | held, 100: quoted(100, 0.2) | held, 140: above | held}, expiration=HALF_YEAR)
    assert measure("priced_below_intrinsic", rows) == 1
    assert measure("priced_above_bound", rows) == 1
    assert measure("without_volatility", rows) == 2
