"""Whether a price has an implied volatility, and if not, why."""

from enum import IntEnum
from typing import Final


class ImpliedStatus(IntEnum):
    """What came of looking for the volatility of a price."""

    SOLVED = 0
    """There is one."""

    BELOW_INTRINSIC = 1
    """The price is not above what the option is worth without volatility: max(S exp(-q T) - K exp(-r T), 0) for a call."""

    ABOVE_BOUND = 2
    """The price is not below what no option can be worth: S exp(-q T) for a call, K exp(-r T) for a put."""

    EXPIRED = 3
    """No time is left."""

    MISSING = 4
    """An input is not finite, or spot or strike is not positive."""


# numba compiles numbers, not members of an enumeration, into the code that it caches
SOLVED: Final = int(ImpliedStatus.SOLVED)
BELOW_INTRINSIC: Final = int(ImpliedStatus.BELOW_INTRINSIC)
ABOVE_BOUND: Final = int(ImpliedStatus.ABOVE_BOUND)
EXPIRED: Final = int(ImpliedStatus.EXPIRED)
MISSING: Final = int(ImpliedStatus.MISSING)
