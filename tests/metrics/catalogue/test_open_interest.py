"""What is held, and how it changed since one session before."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]

MARCH = date(2026, 3, 20)


def test_positions_of_live_contracts(chain: Chain, measure: Measure) -> None:
    live = chain({95: {"call_open_interest": 10, "put_open_interest": 30}, 105: {"call_open_interest": 5}})
    expiring = chain({100: {"call_open_interest": 1000, "put_open_interest": 1000}}, expiration=date(2026, 1, 5))
    assert measure("call_open_interest", expiring, live) == 15
    assert measure("put_open_interest", expiring, live) == 30
    assert measure("put_call_oi_ratio", expiring, live) == 2


def test_the_ratio_to_no_calls_is_null(chain: Chain, measure: Measure) -> None:
    assert measure("put_call_oi_ratio", chain({100: {"call_open_interest": 0, "put_open_interest": 5}})) is None


@pytest.fixture
def held(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Calls held by strike, on a day."""

    def make(day: date, strikes: dict[float, int | None], expiration: date = MARCH, **options: Any) -> pl.DataFrame:
        rows = {strike: {"call_open_interest": oi, "put_volume": 0} for strike, oi in strikes.items()}
        return chain(rows, day=day, expiration=expiration, **options)

    return make


def test_the_change_since_one_session_before(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {95: 10, 100: 20}), held(days[1], {95: 13, 100: 15}), held(days[2], {95: 13, 100: 25})]
    assert measure("call_oi_change", *rows) == [None, -2, 10]


def test_a_new_listing_begins_at_nothing(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    assert measure("call_oi_change", held(days[0], {95: 10}), held(days[1], {95: 10, 100: 7})) == [None, 7]


def test_what_was_listed_and_not_known_did_not_begin_at_nothing(
    chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    before = chain({100: {"call_last": 2.0}, 105: {"call_open_interest": 10}}, day=days[0])
    after = chain({100: {"call_open_interest": 5000}, 105: {"call_open_interest": 11}}, day=days[1])
    assert measure("call_oi_change", before, after) == [None, 1]


def test_a_side_listed_anew_at_a_known_strike_begins_at_nothing(
    chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    before = chain({95: {"call_open_interest": 5}, 100: {"put_open_interest": 5}}, day=days[0])
    after = chain({95: {"call_open_interest": 5}, 100: {"call_open_interest": 8}}, day=days[1])
    assert measure("call_oi_change", before, after) == [None, 8]


def test_what_expires_today_is_left_out(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [
        held(days[0], {100: 50}, expiration=days[1]),
        held(days[0], {100: 10}),
        held(days[1], {100: 80}, expiration=days[1]),
        held(days[1], {100: 11}),
    ]
    assert measure("call_oi_change", *rows) == [None, 1]


def test_what_expired_the_day_before_is_left_out(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 50}, expiration=days[0]), held(days[0], {100: 10}), held(days[1], {100: 12})]
    assert measure("call_oi_change", *rows) == [None, 2]


def test_over_a_missing_session_it_is_unknown(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 10}), held(days[2], {100: 15}), held(days[3], {100: 16})]
    assert measure("call_oi_change", *rows) == [None, None, 1]


