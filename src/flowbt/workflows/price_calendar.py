"""Whose sessions the prices of a file are counted on: an exchange's, or the days of the file itself."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from flowbt.calendar import is_session
from flowbt.exchanges import DEFAULT_EXCHANGE


def own_sessions(bars: pl.DataFrame, exchange: str | None) -> Mapping[str, str | None]:
    """The exchange of each symbol of the bars, as `flowbt.evaluation.forward_returns.outcomes_of` takes it.

    Args:
        bars: of a file.
        exchange: the MIC that the user named; None: a symbol has a session on each day on which the file has a bar of it.
    """
    return dict.fromkeys(bars["symbol"].unique(), exchange)


def calendar_of(bars: pl.DataFrame, exchange: str | None) -> dict[str, Any]:
    """Whose sessions were counted, and on how many days of the bars that exchange (New York where none is named) was closed.

    Returns:
        `exchange` (None: the days of the file), `closed_days, first_closed_day` (None where there is none).
    """
    days = bars["date"].unique().sort().to_list()
    closed = [day for day in days if not is_session(day, exchange or DEFAULT_EXCHANGE)]
    return {"exchange": exchange, "closed_days": len(closed), "first_closed_day": closed[0] if closed else None}
