"""Dividend plays: recognised by what they recycle, left out of the flow, confirmed by what was exercised."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.metrics import Request, compute
from flowbt.schema import STRIKE_ROWS, conform

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
Play = Callable[..., pl.DataFrame]
TODAY, TOMORROW, LATER = date(2026, 1, 5), date(2026, 1, 6), date(2026, 3, 20)
CALLS = 25


@pytest.fixture
def play(chain: Chain) -> Play:
    """25 deep calls, each with 100 held and 300 traded at 40 USD, beside ordinary trade: a call and a put for 1,000 USD each."""

    def make(calls: int = CALLS, day: date = TODAY, lag: int = 1, **deep: float) -> pl.DataFrame:
        turned = {
            "call_delta": 0.95,
            "call_volume": 300,
            "call_open_interest": 100,
            "call_last": 40.0,
            "put_last": 0.01,
        }
        strikes = {50.0 + place: turned | deep for place in range(calls)}
        strikes[100.0] = {"call_delta": 0.5, "call_volume": 10, "call_last": 1.0, "put_volume": 10, "put_last": 1.0}
        rows = chain(strikes, day=day, expiration=LATER).with_columns(oi_lag=pl.lit(lag))
        return conform(rows, STRIKE_ROWS)

    return make


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("is_dividend_play", True),
        ("dividend_play_share", 1.0),
        ("dividend_play_calls", CALLS),
        ("dividend_play_volume", CALLS * 300),
        ("dividend_play_premium", CALLS * 300 * 4000),
        ("net_premium", 0),
        ("gross_premium", 2000),
        ("net_premium_ratio", 0),
        ("call_volume", 10),
        ("put_call_volume_ratio", 1),
        ("net_premium(dividend_plays=include)", CALLS * 300 * 4000),
        ("call_volume(dividend_plays=include)", CALLS * 300 + 10),
        ("put_call_volume_ratio(dividend_plays=include)", 10 / (CALLS * 300 + 10)),
    ],
)
def test_a_dividend_play_is_left_out_unless_asked_for(name: str, value: float, play: Play, measure: Measure) -> None:
    assert measure(name, play()) == pytest.approx(value)


@pytest.mark.parametrize(
    "different",
    [
        {"call_delta": 0.89},
        {"call_volume": 100},
        {"call_volume": 1001},
        {"call_open_interest": 9, "call_volume": 50},
        {"put_last": 0.11},
        {"calls": 19},
        {"lag": 0},
    ],
    ids=[
        "not deep",
        "no more than is held",
        "far more than is held",
        "hardly any held",
        "puts worth something",
        "few calls",
        "open interest of after the session",
    ],
)
def test_what_is_no_dividend_play(different: dict[str, Any], play: Play, measure: Measure) -> None:
    rows = play(**different)
    assert measure("is_dividend_play", rows) is False
    assert measure("dividend_play_volume", rows) == 0
    assert measure("net_premium", rows) == measure("net_premium(dividend_plays=include)", rows)


def test_most_of_what_is_held_did_not_turn_over(play: Play, chain: Chain, measure: Measure) -> None:
    """25 calls hold 2,500 that turned over; another holds 3,800 that did not: a share of 0.397."""
    idle = chain({40: {"call_delta": 0.99, "call_open_interest": 3800, "put_last": 0.01}}, expiration=LATER)
    assert measure("is_dividend_play", play(), idle) is False
    assert measure("is_dividend_play(min_turnover_share=0.39)", play(), idle) is True


def test_what_expires_today_is_no_play(play: Play, measure: Measure) -> None:
    rows = play().with_columns(expiration=pl.lit(TODAY))
    assert measure("dividend_play_calls", rows) == 0


def test_the_contracts_that_are_left_out(play: Play, store: Callable[..., Any]) -> None:
    found = compute(
        store(play()), Request(("AAA",), grain="strike", metrics=("call_dividend_play", "put_dividend_play"))
    )
    assert found.filter("call_dividend_play")["strike"].to_list() == [50.0 + place for place in range(CALLS)]
    assert not found["put_dividend_play"].any()


def test_nothing_is_left_out_of_a_session_that_is_no_play(play: Play, measure: Measure) -> None:
    assert not any(measure("call_dividend_play", play(calls=19), grain="strike"))


def test_a_scope_does_not_change_what_the_session_is(play: Play, measure: Measure) -> None:
    """Of the calls at 70 and above only five turned over, but the session is a play and they are part of it."""
    assert measure("dividend_play_calls[moneyness>=0.7]", play()) == 5
    assert measure("net_premium[moneyness>=0.7]", play()) == 0


@pytest.mark.parametrize("scope", ["itm", "delta>=0.9", "weight=premium"])
def test_a_scope_that_cannot_see_the_puts_leaves_the_play_out_too(scope: str, play: Play, measure: Measure) -> None:
    assert measure(f"dividend_play_calls[{scope}]", play()) == CALLS
    assert measure(f"dividend_play_premium[{scope}]", play()) == measure(f"turned_over_premium[{scope}]", play()) > 0


@pytest.mark.parametrize(("left", "confirmed"), [(50, True), (51, False)])
def test_confirmed_when_half_the_open_interest_is_gone_a_session_later(
    left: int, confirmed: bool, play: Play, measure: Measure
) -> None:
    after = play(day=TOMORROW, call_open_interest=left, call_volume=0)
    assert measure("dividend_play_confirmed", play(), after) == [None, confirmed]


def test_a_session_without_the_pattern_is_not_confirmed(play: Play, measure: Measure) -> None:
    """The open interest collapsed, but it had not turned over."""
    after = play(day=TOMORROW, call_open_interest=0, call_volume=0)
    assert measure("dividend_play_confirmed", play(call_volume=50), after) == [None, False]


@pytest.mark.parametrize(("left", "confirmed"), [(50, True), (51, False)])
def test_before_the_open_the_day_itself_is_confirmed(left: int, confirmed: bool, play: Play, measure: Measure) -> None:
    after = play(day=TOMORROW, call_open_interest=left, call_volume=0)
    assert measure("dividend_play_confirmed", play(), after, decision="pre_open") == [confirmed, None]


def test_it_is_recognised_before_the_open_too(play: Play, measure: Measure) -> None:
    """By the open interest of before the session, which does not hang on what is published thereafter."""
    collapsed = play(day=TOMORROW, call_open_interest=0, call_volume=0)
    assert measure("is_dividend_play", play(), collapsed, decision="pre_open") == [True, False]
    assert measure("net_premium", play(), decision="pre_open") == 0


@pytest.mark.parametrize("decision", ["close", "pre_open"])
def test_it_is_recognised_where_the_source_gives_the_open_interest_of_after_the_session(
    decision: str, play: Play, measure: Measure
) -> None:
    rows = [play(day=TODAY, lag=0, call_volume=0), play(day=TOMORROW, lag=0, call_open_interest=1)]
    assert measure("is_dividend_play", *rows, decision=decision) == [False, True]
