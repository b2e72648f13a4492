"""Joining files: the same rows in fewer files, older versions as they were."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.lake.verify import verify_lake
from flowbt.schema import STORED_ORDER, STRIKE_ROWS

Chain = Callable[..., pl.DataFrame]


@pytest.fixture
def lake(tmp_path: Path, chain: Chain, bars: Chain, days: Sequence[date]) -> Lake:
    """Thirty days of two symbols, a commit a day; January and February 2026."""
    lake = Lake(tmp_path / "lake")
    for place, day in enumerate(days[:30]):
        rows = [chain({100: {"call_volume": place}, 105: {}}, day=day, symbol=symbol) for symbol in ("BBB", "AAA")]
        lake.write_strike_rows(pl.concat(rows))
    for place in range(3):
        lake.write_bars(bars([place], on=days[place:]))
    return lake


def everything(lake: Lake) -> pl.DataFrame:
    return lake.strike_rows(STRIKE_ROWS, lake.symbols(), date(1970, 1, 1), date(2199, 12, 31))


def live(lake: Lake) -> list[str]:
    return DeltaTable(str(lake.path / "chains")).file_uris()


def test_the_same_rows_in_a_file_a_month(lake: Lake) -> None:
    before, bars = everything(lake).sort(STORED_ORDER), lake.bars()
    document = compact_lake(lake)
    assert [(row.table, row.files_before, row.files_after) for row in document.tables] == [
        ("chains", 30, 2),
        ("prices", 3, 1),
    ]
    assert len(live(lake)) == 2
    assert everything(lake).sort(STORED_ORDER).equals(before)
    assert lake.bars().equals(bars)
    for file in live(lake):
        rows = pl.read_parquet(file, hive_partitioning=False)
        assert rows.equals(rows.sort(STORED_ORDER))


def test_files_are_bounded(lake: Lake) -> None:
    compact_lake(lake, rows_per_file=12)
    assert {pl.scan_parquet(file).select(pl.len()).collect().item() for file in live(lake)} <= {12, 8, 4}
    assert len(live(lake)) == 11


def test_older_versions_stay_as_they_were(lake: Lake) -> None:
    compact_lake(lake)
    assert Lake(lake.path, 4).snapshots().height == 10
    assert verify_lake(lake).ok


def test_again_changes_nothing(lake: Lake) -> None:
    compact_lake(lake)
    versions = lake.versions()
    document = compact_lake(lake)
    assert lake.versions() == versions
    assert document.removed == ()


def test_a_day_is_restated_in_a_joined_file(lake: Lake, chain: Chain, days: Sequence[date]) -> None:
    compact_lake(lake)
    assert lake.write_strike_rows(chain({100: {"call_volume": 99}}, day=days[3]))["state"].to_list() == ["restated"]
    assert len(live(lake)) == 2
    assert lake.snapshots()["strikes"].sum() == 30 * 2 * 2 - 1


def test_what_belongs_to_no_version_is_removed_and_nothing_else(lake: Lake) -> None:
    before = {path for path in (lake.path / "chains").rglob("*") if path.is_file()}
    folder = lake.path / "chains" / "month=2026-01"
    left = folder / f"{30:020d}-{'0' * 64}.parquet"
    for path in (left, folder / ".x.parquet.1-1.tmp"):
        path.write_bytes(b"half")
    assert len(compact_lake(lake).removed) == 2
    after = {path for path in (lake.path / "chains").rglob("*") if path.is_file()}
    assert before <= after
    assert left not in after


def test_damage_is_not_written_anew(lake: Lake) -> None:
    file = Path(live(lake)[0])
    data = file.read_bytes()
    file.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(StoreDamagedError, match="its bytes were changed"):
        compact_lake(lake)
    assert lake.versions()["chains"] == 29


def test_no_lake(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="no lake at"):
        compact_lake(Lake(tmp_path / "none"))
