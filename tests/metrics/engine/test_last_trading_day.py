"""Contracts count until their last trading day: Saturday-dated monthlies, expiries on holidays, AM-settled index options.

Friday 17 February 2012 is the last day of contracts dated Saturday the 18th; Friday 15 May 2026 is a third Friday.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.metrics import Decision, Request, compute
from flowbt.schema import PRINTS, conform

Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
Measure = Callable[..., Any]

THURSDAY, FRIDAY, SATURDAY, NEXT = date(2012, 2, 16), date(2012, 2, 17), date(2012, 2, 18), date(2012, 2, 24)
BEFORE, THIRD_FRIDAY, LATER = date(2026, 5, 14), date(2026, 5, 15), date(2026, 6, 19)
HELD = {"call_open_interest": 1000, "put_open_interest": 10, "call_volume": 5, "put_volume": 7}
FEW = {"call_open_interest": 1, "put_open_interest": 30, "call_volume": 2, "put_volume": 0}


@pytest.fixture
def monthly(chain: Chain) -> Callable[[date], pl.DataFrame]:
    """A session's chain: a monthly dated Saturday, in which nearly all is held, and the next weekly."""

    def make(day: date) -> pl.DataFrame:
        return pl.concat(
            [chain({90: HELD}, day=day, expiration=SATURDAY), chain({100: {}, 105: FEW}, day=day, expiration=NEXT)]
        )

    return make


@pytest.fixture
def index(chain: Chain) -> Callable[[date], pl.DataFrame]:
    """A session's chain of SPX: options of the third Friday that are settled at its open (1,000) and its close (1)."""

    def make(day: date) -> pl.DataFrame:
        more = {"symbol": "SPX", "day": day}
        return pl.concat(
            [
                chain({100: HELD}, root="SPX", expiration=THIRD_FRIDAY, **more),
                chain({100: FEW}, root="SPXW", expiration=THIRD_FRIDAY, **more),
                chain({100: FEW}, root="SPX", expiration=LATER, **more),
            ]
        )

    return make


@pytest.mark.parametrize(
    ("name", "thursday", "friday"),
    [
        ("call_open_interest", 1001, 1),
        ("put_call_oi_ratio", 40 / 1001, 30.0),
        ("max_pain", 90.0, 105.0),
        ("nearest_expiration", SATURDAY, NEXT),
        ("last_trading_day", FRIDAY, NEXT),
        ("days_to_expiry", 2, 7),
        # what trades on its last day is flow
        ("call_volume", 7, 7),
        ("call_volume[expiry=today]", None, 5),
        ("call_volume[expiry=nearest]", 5, 2),
        ("call_volume[expiry=this_friday]", 5, 2),
        ("call_open_interest[expiry=this_friday]", 1000, 1),
        ("call_volume[expiry=monthly]", 5, 5),
        ("call_open_interest[expiry=monthly]", 1000, None),
        ("call_volume[dte=1]", None, 5),
    ],
)
def test_a_monthly_dated_saturday_is_dead_after_the_friday(
    name: str, thursday: Any, friday: Any, monthly: Callable[[date], pl.DataFrame], measure: Measure
) -> None:
    assert measure(name, monthly(THURSDAY)) == (pytest.approx(thursday) if isinstance(thursday, float) else thursday)
    assert measure(name, monthly(FRIDAY)) == (pytest.approx(friday) if isinstance(friday, float) else friday)


def test_at_a_strike_nothing_is_held_any_more(monthly: Callable[[date], pl.DataFrame], measure: Measure) -> None:
    assert measure("call_oi_at_strike", monthly(THURSDAY), grain="level") == [1000, 0, 1]
    assert measure("call_oi_at_strike", monthly(FRIDAY), grain="level") == [None, 0, 1]


