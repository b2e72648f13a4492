"""Flow metrics on chains small enough to add up by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("quotes", "premium"),
    [
        ({"call_vwap": 3.0, "call_last": 2.0, "call_bid": 0.9, "call_ask": 1.1}, 3000.0),
        ({"call_last": 2.0, "call_bid": 0.9, "call_ask": 1.1}, 2000.0),
        ({"call_bid": 0.9, "call_ask": 1.1}, 1000.0),
        ({"call_bid": 0.9}, None),
        ({}, None),
    ],
)
def test_premium_takes_vwap_then_last_then_mid(
    quotes: dict[str, float], premium: float | None, chain: Chain, measure: Measure
) -> None:
    assert measure("call_premium", chain({100: {"call_volume": 10, **quotes}}), grain="strike") == premium


@pytest.mark.parametrize(
    ("side", "quotes", "price", "impossible"),
    [
        ("put", {"bid": 8.6, "ask": 8.8, "last": 700.0}, 8.7, True),
        ("put", {"last": 95.0}, 95.0, False),
        ("put", {"last": 95.01}, None, True),
        ("call", {"last": 200.0}, 200.0, False),
        ("call", {"last": 200.01}, None, True),
        ("call", {"bid": 20.0, "ask": 21.0, "last": 31.0}, 31.0, False),
        ("call", {"bid": 20.0, "ask": 21.0, "last": 31.01}, 20.5, True),
        ("call", {"bid": 20.0, "ask": 21.0, "last": 10.0}, 10.0, False),
        ("call", {"bid": 20.0, "ask": 21.0, "last": 9.99}, 20.5, True),
        ("call", {"bid": 20.0, "ask": 21.0, "vwap": 99.0, "last": 22.0}, 22.0, True),
        ("call", {"bid": 21.0, "ask": 20.0, "last": 5.0}, 5.0, False),
        ("call", {"bid": 0.01, "ask": 180.0, "last": 5.0}, 5.0, False),
        ("call", {"bid": 20.0, "ask": 21.0, "last": 0.0}, 20.5, True),
    ],
    ids=[
        *("a put above its strike", "a put at its strike", "a put above its strike without a quote"),
        *("a call at twice the underlying", "a call above that", "a tenth above the ask", "above that"),
        *("a tenth below the bid", "below that", "an impossible VWAP, a possible last"),
        *("a crossed quote contradicts nothing", "nor does one as wide as no market", "no price at all"),
    ],
)
def test_a_price_that_cannot_be_is_passed_over(
    side: str, quotes: dict[str, float], price: float | None, impossible: bool, chain: Chain, measure: Measure
) -> None:
    """Of ten options of strike 95, with the underlying at 100."""
    row = {f"{side}_{name}": value for name, value in quotes.items()} | {f"{side}_volume": 10}
    rows = chain({95: row}, spot=100.0)
    premium = measure(f"{side}_premium", rows, grain="strike")
    assert premium == (None if price is None else pytest.approx(price * 1000))
    assert measure(f"{side}_impossible_price", rows, grain="strike") is impossible


@pytest.mark.parametrize("quote", [(1.5, 1.0), (0.0, 0.0), (0.05, 50.0)], ids=["crossed", "no ask", "too wide"])
def test_a_quote_that_is_none_has_no_middle(quote: tuple[float, float], chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"call_bid": quote[0], "call_ask": quote[1], "call_volume": 10}})
    assert measure("call_premium", rows, grain="strike") is None
    assert measure("call_premium_price", rows, grain="strike") is None


def test_a_spot_that_is_not_of_the_chain_makes_no_price_impossible(chain: Chain, measure: Measure) -> None:
    """On the day of a split vendors have a spot after it beside strikes and prices of before."""
    rows = chain({1000: {"call_last": 150.0, "call_volume": 10}}, spot=100.0)
    assert measure("call_premium", rows, grain="strike") == 150_000


def test_without_a_spot_the_strike_says_what_is_far(chain: Chain, measure: Measure) -> None:
    row = {"call_bid": 20.0, "call_ask": 21.0, "call_volume": 10}
    lasts = {100: row | {"call_last": 31.0}, 105: row | {"call_last": 31.6}}
    assert measure("call_premium_price", chain(lasts, spot=None), grain="strike") == ["last", "quote"]


def test_premium_is_that_of_the_contracts_multiplier(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"put_volume": 10, "put_last": 2.0}}, multiplier=10)
    assert measure("put_premium", rows, grain="strike") == 200


def test_an_old_price_without_volume_is_no_premium(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"call_volume": 0, "call_last": 2.0}})
    assert measure("call_premium", rows, grain="strike") is None
    assert measure("net_premium", rows) == 0


@pytest.fixture
def two_sides(chain: Chain) -> pl.DataFrame:
    """Calls 3,000 USD and 20 contracts, puts 1,000 USD and 50 contracts; 1,000 and 400 of it out of the money."""
    return chain(
        {
            95: {"call_volume": 10, "call_last": 2.0, "put_volume": 40, "put_last": 0.1},
            105: {"call_volume": 10, "call_last": 1.0, "put_volume": 10, "put_last": 0.6},
        }
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_call_premium", 3000),
        ("total_put_premium", 1000),
        ("net_premium", 2000),
        ("gross_premium", 4000),
        ("net_premium_ratio", 0.5),
        ("net_premium_otm", 600),
        ("call_volume", 20),
        ("put_volume", 50),
        ("put_call_volume_ratio", 2.5),
    ],
)
def test_two_sides(name: str, value: float, two_sides: pl.DataFrame, measure: Measure) -> None:
    assert measure(name, two_sides) == pytest.approx(value)


def test_what_is_at_the_money_is_not_out_of_it(chain: Chain, measure: Measure) -> None:
    at_the_money = {"call_volume": 1, "call_last": 2.0, "put_volume": 1, "put_last": 1.0}
    assert measure("net_premium_otm", chain({100: at_the_money}, spot=100)) == 0


@pytest.mark.parametrize("name", ["net_premium", "call_volume", "put_call_volume_ratio"])
def test_flow_counts_what_expires_today(name: str, chain: Chain, measure: Measure) -> None:
    row = {100: {"call_volume": 10, "call_last": 2.0, "put_volume": 5, "put_last": 1.0}}
    expiring, later = chain(row, expiration=TODAY), chain(row)
    both = measure(name, expiring, later)
    assert both == measure(name, later) * (1 if "ratio" in name else 2)


@pytest.mark.parametrize("name", ["put_call_volume_ratio", "flow_to_stock_ratio"])
def test_a_ratio_to_no_calls_is_null(name: str, chain: Chain, measure: Measure) -> None:
    assert measure(name, chain({100: {"call_volume": 0, "put_volume": 5, "put_open_interest": 1}})) is None


def test_flow_against_stock(chain: Chain, measure: Measure) -> None:
    row = {"call_volume": 10, "put_volume": 30, "call_open_interest": 100, "put_open_interest": 200}
    assert measure("flow_to_stock_ratio", chain({100: row})) == 1.5


@pytest.mark.parametrize(
    ("row", "price", "premium"),
    [
        ({"call_vwap": 3.0, "call_last": 2.0, "call_bid": 1.0, "call_ask": 1.5}, "vwap", 1500),
        ({"call_last": 2.0, "call_bid": 1.0, "call_ask": 1.5}, "last", 1000),
        ({"call_bid": 1.0, "call_ask": 1.5}, "quote", 625),
        ({}, None, None),
    ],
)
def test_the_price_that_premium_is_reckoned_with(
    row: dict[str, float], price: str | None, premium: float | None, chain: Chain, measure: Measure
) -> None:
    rows = chain({100: {"call_volume": 5} | row})
    assert measure("call_premium_price", rows, grain="strike") == price
    assert measure("call_premium", rows, grain="strike") == premium
