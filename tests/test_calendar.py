"""Sessions against another calendar package, and expiries against days that are known."""

import warnings
from datetime import date, timedelta

import exchange_calendars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.calendar import (
    closing_time,
    is_session,
    monthly_expiry,
    next_session,
    previous_session,
    sessions,
    shift_session,
    weekly_expiries,
    why_closed,
)
from flowbt.errors import FlowbtError

DAYS = st.dates(date(2000, 1, 3), date(2026, 12, 1))


@pytest.fixture(scope="module")
def oracle() -> list[date]:
    with warnings.catch_warnings(action="ignore"):  # of pandas, at the other package's code
        calendar = exchange_calendars.get_calendar("XNYS", start="2000-01-01", end="2026-12-31")
    return [stamp.date() for stamp in calendar.sessions]


def test_sessions_of_new_york(oracle: list[date]) -> None:
    assert sessions(date(2000, 1, 1), date(2026, 12, 31)) == oracle


OTHERS = {"XNSE": ("XBOM", 2008), "XLON": ("XLON", 2000), "XASX": ("XASX", 2000), "XTSE": ("XTSE", 2009)} | {
    "XJPX": ("XTKS", 2000), "XHKG": ("XHKG", 2014), "XETR": ("XETR", 2016)
}  # fmt: skip
"""Exchanges, their name in the other package, and the year from which the two agree."""
ELSEWHERE = {
    # evening sessions of Diwali
    "XNSE": {date(2008, 10, 28), date(2010, 11, 5), date(2011, 10, 26), date(2012, 11, 13)},
    # storms closed it
    "XHKG": {date(2023, 9, 1), date(2023, 9, 8)},
}
"""Weekdays that the other package calls sessions."""


@pytest.mark.parametrize("exchange", OTHERS)
def test_weekday_sessions_elsewhere(exchange: str) -> None:
    name, year = OTHERS[exchange]
    with warnings.catch_warnings(action="ignore"):
        calendar = exchange_calendars.get_calendar(name, start=f"{year}-01-01", end="2026-12-31")
    weekdays = [day for day in sessions(date(year, 1, 1), date(2026, 12, 31), exchange) if day.weekday() < 5]
    expected = {stamp.date() for stamp in calendar.sessions} - ELSEWHERE.get(exchange, set())
    assert weekdays == sorted(expected)


@pytest.mark.parametrize(
    ("monday", "saturday"), [(date(2025, 2, 3), date(2025, 2, 1)), (date(2024, 1, 23), date(2024, 1, 20))]
)
def test_a_session_of_mumbai_on_a_saturday(monday: date, saturday: date) -> None:
    assert previous_session(monday, "XNSE") == saturday


def test_why_mumbai_was_closed() -> None:
    assert why_closed(date(2024, 5, 20), "XNSE") == "General election"


def test_an_options_exchange_keeps_the_days_of_new_york() -> None:
    assert sessions(date(2026, 1, 1), date(2026, 12, 31), "XCBO") == sessions(date(2026, 1, 1), date(2026, 12, 31))
    assert closing_time(date(2025, 11, 28), "XCBO") == closing_time(date(2025, 11, 28))


@pytest.mark.parametrize(
    ("year", "month", "expiry"),
    [(2019, 1, date(2019, 1, 31)), (2025, 9, date(2025, 9, 30)), (2025, 12, date(2025, 12, 30))],
)
def test_monthly_expiry_in_mumbai(year: int, month: int, expiry: date) -> None:
    assert monthly_expiry(year, month, "XNSE") == expiry


def test_a_day_is_a_session_or_not(oracle: list[date]) -> None:
    every_day = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(1000)]
    assert [day for day in every_day if is_session(day)] == [
        day for day in oracle if every_day[0] <= day <= every_day[-1]
    ]


def test_both_ends_are_included() -> None:
    assert sessions(date(2026, 1, 5), date(2026, 1, 6)) == [date(2026, 1, 5), date(2026, 1, 6)]


def test_no_sessions_between_a_saturday_and_a_sunday() -> None:
    assert sessions(date(2026, 1, 3), date(2026, 1, 4)) == []


@given(DAYS, st.integers(-400, 400))
@settings(deadline=None, max_examples=50)
def test_shifting_counts_sessions(day: date, count: int) -> None:
    shifted = shift_session(day, count)
    assert is_session(shifted)
    if count > 0:
        assert len(sessions(day + timedelta(days=1), shifted)) == count
    if count < 0:
        assert len(sessions(shifted, day - timedelta(days=1))) == -count


@given(st.sampled_from(sessions(date(2000, 1, 3), date(2026, 12, 1))), st.integers(-50, 50))
@settings(deadline=None, max_examples=50)
def test_shifting_there_and_back(day: date, count: int) -> None:
    assert shift_session(shift_session(day, count), -count) == day


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 6, 18), 1, date(2026, 6, 22)),  # over Juneteenth
        (date(2026, 6, 19), 1, date(2026, 6, 22)),
        (date(2026, 6, 19), -1, date(2026, 6, 18)),
        (date(2026, 6, 19), 0, date(2026, 6, 22)),
        (date(2026, 6, 18), 0, date(2026, 6, 18)),
        (date(2026, 6, 20), 1, date(2026, 6, 22)),
        (date(2026, 6, 20), 2, date(2026, 6, 23)),
        (date(2001, 9, 10), 1, date(2001, 9, 17)),
        (date(2025, 12, 31), 1, date(2026, 1, 2)),
    ],
)
def test_shifting_over_closed_days(day: date, count: int, expected: date) -> None:
    assert shift_session(day, count) == expected


def test_the_sessions_around_a_day() -> None:
    assert previous_session(date(2026, 7, 6)) == date(2026, 7, 2)
    assert next_session(date(2026, 7, 2)) == date(2026, 7, 6)


@pytest.mark.parametrize(
    ("year", "month", "expected"),
    [
        (2026, 1, date(2026, 1, 16)),
        (2026, 5, date(2026, 5, 15)),
        (2026, 6, date(2026, 6, 18)),  # the third Friday is Juneteenth
        (2022, 4, date(2022, 4, 14)),  # and here Good Friday
        (2024, 3, date(2024, 3, 15)),
    ],
)
def test_the_monthly_expiry(year: int, month: int, expected: date) -> None:
    assert monthly_expiry(year, month) == expected


def test_weekly_expiries_move_to_the_session_before_a_holiday() -> None:
    assert weekly_expiries(date(2026, 6, 12), 4) == [
        date(2026, 6, 18),
        date(2026, 6, 26),
        date(2026, 7, 2),
        date(2026, 7, 10),
    ]


def test_weekly_expiries_lie_after_the_day() -> None:
    assert weekly_expiries(date(2026, 6, 18), 1) == [date(2026, 6, 26)]
    assert weekly_expiries(date(2026, 6, 17), 1) == [date(2026, 6, 18)]


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 1, 10), "Saturday"), (date(2026, 6, 19), "Juneteenth"), (date(2026, 12, 25), "Christmas")],
)
def test_why_a_day_is_closed(day: date, name: str) -> None:
    assert name in why_closed(day)


def test_another_exchange() -> None:
    assert is_session(date(2026, 7, 3), "XNSE")
    assert not is_session(date(2026, 1, 26), "XNSE")


def test_an_exchange_nobody_knows() -> None:
    with pytest.raises(FlowbtError, match="no calendar for exchange 'XXXX': give its MIC"):
        is_session(date(2026, 1, 5), "XXXX")
