"""The sessions on which the prices of a file are counted: those of an exchange, or the days of the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from flowbt.calendar import is_session
from flowbt.documents import Result
from flowbt.exchanges import DEFAULT_EXCHANGE


@dataclass(frozen=True)
class PriceCalendar(Result):
    """The sessions that were counted for the prices of a file.

    Attributes:
        exchange: its MIC; None: each day of the file is a session.
        closed_days: days of the file on which the exchange (New York where none is named) was closed.
        first_closed_day: the first of them; None where there is none.
    """

    exchange: str | None
    closed_days: int
    first_closed_day: date | None


def price_calendar(bars: pl.DataFrame, exchange: str | None) -> PriceCalendar:
    """Compare the days of the bars with the sessions of the exchange, or of New York where none is named."""
    days = bars["date"].unique().sort().to_list()
    closed = [day for day in days if not is_session(day, exchange or DEFAULT_EXCHANGE)]
    return PriceCalendar(exchange, len(closed), closed[0] if closed else None)


def own_sessions(bars: pl.DataFrame, exchange: str | None) -> Mapping[str, str | None]:
    """The exchange of each symbol of the bars, as `flowbt.evaluation.forward_returns.outcomes_of` takes it.

    Args:
        bars: from a file.
        exchange: the MIC that the user gave; None: a symbol has a session on each day on which the file has a bar for it.
    """
    return dict.fromkeys(bars["symbol"].unique(), exchange)
