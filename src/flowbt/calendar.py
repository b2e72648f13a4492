"""Sessions and standard expiries of an exchange.

Sessions are the weekdays that are not a holiday of the exchange (the `holidays` package covers XNYS, XNSE and some 40
others), with the corrections in `flowbt.exchanges`. Listed expiries are read from the chains, never generated
(`flowbt.expiries`); `weekly_expiries` and `monthly_expiry` are the standard dates.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from flowbt.errors import FlowbtError
from flowbt.exchanges import CORRECTIONS, DEFAULT_EXCHANGE, NO_CORRECTIONS, SAME_DAYS, Corrections, hours_of

TUESDAY, THURSDAY, FRIDAY = 1, 3, 4


def _corrections(exchange: str) -> Corrections:
    return CORRECTIONS.get(exchange, NO_CORRECTIONS)


@cache
def _closures(exchange: str, year: int) -> holidays.HolidayBase:
    try:
        return holidays.financial_holidays(SAME_DAYS.get(exchange, exchange), years=year)
    except NotImplementedError:
        raise FlowbtError(f"no calendar for exchange '{exchange}': give its MIC, as in XNYS or XNSE") from None


@cache
def _sessions_of_year(exchange: str, year: int) -> tuple[date, ...]:
    days = (date(year, 1, 1) + timedelta(offset) for offset in range(366))
    return tuple(day for day in days if day.year == year and is_session(day, exchange))


def is_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> bool:
    """Whether the exchange trades on the day."""
    corrections = _corrections(exchange)
    if day in corrections.opened:
        return True
    return day.weekday() < 5 and day not in _closures(exchange, day.year) and day not in corrections.closed


@cache
def _half_days(exchange: str, year: int) -> frozenset[date]:
    try:
        return frozenset(
            holidays.financial_holidays(SAME_DAYS.get(exchange, exchange), years=year, categories=("half_day",))
        )
    except ValueError:
        return frozenset()


def closing_time(day: date, exchange: str = DEFAULT_EXCHANGE) -> datetime:
    """Closing time of the exchange on a day, in UTC; half days (13:00 in New York) are in the calendar."""
    hours = hours_of(exchange)
    local = hours.closes_early if day in _half_days(exchange, day.year) else hours.closes
    return datetime.combine(day, local, hours.zone).astimezone(UTC)


def opening_time(day: date, exchange: str = DEFAULT_EXCHANGE) -> datetime:
    """Opening time of the exchange on a day, in UTC."""
    hours = hours_of(exchange)
    return datetime.combine(day, hours.opens, hours.zone).astimezone(UTC)


def zone_of(exchange: str = DEFAULT_EXCHANGE) -> ZoneInfo:
    """Time zone in which the exchange dates its sessions.

    Raises:
        UnknownNameError: its trading hours are not on file.
    """
    return hours_of(exchange).zone


def why_closed(day: date, exchange: str = DEFAULT_EXCHANGE) -> str:
    """Name of the holiday, or of the weekend day, on which the exchange is closed."""
    holiday = _corrections(exchange).closed.get(day) or _closures(exchange, day.year).get(day)
    return str(holiday or day.strftime("%A"))


def sessions(first: date, last: date, exchange: str = DEFAULT_EXCHANGE) -> list[date]:
    """The sessions from `first` to `last`, both included."""
    return [
        day
        for year in range(first.year, last.year + 1)
        for day in _sessions_of_year(exchange, year)
        if first <= day <= last
    ]


def shift_session(day: date, count: int, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The session `count` sessions after `day` (before it if negative).

    A day without a session counts as lying between its neighbours: one session after a Saturday is Monday, one before
    it is Friday. With `count` 0: the day itself or the next session.
    """
    around = sessions(day - timedelta(days=abs(count) * 2 + 15), day + timedelta(days=abs(count) * 2 + 15), exchange)
    position = bisect_left(around, day) + count if count <= 0 else bisect_right(around, day) + count - 1
    return around[position]


def last_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The day itself if it is a session, else the last session before it."""
    return day if is_session(day, exchange) else previous_session(day, exchange)


def previous_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The last session before the day."""
    return shift_session(day, -1, exchange)


def next_session(day: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The first session after the day."""
    return shift_session(day, 1, exchange)


def expiry_weekday(day: date, exchange: str = DEFAULT_EXCHANGE) -> int:
    """Weekday (0 is Monday) on which standard options expire: Friday; on the NSE Thursday, from September 2025 Tuesday."""
    if exchange != "XNSE":
        return FRIDAY
    return THURSDAY if day < date(2025, 9, 1) else TUESDAY


def monthly_expiry(year: int, month: int, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The standard monthly expiry, or the session before it if that day is a holiday.

    This is the third Friday; on the NSE, the last `expiry_weekday` of the month.
    """
    first = date(year, month, 1)
    weekday = expiry_weekday(first, exchange)
    if exchange == "XNSE":
        following = date(year + month // 12, month % 12 + 1, 1)
        standard = following - timedelta(days=(following.weekday() - weekday - 1) % 7 + 1)
    else:
        standard = first + timedelta(days=(weekday - first.weekday()) % 7 + 14)
    return last_session(standard, exchange)


def weekly_expiries(after: date, count: int, exchange: str = DEFAULT_EXCHANGE) -> list[date]:
    """The next `count` weekly expiries after a day, each moved to the session before if that day is a holiday.

    These are Fridays; on the NSE, days on its `expiry_weekday`.
    """
    day = after + timedelta(days=1)
    expiries: list[date] = []
    while len(expiries) < count:
        if day.weekday() == expiry_weekday(day, exchange):
            expiry = last_session(day, exchange)
            if expiry > after:
                expiries.append(expiry)
        day += timedelta(days=1)
    return expiries
