"""Numbers that several layers must agree on, each with its reason."""

from typing import Final

SESSIONS_PER_YEAR: Final = 252
"""Trading sessions in a year: annualises volatility, returns and Sharpe ratios."""
RISK_FREE_RATE: Final = 0.04
"""Continuously compounded rate for pricing where the chain implies none: about the US Treasury bill rate of 2023 to 2026."""
MIN_VOLUME_OI: Final = 1.25
"""Volume from this multiple of open interest on is unusual: at least a fifth of it must have opened positions that day."""
