import math
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.report.flow.hand_made import PUT

from flowbt.report.flow import amounts
from flowbt.report.flow.money import Money

USD = Money.on("XNYS")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-126_500_000, "−$126.5M"),
        (1_240_000_000, "$1.24B"),
        (999_949_999, "$999.9M"),
        (999_950_000, "$1.00B"),
        (99_950, "$0.1M"),
        (99_949, "$99,949"),
        (-42_000.4, "−$42,000"),
        (0, "$0"),
        (-0.2, "$0"),
        (None, "n/a"),
        (math.nan, "n/a"),
    ],
)
def test_money(value: Any, written: str) -> None:
    assert USD.amount(value) == written


@pytest.mark.parametrize(("value", "written"), [(5_000_000, "+$5.0M"), (-5_000_000, "−$5.0M"), (0, "$0")])
def test_money_with_its_sign(value: float, written: str) -> None:
    assert USD.amount(value, signed=True) == written


@pytest.mark.parametrize(
    ("value", "price", "quote"),
    [
        (250, "$250", "$250.00"),
        (260.5, "$260.50", "$260.50"),
        (1_200, "$1,200", "$1,200.00"),
        (-0.5, "−$0.50", "−$0.50"),
        (None, "n/a", "n/a"),
        (math.inf, "n/a", "n/a"),
    ],
)
def test_a_price_drops_the_cents_of_a_whole_one_and_a_quote_does_not(value: Any, price: str, quote: str) -> None:
    assert (USD.price(value), USD.quote(value)) == (price, quote)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (168_500_000, "+168.5M shares"),
        (-99_950, "−0.1M shares"),
        (-320, "−320 shares"),
        (0, "0 shares"),
        (None, "n/a"),
    ],
)
def test_shares(value: Any, written: str) -> None:
    assert amounts.shares(value) == written


def test_a_count_with_its_sign() -> None:
    assert (amounts.count(-7), amounts.count(640, signed=True), amounts.count(132_452)) == ("−7", "+640", "132,452")


def test_a_contract_and_a_day() -> None:
    assert USD.contract(replace(PUT, expiration=date(2026, 4, 4), strike=256.5)) == "4 Apr 2026 $256.50 put"
    assert amounts.day_of(date(2026, 4, 24)) == "24 Apr 2026"


def test_a_moment_is_told_in_new_york_winter_and_summer() -> None:
    assert amounts.time_of(datetime(2026, 1, 5, 21, 15, tzinfo=UTC), "XNYS") == "16:15 New York time"
    assert amounts.time_of(datetime(2026, 7, 6, 20, 15, tzinfo=UTC), "XNYS") == "16:15 New York time"


@pytest.mark.parametrize(("exchange", "told"), [("XNSE", "15:30 Kolkata time"), ("XSHG", "10:00 UTC")])
def test_a_moment_is_told_where_the_exchange_is(exchange: str, told: str) -> None:
    assert amounts.time_of(datetime(2026, 1, 5, 10, 0, tzinfo=UTC), exchange) == told


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        (0.059, "5.9% above the spot"),
        (-0.059, "5.9% below the spot"),
        (0.0004, "at the spot"),
        (-0.0004, "at the spot"),
        (None, "at an unknown distance from the spot"),
    ],
)
def test_a_distance_from_the_spot(fraction: Any, said: str) -> None:
    assert amounts.from_spot(fraction) == said


@pytest.mark.parametrize(
    ("percentile", "sessions", "said"),
    [
        (0.96, 25, "96th percentile of 25 sessions"),
        (0.514, 37, "51st percentile of 37 sessions"),
        (0.12, 25, "12th percentile of 25 sessions"),
        (0.999, 2_000, "99th percentile of 2,000 sessions"),
        (0.001, 2_000, "1st percentile of 2,000 sessions"),
        (1.0, 25, "at or above all 25 earlier sessions"),
        (0.0, 25, "below all 25 earlier sessions"),
        (None, 1, "too little history for a percentile: 1 earlier session"),
        (None, 0, "too little history for a percentile: 0 earlier sessions"),
    ],
)
def test_a_place_among_earlier_sessions(percentile: Any, sessions: int, said: str) -> None:
    assert amounts.rank(percentile, sessions) == said


@pytest.mark.parametrize(
    ("exchange", "written"),
    [
        ("XNYS", ("−$126.5M", "$260.50", "24 Apr 2026 $256 put")),
        ("OPRA", ("−$126.5M", "$260.50", "24 Apr 2026 $256 put")),
        ("XNSE", ("−₹126.5M", "₹260.50", "24 Apr 2026 ₹256 put")),
        ("XETR", ("−€126.5M", "€260.50", "24 Apr 2026 €256 put")),
        ("XLON", ("−126.5M", "260.50", "24 Apr 2026 256 put")),
    ],
)
def test_amounts_are_in_the_currency_of_the_exchange(exchange: str, written: tuple[str, str, str]) -> None:
    money, contract = Money.on(exchange), replace(PUT, expiration=date(2026, 4, 24), strike=256.0)
    assert (money.amount(-126.5e6), money.price(260.5), money.contract(contract)) == written
