"""What can come of a plan: the codes the kernel works with, and the words they are reported in.

A plan is `filled`, `unfilled` (a sound order that the market did not fill) or `invalid` (no order should have been
placed). Of those filled, the portfolio may have `skipped` some. Nothing is dropped without one of these words and a
reason.

Compiled functions hold these numbers as constants, and numba's cache looks only at the age of the function's own file:
after changing a number here, touch `kernel.py` and `allocation.py`.
"""

from typing import Final

MARKET: Final = 0
STOP: Final = 1
LIMIT: Final = 2
ENTRY_KINDS: Final = {"market": MARKET, "stop": STOP, "limit": LIMIT}

READY: Final = 0
"""No obstacle so far; never an outcome."""

TARGET: Final = 1
STOPPED: Final = 2
TIME: Final = 3
EXPIRY: Final = 4
END: Final = 5
EXIT_REASONS: Final = {TARGET: "target", STOPPED: "stop", TIME: "time", EXPIRY: "expiry", END: "end"}
"""Outcomes of the plans that filled, as in `TRADES.exit_reason`; `END` is not an exit: the position is still open after the last bar."""

NO_BAR: Final = 10
NOT_REACHED: Final = 11
DATA_END: Final = 12
UNFILLED: Final = {
    NO_BAR: "no bar on the session of the entry",
    NOT_REACHED: "the entry level was not reached in time",
    DATA_END: "no session after the signal yet",
}

BAD_STOP: Final = 20
BAD_TARGET: Final = 21
EXPIRED: Final = 22
BAD_KEY: Final = 23
BAD_SIDE: Final = 24
BAD_ENTRY: Final = 25
BAD_EXIT: Final = 26
BAD_HORIZON: Final = 27
BAD_SIZE: Final = 28
INVALID: Final = {
    BAD_STOP: "the stop is not on the losing side of the entry price",
    BAD_TARGET: "the target is not on the winning side of the entry price",
    EXPIRED: "exit_on is before the first session on which it could be entered",
    BAD_KEY: "symbol or signal_date is missing",
    BAD_SIDE: "side is neither +1 nor -1",
    BAD_ENTRY: "entry is none of market, stop and limit, or its level is not a positive price",
    BAD_EXIT: "a target or stop is not a finite number",
    BAD_HORIZON: "valid_for or exit_after is less than one session",
    BAD_SIZE: "size is not in (0, 1]",
}

TAKEN: Final = 30
OVERLAP: Final = 31
NO_CASH: Final = 32
SKIPPED: Final = {
    OVERLAP: "a position in the symbol was open",
    NO_CASH: "the equity was invested already",
}
"""What the portfolio did not do of the plans that filled."""

STATUS: Final = {
    **dict.fromkeys(EXIT_REASONS, "filled"),
    **dict.fromkeys(UNFILLED, "unfilled"),
    **dict.fromkeys(INVALID, "invalid"),
}
REASONS: Final = {**EXIT_REASONS, **UNFILLED, **INVALID, **SKIPPED}
