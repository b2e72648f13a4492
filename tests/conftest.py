"""What tests of chains share: strike rows from a few numbers, a lake of them, a metric's values, and the real data.

Unless told otherwise a chain is that of AAA on Monday 5 January 2026, the underlying at 100, the options expiring on
Friday the 16th.
"""

import gc
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Decision, Request, compute
from flowbt.schema import PRICE_BARS, STORED_ORDER, STRIKE_ROWS, conform

FIRST_DAY = date(2026, 1, 5)
EXPIRATION = date(2026, 1, 16)

Chain = Callable[..., pl.DataFrame]
Bars = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
Measure = Callable[..., Any]


LONGEST_FIRST = ("contracts", "backtest", "cli", "workflows", "real", "flow")
"""Folders with which the processes begin, so that none is left with a long one at the end."""
ROOM = 4 << 30


def pytest_configure() -> None:
    """A lake syncs every file that it writes, which costs nothing on a file system in memory, where there is room on one."""
    memory = Path("/dev/shm")  # noqa: S108 (pytest makes a private folder in it)
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long folders; the tests of a file share a process (`--dist=loadfile`), and what is costly to make."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was collected stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def days() -> Sequence[date]:
    """The sessions from Monday 5 January 2026 on."""
    return sessions(FIRST_DAY, date(2027, 12, 31))


@pytest.fixture(scope="session")
def chain() -> Chain:
    """Strike rows of one snapshot and expiry: `chain({100: {"call_volume": 5}}, spot=101)`."""

    def make(
        strikes: Mapping[float, Mapping[str, Any]],
        *,
        symbol: str = "AAA",
        day: date = FIRST_DAY,
        expiration: date = EXPIRATION,
        spot: float | None = 100.0,
        root: str | None = None,
        multiplier: float = 100.0,
        oi_lag: int | None = 1,
    ) -> pl.DataFrame:
        shared = {
            "symbol": symbol,
            "date": day,
            "root": root or symbol,
            "expiration": expiration,
            "multiplier": multiplier,
            "adjusted": False,
            "underlying_price": spot,
            "oi_lag": oi_lag,
            "source": "test",
        }
        rows = [{**shared, "strike": strike, **columns} for strike, columns in strikes.items()]
        unknown = {name for row in rows for name in row} - set(STRIKE_ROWS)
        assert not unknown, f"no such columns: {unknown}"
        return conform(pl.DataFrame(rows, infer_schema_length=None), STRIKE_ROWS).sort(STORED_ORDER)

    return make


@pytest.fixture(scope="session")
def bars(days: Sequence[date]) -> Bars:
    """Price bars from closes, session by session: `bars([10, 11, None], symbol="AAA")`; None: no bar."""

    def make(closes: Sequence[float | None], *, symbol: str = "AAA", on: Sequence[date] = days) -> pl.DataFrame:
        rows = [
            {"symbol": symbol, "date": day, "open": close, "high": close, "low": close, "close": close, "volume": 1}
            for day, close in zip(on, closes, strict=False)
            if close is not None
        ]
        return conform(pl.DataFrame(rows), PRICE_BARS)

    return make


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A lake that holds these strike rows and bars."""

    def write(*chains: pl.DataFrame, bars: pl.DataFrame | None = None) -> Lake:
        lake = Lake(tmp_path_factory.mktemp("lake"))
        if chains:
            lake.write_strike_rows(pl.concat(chains))
        if bars is not None:
            lake.write_bars(bars)
        return lake

    return write


@pytest.fixture
def measure(store: Store) -> Measure:
    """A metric's values, in the order of the rows; the value itself where there is one row."""

    def values(
        name: str,
        *chains: pl.DataFrame,
        bars: pl.DataFrame | None = None,
        grain: str = "snapshot",
        decision: Decision = "close",
    ) -> Any:
        symbols = tuple(pl.concat(chains)["symbol"].unique().sort())
        frame = compute(store(*chains, bars=bars), Request(symbols, grain=grain, metrics=(name,), decision=decision))
        found = frame[name].to_list()
        return found[0] if len(found) == 1 else found

    return values


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data, which is no part of the repository; what needs it is skipped where it is absent."""
    shared = Path(os.environ.get("FLOWBT_SHARED", Path(__file__).parents[2] / "shared"))
    if not (shared / "data" / "us-chains").is_dir():
        pytest.skip(f"the real data is not at '{shared / 'data'}' (FLOWBT_SHARED names another place)")
    return shared / "data"


@pytest.fixture
def fail_metric(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a shipped metric raise whenever it is evaluated, whatever the data: `fail_metric("zero_gamma")`."""

    def raise_it(_: pl.Series) -> pl.Series:
        raise ZeroDivisionError("division by zero")

    def fail(name: str) -> None:
        metric = SHIPPED.get(name)

        def formula(**parameters: Any) -> pl.Expr:
            value = metric.formula(**parameters)
            one = metric.grain in {"snapshot", "expiry", "level"}
            fails = value.is_null().map_batches(raise_it, return_dtype=pl.Boolean, returns_scalar=one)
            return pl.when(fails).then(None).otherwise(value)

        failing = replace(metric, formula=wraps(metric.written)(formula))
        vars(failing)["parameters"] = metric.parameters
        monkeypatch.setitem(SHIPPED.own, name, failing)

    return fail
