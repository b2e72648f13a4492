"""What a day of a report is made of, as known at its decision."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import polars as pl
import pytest

from flowbt.flow.day import BLOCK, Clock, Day, read_days, read_history
from flowbt.lake import Lake
from flowbt.metrics import Decision, Failures

MakeDay = Callable[..., Day]
Bars = Callable[..., pl.DataFrame]
Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
JUNE = date(2026, 6, 19)


def days_of(lake: Lake, days: Sequence[date], decision: Decision = "close") -> list[Day]:
    clock = Clock(decision)
    history = read_history(lake, "AAA", days[-1], {}, clock, Failures())
    return list(read_days(lake, "AAA", days, history, lake.bars(["AAA"]), clock, Failures()))


def test_the_bar_is_the_day_s_own(make_day: MakeDay, bars: Bars) -> None:
    assert make_day(bars=bars([99.0])).bar["close"] == 99.0
    assert make_day(bars=bars([99.0], on=[date(2026, 1, 2)])).bar == {}
    assert make_day().bar == {}


def test_today_is_the_last_row_of_the_history(make_day: MakeDay) -> None:
    day = make_day(earlier=[{"date": date(2026, 1, 2), "spot": 98.0}], spot=101.0)
    assert (day.today["date"], day.spot, day.history.height) == (date(2026, 1, 5), 101.0, 2)


def test_each_day_sees_its_own_past(days: Sequence[date], chain: Chain, bars: Bars, store: Store) -> None:
    chains = [chain({100: {"call_volume": 1}}, day=day, spot=100.0 + n) for n, day in enumerate(days[:3])]
    found = days_of(store(*chains, bars=bars([10.0, 11.0, 12.0, 13.0])), days[:3])
    assert [(day.date, day.spot, day.history.height, day.bars.height) for day in found] == [
        (days[0], 100.0, 1, 1),
        (days[1], 101.0, 2, 2),
        (days[2], 102.0, 3, 3),
    ]


def test_a_contract_is_a_side_that_is_listed(days: Sequence[date], chain: Chain, store: Store) -> None:
    rows = {100: {"call_volume": 1, "put_bid": 0.5}, 105: {"put_open_interest": 7}}
    [day] = days_of(store(chain(rows, day=days[0])), days[:1])
    assert day.contracts.select("strike", "option_type", "dte", "volume", "bid", "open_interest").rows() == [
        (100.0, "call", 11, 1, None, None),
        (100.0, "put", 11, None, 0.5, None),
        (105.0, "put", 11, None, None, 7),
    ]


@pytest.mark.parametrize(
    ("decision", "oi_lag", "held", "change"),
    [
        # the row's own, of the close before: it is published before the next open with the next row
        ("close", 1, 5, None),
        ("pre_open", 1, 8, 3),
        # the row's own is of its own close
        ("close", 0, None, None),
        ("pre_open", 0, 5, None),
    ],
)
def test_open_interest_is_that_known_at_the_decision(
    decision: Decision, oi_lag: int, held: int | None, change: int | None,
    days: Sequence[date], chain: Chain, store: Store,
) -> None:  # fmt: skip
    chains = [
        chain({100: {"call_volume": 9, "call_open_interest": count}}, day=day, oi_lag=oi_lag)
        for day, count in zip(days, (5, 8), strict=False)
    ]
    [day] = days_of(store(*chains), days[:1], decision)
    assert day.contracts.select("open_interest", "contract_oi_change").rows() == [(held, change)]
    assert day.oi_lag == oi_lag


def test_only_live_expiries_are_there_and_the_nearest_comes_first(
    days: Sequence[date], chain: Chain, store: Store
) -> None:
    expirations = (date(2026, 2, 20), days[0], date(2026, 1, 16))
    chains = [chain({100: {"call_open_interest": 1}}, day=days[0], expiration=each) for each in expirations]
    [day] = days_of(store(*chains), days[:1])
    assert day.expiries["expiration"].to_list() == [date(2026, 1, 16), date(2026, 2, 20)]
    assert day.contracts["dte"].sort().to_list() == [0, 11, 46]


def test_what_expires_on_the_day_holds_no_strike(days: Sequence[date], chain: Chain, store: Store) -> None:
    chains = [
        chain({100: {"call_open_interest": 1}}, day=days[0], expiration=days[0]),
        chain({100: {"call_open_interest": 2}}, day=days[0]),
    ]
    [day] = days_of(store(*chains), days[:1])
    assert day.strikes.select("strike", "call_oi_at_strike").rows() == [(100.0, 2)]


def test_the_time_of_the_quotes_where_the_source_says_it(days: Sequence[date], chain: Chain, store: Store) -> None:
    moment = datetime(2026, 1, 5, 20, 45, tzinfo=UTC)
    stamped = chain({100: {"call_volume": 1}}, day=days[0]).with_columns(
        quote_time=pl.lit(moment).dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    )
    found = days_of(store(stamped, chain({100: {"call_volume": 1}}, day=days[1])), days[:2])
    assert [day.quote_time for day in found] == [moment, None]


def test_days_beyond_a_block_are_as_those_within(days: Sequence[date], chain: Chain, store: Store) -> None:
    asked = days[: BLOCK + 2]
    chains = [
        chain({100: {"call_volume": n + 1, "call_open_interest": 2 * n}}, day=day, expiration=JUNE)
        for n, day in enumerate(asked)
    ]
    lake = store(*chains)
    found = days_of(lake, asked)
    assert [day.contracts["volume"].to_list() for day in found] == [[n + 1] for n in range(BLOCK + 2)]
    # a block's first day knows the open interest of the day before, too
    assert [day.contracts["contract_oi_change"].to_list() for day in found[1:]] == [[2]] * (BLOCK + 1)
    [alone] = days_of(lake, [asked[BLOCK]])
    assert alone.contracts.equals(found[BLOCK].contracts)
    assert alone.strikes.equals(found[BLOCK].strikes)
    assert alone.expiries.equals(found[BLOCK].expiries)


def test_a_day_may_be_left_out_between_two(days: Sequence[date], chain: Chain, store: Store) -> None:
    chains = [chain({100: {"call_volume": n}}, day=day, expiration=JUNE) for n, day in enumerate(days[:3])]
    found = days_of(store(*chains), [days[0], days[2]])
    assert [(day.date, day.history.height, day.contracts["volume"].to_list()) for day in found] == [
        (days[0], 1, [0]),
        (days[2], 3, [2]),
    ]
