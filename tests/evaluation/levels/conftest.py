"""Prices from closes, highs and lows, session by session, and levels on them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.evaluation.levels.align import LEVELS, Placed, place, placed_of
from flowbt.evaluation.levels.prices import Prices, prices_of
from flowbt.schema import PRICE_BARS, conform

DAYS = sessions(date(2025, 1, 2), date(2027, 12, 31))


@pytest.fixture(scope="session")
def make_bars() -> Callable[..., pl.DataFrame]:
    """`make_bars([100, 101], high=[...], low=[...])`; highs and lows are the closes unless given."""

    def make(
        close: Sequence[float],
        *,
        high: Sequence[float] | None = None,
        low: Sequence[float] | None = None,
        symbol: str = "AAA",
    ) -> pl.DataFrame:
        columns = {"close": close, "high": high or close, "low": low or close, "open": close}
        frame = pl.DataFrame({name: np.array(values, np.float64) for name, values in columns.items()})
        return conform(frame.with_columns(symbol=pl.lit(symbol), date=pl.Series(DAYS[: len(close)])), PRICE_BARS)

    return make


@pytest.fixture(scope="session")
def make_prices(make_bars: Callable[..., pl.DataFrame]) -> Callable[..., Prices]:
    """Prices of one symbol, its volatility known from the first session on: 1% a session unless told otherwise.

    `split` is the session on which one share became two.
    """

    def make(close: Sequence[float], *, sigma: float = 0.01, split: int | None = None, **options: Any) -> Prices:
        found = prices_of(make_bars(close, **options))
        shares = found.shares.copy()
        if split is not None:
            shares[split:] *= 2.0
        return replace(found, sigma=np.full_like(found.close, sigma), shares=shares)

    return make


@pytest.fixture(scope="session")
def make_levels() -> Callable[..., pl.DataFrame]:
    """`make_levels((0, 105.0), (3, 95.0, 8))`: session, level and the session of its expiry, if any."""

    def make(*rows: tuple[Any, ...], kind: str = "call wall", symbol: str = "AAA") -> pl.DataFrame:
        found = [
            {
                "symbol": symbol,
                "date": DAYS[row[0]],
                "kind": kind,
                "level": row[1],
                "expiration": DAYS[row[2]] if len(row) > 2 else None,
            }
            for row in rows
        ]
        return conform(pl.DataFrame(found, schema_overrides={"expiration": pl.Date}), LEVELS)

    return make


@pytest.fixture(scope="session")
def put(make_levels: Callable[..., pl.DataFrame]) -> Callable[..., Placed]:
    """The same rows beside prices: `put(prices, (0, 105.0))`."""

    def make(prices: Prices, *rows: tuple[Any, ...]) -> Placed:
        return placed_of(place(make_levels(*rows), prices)[0])

    return make
