"""Status of an implied volatility: whether a price has one, and if not, why."""

from enum import IntEnum
from typing import Final


class ImpliedStatus(IntEnum):
    """Result of solving for the volatility of a price."""

    SOLVED = 0
    """There is a volatility."""

    BELOW_INTRINSIC = 1
    """The price is at or below its value without volatility: max(S exp(-q T) - K exp(-r T), 0) for a call."""

    ABOVE_BOUND = 2
    """The price is at or above the upper bound of an option: S exp(-q T) for a call, K exp(-r T) for a put."""

    EXPIRED = 3
    """No time is left to expiry."""

    MISSING = 4
    """An input is not finite, or spot or strike is not positive."""


# plain numbers, because numba does not cache code with members of an enumeration
SOLVED: Final = int(ImpliedStatus.SOLVED)
BELOW_INTRINSIC: Final = int(ImpliedStatus.BELOW_INTRINSIC)
ABOVE_BOUND: Final = int(ImpliedStatus.ABOVE_BOUND)
EXPIRED: Final = int(ImpliedStatus.EXPIRED)
MISSING: Final = int(ImpliedStatus.MISSING)
