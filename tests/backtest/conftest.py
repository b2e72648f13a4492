"""Bars and plans of a few rows: session 0 is 2 January 2024, and unless told otherwise plans are decided on it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.schema import CORPORATE_ACTIONS, PLAN_ROWS, PRICE_BARS, conform

Bar = tuple[float, float, float, float]
SESSIONS = sessions(date(2024, 1, 2), date(2026, 12, 31))


@pytest.fixture
def day() -> Callable[[int], date]:
    """The date of a session."""
    return lambda place: SESSIONS[place]


@pytest.fixture
def bars() -> Callable[..., pl.DataFrame]:
    """Bars from (open, high, low, close) per session and symbol; None: no bar."""

    def make(**symbols: Sequence[Bar | None]) -> pl.DataFrame:
        rows = [
            {"symbol": symbol, "date": SESSIONS[place], "open": bar[0], "high": bar[1], "low": bar[2], "close": bar[3]}
            for symbol, of_symbol in symbols.items()
            for place, bar in enumerate(of_symbol)
            if bar is not None
        ]
        return conform(pl.DataFrame(rows), PRICE_BARS)

    return make


@pytest.fixture
def plans() -> Callable[..., pl.DataFrame]:
    """Plans from keywords; by default a long at the market in A, decided on session 0."""

    def make(*rows: dict[str, Any]) -> pl.DataFrame:
        filled = [
            {"symbol": "A", "side": 1, "entry": "market", **row, "signal_date": SESSIONS[row.get("signal", 0)]}
            for row in rows
        ]
        return conform(pl.DataFrame(filled, infer_schema_length=None), PLAN_ROWS)

    return make


@pytest.fixture
def actions() -> Callable[..., pl.DataFrame]:
    """Actions of A by session: `actions((2, "split", 10.0), (5, "dividend", 0.5, "B"))`."""

    def make(*rows: tuple[Any, ...]) -> pl.DataFrame:
        filled = [
            {"symbol": row[3] if len(row) > 3 else "A", "date": SESSIONS[row[0]], "kind": row[1], "value": row[2]}
            for row in rows
        ]
        return pl.DataFrame(filled, schema=CORPORATE_ACTIONS)

    return make
