"""Max pain of the next expiries."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flowbt.documents import Result
from flowbt.flow.day import Day

EXPIRIES_SHOWN: Final = 8


@dataclass(frozen=True, kw_only=True)
class MaxPain(Result):
    """Max pain of an expiry; numbers are None where unknown.

    Attributes:
        expiration: the date on the contracts.
        last_trading_day: their last session.
        max_pain: the strike at which holders are paid least.
        low: the lowest strike that is as good.
        high: the highest.
        gap: spot over max pain less 1.
        expected_move: until the expiry, in price units.
    """

    expiration: date
    last_trading_day: date
    max_pain: float | None
    low: float | None
    high: float | None
    gap: float | None
    expected_move: float | None


def max_pain(day: Day) -> tuple[MaxPain, ...]:
    """Max pain of the next expiries, the nearest first."""
    return tuple(
        MaxPain(
            expiration=row["expiration"],
            last_trading_day=row["last_trading_day"],
            max_pain=row["max_pain"],
            low=row["max_pain_low"],
            high=row["max_pain_high"],
            gap=row["max_pain_gap"],
            expected_move=row["expected_move"],
        )
        for row in day.expiries.head(EXPIRIES_SHOWN).iter_rows(named=True)
    )