def test_an_expiry_on_a_holiday_is_dead_after_the_session_before(chain: Chain, measure: Measure) -> None:
    juneteenth, before = date(2026, 6, 19), date(2026, 6, 18)
    rows = chain({100: HELD}, day=before, expiration=juneteenth)
    assert measure("call_open_interest", rows) is None
    assert measure("call_volume[expiry=today]", rows) == 5
    # the day before, it is this Friday's and the monthly one
    earlier = chain({100: HELD}, day=date(2026, 6, 17), expiration=juneteenth)
    assert measure("call_open_interest[expiry=this_friday]", earlier) == 1000
    assert measure("call_open_interest[expiry=monthly]", earlier) == 1000


@pytest.mark.parametrize(
    ("day", "name", "value"),
    [
        (date(2026, 5, 13), "call_open_interest", 1002),
        # its last trading day: it counts in the flow, and is no position after the close
        (BEFORE, "call_open_interest", 2),
        (BEFORE, "call_volume", 9),
        (BEFORE, "call_volume[expiry=today]", 5),
        (BEFORE, "call_open_interest[expiry=this_friday]", 1),
        # the morning of its settlement: a source still lists it
        (THIRD_FRIDAY, "call_volume", 4),
        (THIRD_FRIDAY, "call_volume[expiry=today]", 2),
        (THIRD_FRIDAY, "call_open_interest", 1),
    ],
)
def test_options_settled_at_the_open_trade_until_the_session_before(
    day: date, name: str, value: int, index: Callable[[date], pl.DataFrame], measure: Measure
) -> None:
    assert measure(name, index(day)) == value


def test_the_roots_of_one_day_have_last_days_of_their_own(index: Callable[[date], pl.DataFrame], store: Store) -> None:
    found = compute(store(index(BEFORE)), Request(("SPX",), grain="expiry", metrics=("last_trading_day",)))
    days = {(root, expiration): day for _, _, expiration, root, day in found.iter_rows()}
    assert days == {
        ("SPX", THIRD_FRIDAY): BEFORE,
        ("SPXW", THIRD_FRIDAY): THIRD_FRIDAY,
        ("SPX", LATER): date(2026, 6, 17),  # Friday the 19th is Juneteenth: settled on Thursday
    }


@pytest.mark.parametrize("decision", ["close", "pre_open"])
def test_dead_rows_are_at_no_grain(decision: Decision, index: Callable[[date], pl.DataFrame], store: Store) -> None:
    lake = store(index(THIRD_FRIDAY))
    strikes = compute(lake, Request(("SPX",), grain="strike", metrics=("call_premium",), decision=decision))
    assert strikes.select("root", "expiration").rows() == [("SPX", LATER), ("SPXW", THIRD_FRIDAY)]


def test_what_is_held_of_dead_contracts_is_not_closed(index: Callable[[date], pl.DataFrame], measure: Measure) -> None:
    """Open interest of the settled options goes away, but nobody closed them."""
    assert measure("call_oi_change", index(BEFORE), index(THIRD_FRIDAY)) == [None, 0]


def test_prints_of_dead_contracts_are_not_flow(index: Callable[[date], pl.DataFrame], store: Store) -> None:
    lake = store(index(THIRD_FRIDAY))
    shared = {"symbol": "SPX", "date": THIRD_FRIDAY, "expiration": THIRD_FRIDAY, "strike": 100.0, "multiplier": 100.0}
    rows = [
        {**shared, "root": root, "option_type": "call", "price": 1.0, "size": size, "source": "test"}
        for root, size in (("SPX", 1000), ("SPXW", 3))
    ]
    lake.write_prints(conform(pl.DataFrame(rows), PRINTS))
    found = compute(lake, Request(("SPX",), grain="print", metrics=("print_premium",)))
    assert found["print_premium"].to_list() == [300.0]


def test_a_metric_can_read_the_last_trading_day(chain: Chain, store: Store) -> None:
    lake = store(chain({90: HELD}, day=THURSDAY, expiration=SATURDAY))
    left = (pl.col("last_trading_day") - pl.col("date")).dt.total_days()
    found = compute(lake, Request(("AAA",), expressions={"left": left}))
    assert found["left"].to_list() == [1]
