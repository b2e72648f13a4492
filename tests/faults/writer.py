"""What the killed processes run. It is imported by the process from which they are forked, which never uses polars itself."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl
from tests.faults.recorder import Recorder

from flowbt.calendar import is_session
from flowbt.lake import Lake
from flowbt.lake.delta import local as disk
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.intake.write_days import write_days
from flowbt.schema import STORED_ORDER, STRIKE_ROWS, conform

is_session(date(2026, 1, 5))  # the calendar takes half a second to import, and would in every process
import_module("numpy.ma")  # and so would what the first file makes polars and the lake import
import_module("flowbt.lake.reading.delimited")


def ingest(lake: Path, files: Sequence[str], done: Connection, stop_at: int | None) -> None:
    """Ingest files one by one, telling of each when it is done; the process kills itself at a call that changes the disk."""
    calls = 0

    def count(_name: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal calls
        calls += 1
        if calls == stop_at:
            os.kill(os.getpid(), signal.SIGKILL)

    disk.os = Recorder(before=count)  # type: ignore[assignment, attr-defined]
    done.send_bytes(b"")
    for file in files:
        outcome = ingest_files(Lake(lake), "canonical", [file])
        if outcome.files[0].status in {"committed", "unchanged"}:
            done.send_bytes(Path(file).name.encode())


def write_batches(lake: Path, batches: Sequence[Sequence[int]], locked: bool) -> None:
    """Write batches of days, each a commit."""
    if not locked:
        disk.Disk.lock = unlocked  # type: ignore[assignment, method-assign]
    for batch in batches:
        Lake(lake).write_strike_rows(pl.concat(two_strikes(day) for day in batch))


def bring_in_parts(lake: Path, parts: Sequence[tuple[int, int]], locked: bool) -> None:
    """Bring in one contract at a time: the strike, and the day it is of."""
    if not locked:
        disk.Disk.lock = unlocked  # type: ignore[assignment, method-assign]
    for strike, day in parts:
        rows = two_strikes(day).head(1).with_columns(strike=pl.lit(float(strike)))
        write_days(Lake(lake), "chains", rows)


@contextmanager
def unlocked(place: disk.Disk) -> Iterator[None]:
    """No lock, as on an object store."""
    place.locked = False
    place.settle("")
    yield


def two_strikes(day: int) -> pl.DataFrame:
    """Two strikes of a day."""
    on = date(2026, 1, 5) + timedelta(days=day)
    shared = {"symbol": "AAA", "date": on, "root": "AAA", "expiration": date(2027, 1, 15), "multiplier": 100.0}
    rows = [{**shared, "oi_lag": 1, "strike": strike, "call_volume": day + 1} for strike in (100.0, 105.0)]
    return conform(pl.DataFrame(rows), STRIKE_ROWS).sort(STORED_ORDER)
