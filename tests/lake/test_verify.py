"""Every byte of a lake is covered; what belongs to no version is listed; repair touches one thing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake import Lake
from flowbt.lake.verify import Damage, Verification, verify_lake

Chain = Callable[..., pl.DataFrame]
LOG = "chains/_delta_log"


@pytest.fixture
def lake(tmp_path: Path, chain: Chain) -> Lake:
    """Two days, the first of which was restated."""
    lake = Lake(tmp_path / "lake")
    for day, volume in ((date(2026, 1, 5), 1), (date(2026, 1, 6), 1), (date(2026, 1, 5), 2)):
        lake.write_strike_rows(chain({100: {"call_volume": volume}}, day=day))
    return lake


def test_a_whole_lake(lake: Lake) -> None:
    assert verify_lake(lake) == Verification(ok=True, files=3 + 3 + 1, damaged=(), unreferenced=())


def test_files_of_older_versions_are_covered(lake: Lake) -> None:
    for file in sorted((lake.path / "chains").rglob("*.parquet")):
        data = file.read_bytes()
        file.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
        name = file.relative_to(lake.path).as_posix()
        assert verify_lake(lake).damaged == (Damage(name, "its bytes were changed"),)
        file.write_bytes(data)


@pytest.mark.parametrize("name", ["HEAD", *(f"_delta_log/{n:020d}.json" for n in range(3))])
def test_what_is_lost_is_named(lake: Lake, name: str) -> None:
    (lake.path / "chains" / name).unlink()
    found = verify_lake(lake)
    assert not found.ok
    assert any(row.path in {f"chains/{name}", "chains/HEAD"} for row in found.damaged)


def test_a_lost_data_file_is_named(lake: Lake) -> None:
    file = min((lake.path / "chains").rglob("*.parquet"))
    file.unlink()
    (row,) = verify_lake(lake).damaged
    assert row == Damage(file.relative_to(lake.path).as_posix(), "it cannot be read: No such file or directory")


def test_what_stopped_writers_left_is_no_damage(lake: Lake) -> None:
    left = lake.path / LOG / ".00000000000000000003.json.17-0.tmp"
    left.write_bytes(b"half")
    found = verify_lake(lake)
    assert (found.ok, found.unreferenced) == (True, (f"{LOG}/{left.name}",))


def test_other_folders_beside_the_tables_are_no_part_of_the_lake(lake: Lake) -> None:
    (lake.path / "demo").mkdir()
    (lake.path / "demo" / "notes.txt").write_text("mine")
    assert verify_lake(lake).unreferenced == ()


def test_repair_sets_aside_a_torn_entry_that_was_never_acknowledged(lake: Lake) -> None:
    torn = lake.path / LOG / f"{3:020d}.json"
    torn.write_bytes(b'{"commitInfo":{"che')
    with pytest.raises(StoreDamagedError, match="verify --repair"):
        Lake(lake.path).snapshots()
    assert not verify_lake(lake).ok
    found = verify_lake(lake, repair=True)
    assert (found.ok, found.set_aside) == (True, (f"{LOG}/{torn.name}",))
    assert Lake(lake.path).snapshots().height == 2
    assert torn.with_name(f"{torn.name}.torn").exists()


def test_repair_leaves_an_acknowledged_entry_alone(lake: Lake) -> None:
    (lake.path / LOG / f"{2:020d}.json").write_bytes(b"")
    found = verify_lake(lake, repair=True)
    assert (found.ok, found.set_aside) == (False, ())


def test_repair_leaves_entries_alone_where_head_is_torn(lake: Lake) -> None:
    (lake.path / LOG / f"{3:020d}.json").write_bytes(b"")
    (lake.path / "chains" / "HEAD").write_bytes(b"")
    assert verify_lake(lake, repair=True).set_aside == ()


def test_no_lake(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="no lake at"):
        verify_lake(Lake(tmp_path), repair=True)
    assert list(tmp_path.iterdir()) == []
