"""Contracts that stand out, on chains of one or two strikes."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]

TODAY = date(2026, 1, 5)
LATER = date(2026, 3, 20)
STANDS_OUT = {"call_volume": 501, "call_open_interest": 400, "call_last": 0.11}
LARGE = {"put_volume": 5000, "put_open_interest": 4000, "put_last": 2.0}
"""Exactly 1,000,000 USD, and 1.25 times what is held."""


def test_more_than_enough_of_everything_is_unusual(chain: Chain, measure: Measure) -> None:
    assert measure("call_unusual", chain({100: STANDS_OUT}), grain="strike") is True


@pytest.mark.parametrize(
    "different",
    [
        {"call_volume": 500},
        {"call_open_interest": 100},
        {"call_open_interest": 401},
        {"call_last": 0.10},
    ],
    ids=["500 traded", "100 held", "1.2494 times what is held", "worth 10 cents"],
)
def test_what_is_not_unusual(different: dict[str, float], chain: Chain, measure: Measure) -> None:
    assert measure("call_unusual", chain({100: STANDS_OUT | different}), grain="strike") is False


def test_other_thresholds_can_be_asked_for(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"put_volume": 30, "put_open_interest": 10, "put_last": 0.05}})
    asked = "put_unusual(min_volume=20, min_open_interest=5, min_price=0.01, min_volume_oi=3)"
    assert measure("put_unusual", rows, grain="strike") is False
    assert measure(asked, rows, grain="strike") is True


@pytest.mark.parametrize(
    ("quotes", "unusual"),
    [
        ({"call_last": 0.05, "call_vwap": 1.0}, False),
        ({"call_vwap": 0.05, "call_bid": 1.0, "call_ask": 1.0}, False),
        ({"call_bid": 0.10, "call_ask": 0.12}, True),
        ({}, None),
    ],
    ids=["last before VWAP", "VWAP before the quote", "quote where there is no other", "no price"],
)
def test_the_price_that_is_judged(
    quotes: dict[str, float], unusual: bool | None, chain: Chain, measure: Measure
) -> None:
    rows = chain({100: {"call_volume": 501, "call_open_interest": 400, **quotes}})
    assert measure("call_unusual", rows, grain="strike") is unusual


@pytest.mark.parametrize("name", ["call_unusual", "call_large_contract_day", "call_is_noise"])
@pytest.mark.parametrize("missing", [{"call_open_interest": None}, {"call_volume": None}, {"call_volume": 0}])
def test_nothing_is_said_of_what_is_unknown_or_did_not_trade(
    name: str, missing: dict[str, Any], chain: Chain, measure: Measure
) -> None:
    assert (
        measure(name, chain({100: STANDS_OUT | {"put_volume": 1, "put_last": 1.0} | missing}), grain="strike") is None
    )


@pytest.mark.parametrize(
    ("different", "large"),
    [({}, True), ({"put_last": 1.99}, False), ({"put_open_interest": 4001}, False), ({"put_open_interest": 0}, True)],
    ids=["just enough", "less than a million", "less than 1.25 times what is held", "all of it opened"],
)
def test_large_contract_day(different: dict[str, float], large: bool, chain: Chain, measure: Measure) -> None:
    assert measure("put_large_contract_day", chain({100: LARGE | different}), grain="strike") is large


@pytest.mark.parametrize(("volume_elsewhere", "large"), [(99, True), (100, False)])
def test_large_is_one_percent_of_the_day_or_more(
    volume_elsewhere: int, large: bool, chain: Chain, measure: Measure
) -> None:
    """A million of 100 is large, of 101 it is not; the other expiry's calls are of the day too."""
    elsewhere = {"call_volume": volume_elsewhere * 1000, "call_open_interest": 1_000_000, "call_last": 10.0}
    rows = chain({100: LARGE}), chain({100: elsewhere}, expiration=LATER)
    assert measure("put_large_contract_day", *rows, grain="strike") == [large, None]
    assert measure("large_put_premium", *rows) == (1_000_000 if large else 0)


def test_a_scope_does_not_change_what_the_day_traded(chain: Chain, measure: Measure) -> None:
    elsewhere = {"call_volume": 100_000, "call_open_interest": 1_000_000, "call_last": 10.0}
    rows = chain({100: LARGE}), chain({100: elsewhere}, expiration=LATER)
    assert measure("large_contracts[dte<=30]", *rows) == 0
    assert measure("large_contracts(min_gross_share=0)[dte<=30]", *rows) == 1


@pytest.fixture
def dividend_play(chain: Chain) -> pl.DataFrame:
    """25 deep calls that turned over for 30 million USD each, and a put with a large day."""
    deep = {
        "call_delta": 0.95,
        "call_volume": 7500,
        "call_open_interest": 2500,
        "call_last": 40.0,
        "put_last": 0.01,
    }
    return chain({**{50.0 + place: deep for place in range(25)}, 100.0: LARGE}, expiration=LATER)


def test_a_dividend_play_is_not_large_and_no_part_of_the_day(dividend_play: pl.DataFrame, measure: Measure) -> None:
    """With its 750 million in the day's gross, a million of puts would not be large."""
    assert measure("large_contracts", dividend_play) == 1
    assert measure("large_call_premium", dividend_play) == 0
    assert measure("large_put_premium", dividend_play) == 1_000_000
    assert set(measure("call_day_premium", dividend_play, grain="strike")) == {0}