def test_over_a_weekend_and_a_holiday(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    friday, tuesday = date(2026, 1, 16), date(2026, 1, 20)  # Monday is Martin Luther King's
    assert measure("call_oi_change", held(friday, {100: 10}), held(tuesday, {100: 14})) == [None, 4]


def test_over_the_turn_of_a_month(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    rows = [held(date(2026, 1, 30), {100: 10}), held(date(2026, 2, 2), {100: 14})]
    assert measure("call_oi_change", *rows) == [None, 4]


def test_the_day_before_may_lie_outside_of_what_is_asked_for(
    held: Callable[..., pl.DataFrame], days: Sequence[date], store: Callable[..., Any]
) -> None:
    lake = store(held(days[0], {100: 10}), held(days[1], {100: 14}))
    found = compute(lake, Request(("AAA",), first=days[1], metrics=("call_oi_change",)))
    assert found["call_oi_change"].to_list() == [4]


def test_a_day_before_without_open_interest_is_unknown(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    """Not known is not none: the whole open interest of today is no change."""
    assert measure("call_oi_change", held(days[0], {100: None}), held(days[1], {100: 14})) == [None, None]


def test_another_symbols_day_before_does_not_count(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 10}, symbol="BBB"), held(days[1], {100: 14}), held(days[1], {100: 9}, symbol="BBB")]
    assert measure("call_oi_change", *rows) == [None, None, -1]


def test_roots_are_told_apart(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    rows = [
        held(day, {100: oi}, root=root)
        for day, root, oi in ((days[0], "AAA", 10), (days[0], "AAA1", 99), (days[1], "AAA", 11), (days[1], "AAA1", 99))
    ]
    assert measure("call_oi_change", *rows) == [None, 1]


def test_the_contracts_own_change(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    rows = [held(days[0], {95: 10, 100: 20}), held(days[1], {95: 13, 105: 4})]
    assert measure("call_contract_oi_change", *rows, grain="strike") == [None, None, 3, 4]


def test_volume_per_contract_held(chain: Chain, measure: Measure) -> None:
    rows = chain(
        {
            95: {"call_volume": 30, "call_open_interest": 20, "put_volume": 5, "put_open_interest": 20},
            100: {"call_volume": 30, "call_open_interest": 0, "put_volume": None, "put_open_interest": 20},
        }
    )
    assert measure("call_volume_oi_ratio", rows, grain="strike") == [1.5, None]
    assert measure("put_volume_oi_ratio", rows, grain="strike") == [0.25, None]


def test_the_change_of_an_expiry(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    near = date(2026, 1, 16)
    rows = [
        held(days[0], {95: 10, 100: 20}, near), held(days[0], {100: 5}),
        held(days[1], {95: 13, 100: 15}, near), held(days[1], {100: 12}),
    ]  # fmt: skip
    assert measure("expiry_call_oi_change", *rows, grain="expiry") == [None, None, -2, 7]
    assert measure("expiry_call_oi_change", *rows) == [None, -2]


def test_the_change_at_a_strike(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    near = date(2026, 1, 16)
    rows = [
        held(days[0], {95: 10, 100: 20}, near), held(days[0], {100: 5}),
        held(days[1], {95: 13, 100: 15}, near), held(days[1], {100: 12}),
    ]  # fmt: skip
    assert measure("call_oi_change_at_strike", *rows, grain="level") == [None, None, 3, 2]


def test_the_change_of_puts_by_expiry_and_strike(chain: Chain, days: Sequence[date], measure: Measure) -> None:
    rows = [chain({95: {"put_open_interest": oi}}, day=day) for day, oi in zip(days, (4, 9), strict=False)]
    assert measure("expiry_put_oi_change", *rows, grain="expiry") == [None, 5]
    assert measure("put_oi_change_at_strike", *rows, grain="level") == [None, 5]


def test_an_expiry_that_ends_today_has_no_change(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 50}, days[1]), held(days[1], {100: 80}, days[1])]
    assert measure("expiry_call_oi_change", *rows, grain="expiry") == [None, None]


@pytest.fixture
def traded(chain: Chain, days: Sequence[date]) -> Callable[..., list[pl.DataFrame]]:
    """Two days of one call: its open interest and volume on each."""

    def make(*on: tuple[int | None, int | None], lag: int | None = 1) -> list[pl.DataFrame]:
        return [
            chain({100: {"call_open_interest": oi, "call_volume": volume, "put_last": 1.0}}, day=day, oi_lag=lag)
            for day, (oi, volume) in zip(days, on, strict=False)
        ]

    return make


@pytest.mark.parametrize(
    ("lag", "before", "today", "breach"),
    [
        (1, (10, 5), (16, 99), True),
        (1, (10, 6), (16, 0), False),
        (1, (10, 5), (4, 99), True),
        (1, (10, 0), (10, 0), False),
        (None, (10, 5), (16, 5), None),
        (1, (10, None), (16, 99), None),
        (1, (None, 5), (16, 99), None),
    ],
)
def test_a_change_above_the_volume_that_could_have_made_it(
    lag: int | None,
    before: tuple[int | None, int | None],
    today: tuple[int | None, int | None],
    breach: bool | None,
    traded: Callable[..., list[pl.DataFrame]],
    measure: Measure,
) -> None:
    assert measure("call_oi_breach", *traded(before, today, lag=lag), grain="strike") == [None, breach]


@pytest.mark.parametrize(
    ("before", "today", "breach"),
    [((10, 99), (16, 5), True), ((10, 0), (16, 6), False), ((10, 99), (16, None), None), ((None, 5), (16, 99), None)],
)
def test_before_the_open_it_was_made_by_the_sessions_own_volume(
    before: tuple[int | None, int | None],
    today: tuple[int | None, int | None],
    breach: bool | None,
    traded: Callable[..., list[pl.DataFrame]],
    measure: Measure,
) -> None:
    rows = traded(before, today, lag=0)
    assert measure("call_oi_breach", *rows, grain="strike", decision="pre_open") == [None, breach]


def test_a_new_listing_that_is_held_at_once_is_a_breach(chain: Chain, days: Sequence[date], measure: Measure) -> None:
    before = chain({100: {"put_open_interest": 1, "put_volume": 9}}, day=days[0])
    today = chain({100: {"put_open_interest": 1, "put_volume": 9}, 105: {"put_open_interest": 7}}, day=days[1])
    assert measure("put_oi_breach", before, today, grain="strike") == [None, False, True]


@pytest.fixture
def two_of_three(chain: Chain, days: Sequence[date]) -> list[pl.DataFrame]:
    """Of three changed contracts a call's and a put's by more than traded; one contract is unchanged, one expires."""
    before = {
        95: {"call_open_interest": 10, "call_volume": 1, "put_open_interest": 10, "put_volume": 1},
        100: {"call_open_interest": 10, "call_volume": 9, "put_open_interest": 10, "put_volume": 1},
    }
    today = {
        95: {"call_open_interest": 12, "put_open_interest": 7},
        100: {"call_open_interest": 14, "put_open_interest": 10},
    }
    expiring = [
        chain({100: {"call_open_interest": oi, "call_volume": 0}}, day=day, expiration=days[1])
        for day, oi in zip(days, (10, 99), strict=False)
    ]
    return [chain(before, day=days[0]), chain(today, day=days[1]), *expiring]


def test_breaches_are_counted_over_both_sides(two_of_three: list[pl.DataFrame], measure: Measure) -> None:
    assert measure("oi_breaches", *two_of_three) == [None, 2]


def test_the_share_is_of_the_changed_contracts(two_of_three: list[pl.DataFrame], measure: Measure) -> None:
    assert measure("oi_breach_share", *two_of_three) == [None, pytest.approx(2 / 3)]


def test_no_change_is_no_breach_and_has_no_share(traded: Callable[..., list[pl.DataFrame]], measure: Measure) -> None:
    rows = traded((10, 5), (10, 5))
    assert measure("oi_breaches", *rows) == [None, 0]
    assert measure("oi_breach_share", *rows) == [None, None]
