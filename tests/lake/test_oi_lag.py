"""Which day's close the open interest of a row is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.oi_lag import detect_oi_lag, detect_oi_lags


def history(
    chain: Callable[..., pl.DataFrame], days: list[date], lag: int, strikes: int = 40, symbol: str = "AAA"
) -> pl.DataFrame:
    """Open interest that changes by a part of the volume of the same day (lag 0) or of the day before (lag 1)."""
    draws = np.random.default_rng(0)
    volume = draws.integers(0, 100, (len(days) + 1, strikes))
    held = 10_000 + np.cumsum(np.round(volume * draws.uniform(-1, 1, volume.shape)).astype(int), axis=0)
    return pl.concat(
        chain(
            {100 + k: {"call_volume": int(volume[n + 1, k]), "call_open_interest": int(held[n + 1 - lag, k])}
             for k in range(strikes)},
            day=day, expiration=date(2027, 1, 15), symbol=symbol,
        )
        for n, day in enumerate(days)
    )  # fmt: skip


@pytest.mark.parametrize("lag", [0, 1])
def test_the_lag_that_volume_explains(
    lag: int, chain: Callable[..., pl.DataFrame], days: list[date], tmp_path: Path
) -> None:
    lake, first = Lake(tmp_path), list(days[:10])
    lake.write_strike_rows(history(chain, first, lag))
    assert detect_oi_lag(lake, "AAA", first) == lag


def test_few_changes_say_nothing(chain: Callable[..., pl.DataFrame], days: list[date], tmp_path: Path) -> None:
    lake, first = Lake(tmp_path), list(days[:2])
    lake.write_strike_rows(history(chain, first, 1, strikes=5))
    assert detect_oi_lag(lake, "AAA", first) is None


@pytest.mark.parametrize("batch_rows", [1, 500, 1_000_000])
def test_symbols_are_told_together_as_they_are_one_by_one(
    batch_rows: int,
    chain: Callable[..., pl.DataFrame],
    days: list[date],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever their spans, and whether they are read at once or one after the other; a day between two counts for nothing."""
    monkeypatch.setattr("flowbt.lake.oi_lag.BATCH_ROWS", batch_rows)
    held = {
        "AAA": (days[:10], 1), "BBB": (days[30:40], 0), "CCC": (days[:3], 1), "DDD": (days[5:15], 0), "EEE": (days[:9:2], 1),
    }  # fmt: skip
    lake = Lake(tmp_path)
    lake.write_strike_rows(
        pl.concat(history(chain, list(own), lag, symbol=symbol) for symbol, (own, lag) in held.items()).sort(
            "date", "symbol", "root", "expiration", "strike"
        )
    )
    one_by_one = {symbol: detect_oi_lag(lake, symbol, list(own)) for symbol, (own, _) in held.items()}
    assert detect_oi_lags(lake, lake.snapshots()) == one_by_one
    assert {symbol: one_by_one[symbol] for symbol in ("AAA", "BBB", "DDD")} == {"AAA": 1, "BBB": 0, "DDD": 0}


def test_of_no_symbols_nothing_is_told(tmp_path: Path) -> None:
    none = pl.DataFrame(schema={"symbol": pl.String, "date": pl.Date, "strikes": pl.Int64})
    assert detect_oi_lags(Lake(tmp_path), none) == {}
