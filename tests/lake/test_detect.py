"""Which day's close the open interest of a row is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.detect import detect_oi_lag


def history(chain: Callable[..., pl.DataFrame], days: list[date], lag: int, strikes: int = 40) -> pl.DataFrame:
    """Open interest that changes by a part of the volume of the same day (lag 0) or of the day before (lag 1)."""
    draws = np.random.default_rng(0)
    volume = draws.integers(0, 100, (len(days) + 1, strikes))
    held = 10_000 + np.cumsum(np.round(volume * draws.uniform(-1, 1, volume.shape)).astype(int), axis=0)
    return pl.concat(
        chain(
            {100 + k: {"call_volume": int(volume[n + 1, k]), "call_open_interest": int(held[n + 1 - lag, k])}
             for k in range(strikes)},
            day=day, expiration=date(2027, 1, 15),
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
