"""Bits that turn and files that are cut: `verify` finds each, and what the log says is never believed."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import polars as pl
import pytest
from tests.full import tries

from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.lake.verify import verify_lake

Snapshot = Callable[..., pl.DataFrame]


@pytest.fixture
def lake(tmp_path: Path, snapshot: Snapshot) -> Lake:
    """Three tables with versions of every kind."""
    lake = Lake(tmp_path / "lake")
    for day in range(4):
        lake.write_strike_rows(snapshot(day), {"files": '[{"path": "a.csv"}]'})
    lake.write_strike_rows(snapshot(1, volume=5))
    for name in ("f", "g"):
        row = {
            "file": [name],
            "format": ["canonical"],
            "row": [1],
            "reason": ["BAD"],
            "reasons": ["BAD"],
            "record": ['{"strike": "0"}'],
        }
        lake.quarantine(pl.DataFrame(row))
    compact_lake(lake)
    lake.write_strike_rows(snapshot(9))
    return lake


def test_verify_finds_every_one(lake: Lake, random: Random) -> None:
    files = sorted(path for path in lake.path.rglob("*") if path.is_file() and path.name != ".lock")
    assert verify_lake(lake).files == len(files)
    for number in range(tries(150, 500)):
        path = files[number % len(files)]
        data = path.read_bytes()
        if random.random() < 0.25:
            damaged = data[: random.randrange(len(data))]
        else:
            place = random.randrange(len(data))
            damaged = data[:place] + bytes([data[place] ^ (1 << random.randrange(8))]) + data[place + 1 :]
        path.write_bytes(damaged)
        found = verify_lake(Lake(lake.path))
        name = path.relative_to(lake.path).as_posix()
        assert not found.ok, name
        assert name in {row.path for row in found.damaged}
        if path.suffix != ".parquet":
            with pytest.raises(LakeError):
                Lake(lake.path).versions()
        path.write_bytes(data)
    assert verify_lake(Lake(lake.path)).ok
