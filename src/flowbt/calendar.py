"""Sessions and expiries of an exchange.

Sessions are the weekdays that are no holiday of the exchange (`holidays` knows XNYS, XNSE and some 40 others). Listed
expiries are read from the chains, never generated; `weekly_expiries` and `monthly_expiry` serve the synthetic market.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from flowbt.errors import FlowbtError

DEFAULT_EXCHANGE = "XNYS"
_HOURS = {
    "XNYS": (ZoneInfo("America/New_York"), time(9, 30), time(16), time(13)),
    "XNSE": (ZoneInfo("Asia/Kolkata"), time(9, 15), time(15, 30), time(15, 30)),
}
"""Where the exchange is, when it opens, when it closes, and when on a half day."""


@cache
def _closures(exchange: str, year: int) -> holidays.HolidayBase:
    try:
        return holidays.financial_holidays(exchange, years=year)
    except NotImplementedError:
        raise FlowbtError(f"no calendar for exchange '{exchange}': name it by its MIC, as in XNYS or XNSE") from None


@cache
def _sessions_of_year(exchange: str, year: int) -> tuple[date, ...]:
    closed = _closures(exchange, year)
    days = (date(year, 1, 1) + timedelta(offset) for offset in range(366))
    return tuple(day for day in days if day.year == year and day.weekday() < 5 and day not in closed)


def is_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> bool:
    """Whether the exchange trades on the day."""
    return day.weekday() < 5 and day not in _closures(exchange, day.year)


@cache
def _half_days(exchange: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.financial_holidays(exchange, years=year, categories=("half_day",)))
    except ValueError:
        return frozenset()


def closing_time(day: date, exchange: str = DEFAULT_EXCHANGE) -> datetime:
    """When the exchange closes on a day, in UTC; half days (in New York, 13:00) are known from the calendar."""
    zone, _, close, early = _hours(exchange)
    local = early if day in _half_days(exchange, day.year) else close
    return datetime.combine(day, local, zone).astimezone(UTC)


def opening_time(day: date, exchange: str = DEFAULT_EXCHANGE) -> datetime:
    """When the exchange opens on a day, in UTC."""
    zone, local, _, _ = _hours(exchange)
    return datetime.combine(day, local, zone).astimezone(UTC)


def zone_of(exchange: str = DEFAULT_EXCHANGE) -> ZoneInfo:
    """The time zone in which the exchange dates its sessions.

    Raises:
        FlowbtError: the exchange is not known.
    """
    return _hours(exchange)[0]


def _hours(exchange: str) -> tuple[ZoneInfo, time, time, time]:
    if exchange not in _HOURS:
        raise FlowbtError(f"the hours of exchange '{exchange}' are not known, those of {', '.join(_HOURS)} are")
    return _HOURS[exchange]


def why_closed(day: date, exchange: str = DEFAULT_EXCHANGE) -> str:
    """The name of the holiday, or of the weekend day, on which the exchange is closed."""
    return str(_closures(exchange, day.year).get(day) or day.strftime("%A"))


def sessions(first: date, last: date, exchange: str = DEFAULT_EXCHANGE) -> list[date]:
    """The sessions from `first` to `last`, both included."""
    return [
        day
        for year in range(first.year, last.year + 1)
        for day in _sessions_of_year(exchange, year)
        if first <= day <= last
    ]


def shift_session(day: date, count: int, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The session `count` sessions after `day` (before it where negative).

    A day that is no session counts as the moment between its neighbours: one session after a Saturday is Monday, one
    before it is Friday. With `count` 0: the day itself or the next session.
    """
    around = sessions(day - timedelta(days=abs(count) * 2 + 15), day + timedelta(days=abs(count) * 2 + 15), exchange)
    place = bisect_left(around, day) + count if count <= 0 else bisect_right(around, day) + count - 1
    return around[place]


def previous_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The last session before the day."""
    return shift_session(day, -1, exchange)


def next_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The first session after the day."""
    return shift_session(day, 1, exchange)


def monthly_expiry(year: int, month: int, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The third Friday of the month, or the session before it where that Friday is a holiday."""
    first = date(year, month, 1)
    third_friday = first + timedelta(days=(4 - first.weekday()) % 7 + 14)
    return third_friday if is_session(third_friday, exchange) else previous_session(third_friday, exchange)


def weekly_expiries(after: date, count: int, exchange: str = DEFAULT_EXCHANGE) -> list[date]:
    """The next `count` Friday expiries after a day, each moved to the session before where that Friday is a holiday."""
    friday = after + timedelta(days=(4 - after.weekday()) % 7)
    found: list[date] = []
    while len(found) < count:
        expiry = friday if is_session(friday, exchange) else previous_session(friday, exchange)
        if expiry > after:
            found.append(expiry)
        friday += timedelta(days=7)
    return found
