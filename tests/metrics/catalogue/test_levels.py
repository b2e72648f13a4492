"""Strikes that stand out, each chain with one answer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]


@pytest.fixture
def calls(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Calls held by strike."""
    return lambda held, **options: chain({k: {"call_open_interest": oi} for k, oi in held.items()}, **options)


@pytest.fixture
def puts(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Puts held by strike."""
    return lambda held, **options: chain({k: {"put_open_interest": oi} for k, oi in held.items()}, **options)


def test_peaks(calls: Chain, puts: Chain, measure: Measure) -> None:
    assert measure("call_oi_peak", calls({95: 10, 100: 30, 105: 20})) == 100
    assert measure("put_oi_peak", puts({95: 40, 100: 30, 105: 20})) == 95


def test_expiries_add_up_at_a_strike(calls: Chain, measure: Measure) -> None:
    rows = [calls({100: 30, 105: 20}), calls({100: 1, 105: 20}, expiration=date(2026, 2, 20))]
    assert measure("call_oi_peak", *rows) == 105


def test_what_expires_today_does_not_count(calls: Chain, measure: Measure) -> None:
    assert measure("call_oi_peak", calls({90: 99}, expiration=date(2026, 1, 5)), calls({100: 1})) == 100


def test_of_strikes_that_tie_the_lowest(calls: Chain, puts: Chain, measure: Measure) -> None:
    assert measure("call_oi_peak", calls({95: 10, 100: 30, 105: 30})) == 100
    assert measure("put_oi_peak", puts({95: 30, 100: 30, 105: 1})) == 95


@pytest.mark.parametrize("name", ["call_oi_peak", "contention_strike", "next_call_peak", "call_wall"])
def test_where_nothing_is_held_there_is_none(name: str, calls: Chain, measure: Measure) -> None:
    assert measure(name, calls({95: 0, 105: 0, 110: None})) is None


def test_contention_is_above_the_spot(calls: Chain, measure: Measure) -> None:
    held = {95: 99, 100: 98, 105: 20, 110: 30, 115: 10}
    assert measure("contention_strike", calls(held, spot=100)) == 110
    assert measure("contention_strike", calls(held, spot=99.99)) == 100
    assert measure("contention_strike", calls(held, spot=115)) is None


def test_the_next_peak_is_above_contention(calls: Chain, measure: Measure) -> None:
    assert measure("next_call_peak", calls({105: 20, 110: 30, 115: 10, 120: 15})) == 120
    assert measure("next_call_peak", calls({105: 20, 110: 10, 115: 10})) == 110
    assert measure("next_call_peak", calls({105: 20, 110: 30})) is None


def test_the_floor_is_below_the_spot(puts: Chain, measure: Measure) -> None:
    held = {85: 10, 90: 30, 95: 20, 100: 99, 105: 99}
    assert measure("put_floor", puts(held, spot=100)) == 90
    assert measure("put_floor", puts(held, spot=100.01)) == 100
    assert measure("put_floor", puts(held, spot=85)) is None


def test_a_wall_is_of_gamma_and_a_peak_of_open_interest(chain: Chain, measure: Measure) -> None:
    rows = chain(
        {
            100: {"call_open_interest": 10, "call_gamma": 0.05, "put_open_interest": 10, "put_gamma": 0.05},
            110: {"call_open_interest": 30, "call_gamma": 0.01, "put_open_interest": 60, "put_gamma": 0.01},
        }
    )
    assert [measure(name, rows) for name in ("call_wall", "call_oi_peak", "put_wall", "put_oi_peak")] == [
        100,
        110,
        110,
        110,
    ]


def test_one_row_a_strike_price(calls: Chain, measure: Measure) -> None:
    rows = [calls({100: 30, 105: 20}), calls({95: 1, 100: 5}, expiration=date(2026, 2, 20))]
    assert measure("call_oi_at_strike", *rows, grain="level") == [1, 35, 20]


def test_roots_add_up_at_a_strike(calls: Chain, measure: Measure) -> None:
    assert measure("call_oi_peak", calls({100: 30, 105: 20}), calls({105: 20}, root="AAAW")) == 105


def test_floors_by_rank(puts: Chain, measure: Measure) -> None:
    rows = puts({80: 20, 85: 10, 90: 30, 95: 20, 98: 0, 105: 99})
    floors = [measure(name, rows) for name in ("put_floor", *(f"put_floor(rank={rank})" for rank in (2, 3, 4, 5)))]
    assert floors == [90, 80, 95, 85, None]


@pytest.fixture
def gamma(chain: Chain) -> pl.DataFrame:
    """Calls' gamma 3, 9, 8, 5 and puts' 4, 10, 2, 1 at 90, 95, 105 and 110, the spot at 100; one held of each but OI."""
    held = {90: (3, 4, 10, 20), 95: (9, 10, 40, 70), 105: (8, 2, 30, 80), 110: (5, 1, 60, 10)}
    return chain(
        {
            strike: {
                "call_gamma": call / call_oi, "put_gamma": put / put_oi,
                "call_open_interest": call_oi, "put_open_interest": put_oi,
            }
            for strike, (call, put, call_oi, put_oi) in held.items()
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "strike"),
    [
        ("call_wall", 95),
        ("put_wall", 95),
        ("call_wall(where=above)", 105),
        ("call_wall(where=below)", 95),
        ("put_wall(where=above)", 105),
        ("put_wall(where=below)", 95),
        ("call_wall(of=net)", 105),  # 8 - 2
        ("put_wall(of=net, where=above)", None),  # more calls than puts at both
        ("call_wall(of=net, where=below)", None),
        ("call_wall(by=open_interest)", 110),
        ("put_wall(by=open_interest)", 105),
        ("call_wall(by=open_interest, of=net)", 110),  # 60 - 10
        ("put_wall(by=open_interest, of=net)", 105),  # 80 - 30
        ("put_wall(by=open_interest, of=net, where=below)", 95),  # 70 - 40
        ("absolute_gamma_strike", 95),  # 9 + 10
    ],
)
def test_walls(name: str, strike: float | None, gamma: pl.DataFrame, measure: Measure) -> None:
    assert measure(name, gamma) == strike


def test_above_and_below_leave_out_the_spot_itself(calls: Chain, measure: Measure) -> None:
    rows = calls({95: 1, 100: 9, 105: 2})
    assert measure("call_wall(by=open_interest, where=above)", rows) == 105
    assert measure("call_wall(by=open_interest, where=below)", rows) == 95


def test_a_wall_of_open_interest_is_the_peak(gamma: pl.DataFrame, measure: Measure) -> None:
    assert measure("call_wall(by=open_interest)", gamma) == measure("call_oi_peak", gamma)
    assert measure("put_wall(by=open_interest)", gamma) == measure("put_oi_peak", gamma)


def test_both_sides_gamma_adds_up_at_the_absolute_gamma_strike(chain: Chain, measure: Measure) -> None:
    call, put = ({f"{side}_gamma": 0.5, f"{side}_open_interest": 10} for side in ("call", "put"))
    rows = chain({95: call | {"call_gamma": 0.9}, 100: call | put, 105: put | {"put_gamma": 0.9}})
    assert [measure(name, rows) for name in ("call_wall", "put_wall", "absolute_gamma_strike")] == [95, 105, 100]
