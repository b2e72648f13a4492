"""The reasons of an exit, in words."""

from typing import Final

EXIT_REASONS: Final[dict[str, str]] = {
    "target": "target",
    "stop": "stop",
    "time": "time",
    "expiry": "expiry",
    "missing_quote": "missing quote",
    "end": "still open",
}
"""Values of `schema.TRADES.exit_reason`, in the order of legends."""
