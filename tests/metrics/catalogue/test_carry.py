"""The dividend yield that a chain implies: by parity from its quotes, else from the deltas of its source."""

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
RATE = 0.04


def option(side: str, strike: float, days: int, paid: float, volatility: float = 0.25) -> dict[str, float]:
    """What a source that computes with this yield says of an option: its volatility and its delta."""
    delta = pricing.delta(100, strike, days / 365, volatility, RATE, paid, side == "call")
    return {f"{side}_iv": volatility, f"{side}_delta": round(float(delta), 3)}


@pytest.fixture
def with_deltas(chain: Chain) -> Callable[..., pl.DataFrame]:
    def make(paid: float, strikes: range = range(90, 111, 2), days: int = 91, **rest: Any) -> pl.DataFrame:
        rows = {
            float(strike): option("call", strike, days, paid) | option("put", strike, days, paid) for strike in strikes
        }
        return chain(rows, expiration=TODAY + timedelta(days=days), **rest)

    return make


def implied(rows: pl.DataFrame, store: Callable[..., Any]) -> list[float | None]:
    return compute(store(rows), Request(("AAA",), grain="strike", metrics=("implied_yield",)))[
        "implied_yield"
    ].to_list()


@pytest.mark.parametrize("paid", [0.0, 0.03, 0.09])
def test_without_quotes_it_is_that_of_the_deltas(
    paid: float, with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]
) -> None:
    found = implied(with_deltas(paid), store)
    assert found == pytest.approx([paid] * len(found), abs=2e-3)


def test_deltas_of_far_tenors_do_not_count(with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]) -> None:
    assert set(implied(with_deltas(0.03, days=10), store)) == {None}


def test_a_few_deltas_are_not_enough(with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]) -> None:
    assert set(implied(with_deltas(0.03, strikes=range(98, 104, 2)), store)) == {None}


def test_quotes_go_before_deltas(with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]) -> None:
    """One strike is quoted, with call and put at the same price: the forward is that strike, and the yield about the rate."""
    quoted = {f"{side}_{name}": price for side in ("call", "put") for name, price in (("bid", 4.9), ("ask", 5.1))}
    rows = with_deltas(0.09).with_columns(
        pl.when(pl.col("strike") == 100).then(price).otherwise(pl.col(name)).alias(name)
        for name, price in quoted.items()
    )
    found = implied(rows, store)
    assert found == pytest.approx([RATE] * len(found), abs=1e-12)


def test_an_expiry_without_quotes_beside_one_with_them_is_not_guessed(
    with_deltas: Callable[..., pl.DataFrame], chain: Chain, store: Callable[..., Any]
) -> None:
    quoted = chain({100: {"call_bid": 4.9, "call_ask": 5.1, "put_bid": 4.9, "put_ask": 5.1}})
    found = implied(pl.concat([quoted, with_deltas(0.09)]), store)
    assert found[0] == pytest.approx(RATE)
    assert set(found[1:]) == {None}


def test_the_forward(with_deltas: Callable[..., pl.DataFrame], measure: Measure) -> None:
    years = 91 / 365
    assert measure("forward_price", with_deltas(0.09)) == pytest.approx(100 * exp((RATE - 0.09) * years), rel=1e-3)
    given = measure("forward_price(carry=yield, dividend_yield=0.01)", with_deltas(0.09))
    assert given == pytest.approx(100 * exp((RATE - 0.01) * years))


def test_gamma_exposure_takes_the_implied_forward(with_deltas: Callable[..., pl.DataFrame], measure: Measure) -> None:
    """A call far out of the money has less gamma on a lower forward."""
    rows = with_deltas(0.09).with_columns(
        call_open_interest=pl.when(pl.col("strike") == 110).then(pl.lit(10, pl.Int64))
    )
    gamma = pricing.gamma(100, 110, 91 / 365, 0.25, RATE, 0.09, True)
    assert measure("gex", rows) == pytest.approx(float(gamma) * 1000 * 100, rel=2e-3)
    assert measure("gex(position=naive)[all]", rows) == measure("gex", rows)


def test_what_other_symbols_lack_does_not_matter(
    with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]
) -> None:
    """AAA gives all its numbers; BBB, in the same chunk, gives no gamma."""
    complete = with_deltas(0.03).with_columns(call_gamma=pl.lit(0.01), put_gamma=pl.lit(0.01))
    lacking = with_deltas(0.03, symbol="BBB")

    def found(lake: Any, *symbols: str) -> pl.DataFrame:
        of_both = compute(lake, Request(symbols, grain="strike", metrics=("yield_where_lacking",)))
        return of_both.filter(pl.col("symbol") == "AAA")

    assert found(store(complete), "AAA").equals(found(store(complete, lacking), "AAA", "BBB"), null_equal=True)


def test_a_volatility_of_zero_is_lacking(with_deltas: Callable[..., pl.DataFrame], measure: Measure) -> None:
    rows = with_deltas(0.09).with_columns(call_gamma=pl.lit(0.01), put_gamma=pl.lit(0.01), put_iv=pl.lit(0.0))
    assert None not in measure("yield_where_lacking", rows, grain="strike")


def test_without_a_spot_nothing_is_implied(with_deltas: Callable[..., pl.DataFrame], store: Callable[..., Any]) -> None:
    assert set(implied(with_deltas(0.03, spot=None), store)) == {None}
