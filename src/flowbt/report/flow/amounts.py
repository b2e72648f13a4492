"""How the flow report writes numbers that are not money: counts, dates, distances and ranks.

Money is written by `flowbt.report.flow.money.Money`, which knows the currency.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

from flowbt.errors import UnknownNameError
from flowbt.exchanges import hours_of
from flowbt.report.kit.formats import MISSING, known, percent, plain

AT_SPOT: Final = 0.0005
"""Distances below this fraction count as being at the spot."""


def count(value: Any, *, signed: bool = False) -> str:
    """A whole number: `132,452`, or with its sign `+640`."""
    return plain(value, 0, signed=signed)


def shares(value: Any) -> str:
    """A number of shares with its sign: `+168.5M shares`."""
    number = known(value)
    if number is None:
        return MISSING
    size = f"{plain(number / 1e6, 1, signed=True)}M" if abs(number) >= 99_950 else count(number, signed=True)
    return f"{size} shares"


def day_of(day: date) -> str:
    """A date in prose: `24 Apr 2026`."""
    return f"{day.day} {day:%b %Y}"


def time_of(moment: datetime, exchange: str) -> str:
    """A time of day at the exchange: `16:15 New York time`; in UTC where its time zone is not on file."""
    try:
        hours = hours_of(exchange)
    except UnknownNameError:
        return f"{moment.astimezone(UTC):%H:%M} UTC"
    return f"{moment.astimezone(hours.zone):%H:%M} {hours.place} time"


def from_spot(distance: float | None) -> str:
    """A distance from the spot, given as a fraction: `5.9% below the spot`, `at the spot`."""
    number = known(distance)
    if number is None:
        return "at an unknown distance from the spot"
    if abs(number) < AT_SPOT:
        return "at the spot"
    return f"{percent(abs(number))} {'above' if number > 0 else 'below'} the spot"


def rank(percentile: float | None, earlier: int) -> str:
    """A share of earlier sessions as a percentile: `96th percentile of 25 sessions`.

    The ends are reserved for values below all earlier sessions, or at or above all of them.
    """
    number = known(percentile)
    if number is None:
        sessions = f"{count(earlier)} earlier {'session' if earlier == 1 else 'sessions'}"
        return f"too little history for a percentile: {sessions}"
    if number in {0, 1}:
        return f"{'at or above' if number else 'below'} all {count(earlier)} earlier sessions"
    return f"{_ordinal(min(max(round(100 * number), 1), 99))} percentile of {count(earlier)} sessions"


def _ordinal(number: int) -> str:
    is_teen = 10 < number % 100 < 14
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
