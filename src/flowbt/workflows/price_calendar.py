"""Whose sessions the prices of a file are counted on: an exchange's, or the days of the file itself."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from flowbt.evaluation.price_calendar import price_calendar


def own_sessions(bars: pl.DataFrame, exchange: str | None) -> Mapping[str, str | None]:
    """The exchange of each symbol of the bars, as `flowbt.evaluation.forward_returns.outcomes_of` takes it.

    Args:
        bars: of a file.
        exchange: the MIC that the user named; None: a symbol has a session on each day on which the file has a bar of it.
    """
    return dict.fromkeys(bars["symbol"].unique(), exchange)


def calendar_of(bars: pl.DataFrame, exchange: str | None) -> dict[str, Any]:
    """The same as a document: `flowbt.evaluation.price_calendar`."""
    return price_calendar(bars, exchange).document()