@pytest.fixture
def two_of_each(chain: Chain) -> pl.DataFrame:
    """A call and two puts of a million or more; another call that is unusual only."""
    call = {"call_volume": 6000, "call_open_interest": 100, "call_last": 3.0}
    return chain({95: LARGE, 100: LARGE | call, 105: STANDS_OUT})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unusual_contracts", 3),
        ("large_contracts", 3),
        ("large_call_premium", 1_800_000),
        ("large_put_premium", 2_000_000),
        ("large_net_premium", -200_000),
        ("large_net_premium(min_premium=1500000)", 1_800_000),
        ("unusual_contracts(min_volume=5000)", 0),
    ],
)
def test_sums_over_the_day(name: str, value: float, two_of_each: pl.DataFrame, measure: Measure) -> None:
    """The call of 6,000 is not unusual, with no more than 100 held; the two puts are, and the call at 105."""
    assert measure(name, two_of_each) == value


@pytest.mark.parametrize("name", ["unusual_contracts", "large_contracts", "large_net_premium"])
def test_sums_count_what_expires_today(name: str, chain: Chain, measure: Measure) -> None:
    assert measure(name, chain({100: LARGE}, expiration=TODAY)) != 0


@pytest.mark.parametrize(
    ("name", "row", "value"),
    [
        ("unusual_contracts", {"call_volume": 0, "put_volume": 0}, 0),
        ("large_net_premium", {"call_volume": 0, "put_volume": 0}, 0),
        ("unusual_contracts", {"call_volume": 900, "call_last": 1.0}, None),
        ("large_net_premium", {"call_volume": 900, "call_open_interest": 5}, None),
        ("large_net_premium", {"call_open_interest": 5}, None),
    ],
    ids=["nothing traded", "no premium", "open interest unknown", "price unknown", "volume unknown"],
)
def test_none_and_unknown_differ(
    name: str, row: dict[str, float], value: float | None, chain: Chain, measure: Measure
) -> None:
    assert measure(name, chain({100: row})) == value


@pytest.mark.parametrize(("volume", "held", "opened"), [(300, 100, 200), (100, 300, 0), (5, None, None)])
def test_volume_above_the_open_interest_was_opened(
    volume: int, held: int | None, opened: int | None, chain: Chain, measure: Measure
) -> None:
    rows = chain({100: {"put_volume": volume, "put_open_interest": held}})
    assert measure("put_opened_at_least", rows, grain="strike") == opened


def test_open_interest_of_after_the_session_says_nothing_of_openings(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"put_volume": 300, "put_open_interest": 100}}, oi_lag=0)
    assert measure("put_opened_at_least", rows, grain="strike") is None


@given(
    trades=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40),
    held=st.integers(0, 20),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_session_opens_less_than_that(
    trades: list[tuple[bool, bool]], held: int, chain: Chain, measure: Measure
) -> None:
    """Every trade opens or closes for its buyer and its seller; nobody can close what is not held."""
    open_interest, volume, opened = held, 0, 0
    for buyer_opens, seller_opens in trades:
        openings = buyer_opens + seller_opens
        if openings < 2 and open_interest == 0:
            continue
        open_interest += openings - 1
        volume += 1
        opened += openings
    rows = chain({100: {"call_volume": volume, "call_open_interest": held}})
    assert measure("call_opened_at_least", rows, grain="strike") <= opened


def noisy(volume: int, held: int, puts: float) -> dict[str, float]:
    """Calls worth 100 USD a contract beside puts of that premium."""
    return {
        "call_volume": volume,
        "call_open_interest": held,
        "call_last": 1.0,
        "put_volume": 10,
        "put_last": puts / 1000,
    }


@pytest.mark.parametrize(
    ("row", "noise"),
    [
        (noisy(10, 9, 20_001), True),
        (noisy(10, 9, 20_000), False),
        (noisy(10, 8, 20_001), False),
    ],
    ids=["below 5% and 1 of 10 opened", "5% of the puts", "2 of 10 opened"],
)
def test_noise_at_the_close_is_small_and_shows_no_opening(
    row: dict[str, float], noise: bool, chain: Chain, measure: Measure
) -> None:
    assert measure("call_is_noise", chain({100: row}), grain="strike") is noise


@pytest.mark.parametrize(("before", "noise"), [(99, True), (101, True), (98, False), (102, False)])
def test_noise_before_the_open_has_hardly_changed_the_open_interest(
    before: int, noise: bool, chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    """Of 10 traded, the open interest of 100 changed by one or by two."""
    rows = [
        chain({100: noisy(10, held, 20_001)}, day=day, oi_lag=0) for day, held in zip(days, (before, 100), strict=False)
    ]
    assert measure("call_is_noise", *rows, grain="strike", decision="pre_open") == [None, noise]


def test_where_the_other_side_did_not_trade_nothing_is_noise(chain: Chain, measure: Measure) -> None:
    rows = chain({100: noisy(10, 9, 0) | {"put_volume": 0}})
    assert measure("call_is_noise", rows, grain="strike") is False
