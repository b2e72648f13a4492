"""Zero gamma against repricing with QuantLib's gamma at every point of the grid."""

from collections.abc import Callable
from datetime import date, timedelta
from math import exp, log, sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest
import QuantLib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.errors import DefinitionError
from flowbt.metrics.catalogue.zero_gamma import spot_grid

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
TODAY = date(2026, 1, 5)
RATE = 0.04


def exposure(spot: float, rows: pl.DataFrame) -> float:
    """Gamma exposure in USD per 1% move, dealers long the calls and short the puts, contract by contract."""
    total = 0.0
    for row in rows.iter_rows(named=True):
        years = (row["expiration"] - row["date"]).days / 365
        for side, sign in (("call", 1), ("put", -1)):
            if row[f"{side}_iv"] and years > 0:
                payoff = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, row["strike"])
                deviation = row[f"{side}_iv"] * sqrt(years)
                calculator = QuantLib.BlackCalculator(payoff, spot * exp(RATE * years), deviation, exp(-RATE * years))
                total += sign * calculator.gamma(spot) * (row[f"{side}_open_interest"] or 0) * 100 * spot**2 * 0.01
    return total


def held(calls: int, puts: int, iv: float = 0.2) -> dict[str, float]:
    return {"call_open_interest": calls, "put_open_interest": puts, "call_iv": iv, "put_iv": iv}


@pytest.fixture
def book(chain: Chain) -> pl.DataFrame:
    """Puts below and calls above the spot of 100, over two expiries."""
    strikes = {
        90: held(10, 500),
        95: held(50, 400, 0.18),
        100: held(200, 210),
        105: held(600, 20, 0.25),
        110: held(300, 5),
    }
    return pl.concat([chain(strikes), chain(strikes, expiration=TODAY + timedelta(days=200))])


def test_profile_is_the_book_repriced_at_every_spot(book: pl.DataFrame, measure: Measure) -> None:
    expected = [exposure(100 * exp(step), book) for step in spot_grid()]
    assert measure("gex_profile", book) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_profile_at_the_spot_is_the_gamma_exposure(book: pl.DataFrame, measure: Measure) -> None:
    at_spot = measure("gex_profile", book)[list(spot_grid()).index(0.0)]
    assert at_spot == pytest.approx(measure("gex", book), rel=1e-9)


def test_the_grid_covers_what_it_says() -> None:
    grid = spot_grid(width=0.1, steps=40)
    assert exp(grid[-1]) == pytest.approx(1.1)
    assert exp(grid[0]) <= 0.9 < exp(grid[1])
    assert np.diff(grid) == pytest.approx(log(1.1) / 40)


def test_exposure_is_nil_at_zero_gamma(book: pl.DataFrame, measure: Measure) -> None:
    found = measure("zero_gamma(steps=400)", book)
    assert measure("zero_gamma_status", book) == "crossed"
    assert found == pytest.approx(measure("zero_gamma", book), rel=1e-4)
    assert abs(exposure(found, book)) < 1e-4 * abs(exposure(100, book))


def test_of_two_zeros_the_nearer(chain: Chain, measure: Measure) -> None:
    """Puts in the middle, calls on both sides: the exposure is negative near 99 and positive beyond on either side."""
    rows = chain({92: held(900, 0), 99: held(0, 900), 106: held(900, 0)})
    signs = np.sign([exposure(100 * exp(step), rows) for step in spot_grid(steps=400)])
    zeros = 100 * np.exp(spot_grid(steps=400)[1:][np.diff(signs) != 0])
    assert len(zeros) == 2
    nearer = zeros[np.argmin(np.abs(zeros - 100))]
    assert measure("zero_gamma", rows) == pytest.approx(nearer, rel=1e-3)


@pytest.mark.parametrize(
    ("row", "position", "status"),
    [
        (held(10, 0), "naive", "always positive"),
        (held(0, 10), "naive", "always negative"),
        (held(10, 10), "short_all", "always negative"),
        (held(10, 20), "absolute", "always positive"),
        (held(0, 0), "naive", None),
        (held(10, 10, 0.0), "naive", None),
    ],
)
def test_no_zero_has_a_reason(
    row: dict[str, float], position: str, status: str | None, chain: Chain, measure: Measure
) -> None:
    rows = chain({100: row})
    assert measure(f"zero_gamma(position={position})", rows) is None
    assert measure(f"zero_gamma_status(position={position})", rows) == status


def test_without_a_spot_nothing_is_known(chain: Chain, measure: Measure) -> None:
    rows = chain({100: held(10, 20)}, spot=None)
    assert measure("gex_profile", rows) is None
    assert measure("zero_gamma_status", rows) is None


@given(
    contracts=st.lists(
        st.tuples(
            st.floats(0.3, 3), st.floats(0.02, 4), st.integers(1, 1000), st.integers(0, 900), st.integers(0, 900)
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_profile_of_any_book(
    contracts: list[tuple[float, float, int, int, int]], chain: Chain, measure: Measure
) -> None:
    rows = pl.concat(
        chain(
            {round(100 * moneyness, 2): held(calls, puts, iv)}, expiration=TODAY + timedelta(days=days), root=f"AAA{n}W"
        )
        for n, (moneyness, iv, days, calls, puts) in enumerate(contracts)
    )
    profile = measure("gex_profile(steps=10)", rows)
    if profile is None:
        assert all(calls == puts == 0 for *_, calls, puts in contracts)
        return
    expected = np.array([exposure(100 * exp(step), rows) for step in spot_grid(steps=10)])
    scale = np.abs(expected).max()
    assert np.abs(np.array(profile) - expected).max() <= 1e-9 * scale + 1e-9


def test_exposure_that_dies_out_along_the_grid_has_not_crossed(chain: Chain, measure: Measure) -> None:
    """A day and 2% volatility: at the ends of the grid the gamma is 95 standard deviations off, and exactly 0."""
    rows = chain({100: held(10, 0, 0.02)}, expiration=TODAY + timedelta(days=1))
    assert 0.0 in measure("gex_profile", rows)
    assert measure("zero_gamma", rows) is None
    assert measure("zero_gamma_status", rows) == "always positive"


def test_a_book_far_from_the_grid_has_no_status(chain: Chain, measure: Measure) -> None:
    assert measure("zero_gamma_status", chain({10_000: held(5, 0, 0.1)})) is None


@pytest.mark.parametrize("parameters", ["width=0", "width=2", "steps=0", "width=-0.1"])
def test_no_grid(parameters: str, chain: Chain, measure: Measure) -> None:
    with pytest.raises(DefinitionError, match="the grid of spots needs a width between 0 and 1"):
        measure(f"zero_gamma({parameters})", chain({100: held(5, 5)}))
