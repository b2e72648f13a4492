"""The faults suite: lakes whose disk fails, whose writers are killed, whose bytes are changed. `make test-faults` runs it.

Every random choice comes from a seed that is printed when a test fails; FLOWBT_SEED tries another.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random

import polars as pl
import pytest

from flowbt.schema import STORED_ORDER, STRIKE_ROWS, conform

Snapshot = Callable[..., pl.DataFrame]
SEED = int(os.environ.get("FLOWBT_SEED", "20260821"))
MON = date(2026, 1, 5)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def random() -> Random:
    print(f"FLOWBT_SEED={SEED}")  # noqa: T201 (pytest shows it where a test fails)
    return Random(SEED)  # noqa: S311


@pytest.fixture(scope="session")
def forked() -> ForkServerContext:
    """Processes that start in milliseconds, from one that has imported all and used nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.writer"])
    with pytest.MonkeyPatch.context() as patch:  # that process finds modules by its environment alone
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[2]), *sys.path]))
        process = context.Process(target=os.getpid)
        process.start()
        process.join()
    return context


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """Two strikes of a symbol's day: `snapshot(3, volume=7)` is that of the fourth day."""

    def make(day: int, volume: int = 1, symbol: str = "AAA") -> pl.DataFrame:
        shared = {"symbol": symbol, "date": MON + timedelta(days=day), "root": symbol, "expiration": date(2027, 1, 15)}
        shared |= {"multiplier": 100.0, "underlying_price": 100.0, "oi_lag": 1, "source": "test"}
        rows = [{**shared, "strike": strike, "call_volume": volume} for strike in (100.0, 105.0)]
        return conform(pl.DataFrame(rows), STRIKE_ROWS).sort(STORED_ORDER)

    return make
