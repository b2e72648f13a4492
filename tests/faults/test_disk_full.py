"""A disk that is full, a file that may not grow, a file system that is read-only, any call that fails: said in one sentence."""

import errno
import resource
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.faults.recorder import AtCall, Recorder

from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.lake.delta import local as disk
from flowbt.lake.verify import verify_lake

Snapshot = Callable[..., pl.DataFrame]
PAGE = 4096


def volumes(path: Path) -> list[int]:
    """The volume of each day, whole days only."""
    rows = Lake(path).strike_rows(["date", "call_volume"], ["AAA"], date(1970, 1, 1), date(2199, 12, 31))
    days = rows.group_by("date").agg(pl.col("call_volume").unique(), pl.len().alias("rows")).sort("date")
    assert set(days["rows"]) <= {2}
    return days["call_volume"].explode().to_list()


def mount(folder: Path, options: str) -> None:
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a file system; the injected failures stand for it")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a mebibyte."""
    folder = tmp_path / "small"
    mount(folder, "size=512k")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_any_call_that_fails_leaves_the_old_or_the_new(
    code: int, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restated = pl.concat([snapshot(0, volume=2), snapshot(1)])
    unchanged = 0
    for number in range(200):
        path = tmp_path / str(number)
        Lake(path).write_strike_rows(snapshot(0))
        fail = AtCall(number, lambda: OSError(code, "as if"))
        with monkeypatch.context() as patch:
            patch.setattr(disk, "os", Recorder(before=fail))
            try:
                Lake(path).write_strike_rows(restated)
            except LakeError as error:
                assert "table 'chains' of the lake at" in str(error)  # noqa: PT017
                assert "cannot be written: as if" in str(error)  # noqa: PT017
                assert volumes(path) in ([1], [2, 1])
                unchanged += volumes(path) == [1]
                assert verify_lake(Lake(path)).ok
        Lake(path).write_strike_rows(restated)
        assert volumes(path) == [2, 1]
        assert verify_lake(Lake(path)).ok
        if fail.calls <= number:
            assert unchanged > 8
            return
    raise AssertionError("the writer never came to an end")


def test_a_full_disk(small: Path, snapshot: Snapshot) -> None:
    """With more and more of it taken, the write fails at one step after another."""
    path, ballast = small / "lake", small / "ballast"
    Lake(path).write_strike_rows(snapshot(0))
    refused = 0
    for free in range(12, 0, -1):
        ballast.write_bytes(b"")
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(PAGE))
            except OSError:
                file.truncate(file.tell() - free * PAGE)
        before = volumes(path)
        try:
            Lake(path).write_strike_rows(snapshot(0, volume=1000 + free))
        except LakeError as error:
            refused += 1
            assert "No space left on device" in str(error)  # noqa: PT017
            assert volumes(path) == before
        assert verify_lake(Lake(path)).ok
        assert list(path.rglob("*.tmp")) == []
    assert refused > 2
    ballast.unlink()
    Lake(path).write_strike_rows(snapshot(0, volume=7))
    assert volumes(path) == [7]


@pytest.mark.parametrize("limit", [0, 100, 2000, 8000])
def test_a_file_that_may_not_grow(limit: int, snapshot: Snapshot, tmp_path: Path) -> None:
    Lake(tmp_path).write_strike_rows(snapshot(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(LakeError, match="cannot be written: File too large"):
            Lake(tmp_path).write_strike_rows(snapshot(0, volume=2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert volumes(tmp_path) == [1]
    Lake(tmp_path).write_strike_rows(snapshot(0, volume=2))
    assert volumes(tmp_path) == [2]


def test_a_read_only_file_system(small: Path, snapshot: Snapshot) -> None:
    path = small / "lake"
    Lake(path).write_strike_rows(snapshot(0))
    writes: list[Callable[[], Any]] = [
        lambda: Lake(path).write_strike_rows(snapshot(1)),
        lambda: Lake(small / "other").write_strike_rows(snapshot(1)),
    ]
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)  # noqa: S607
    for write in writes:
        with pytest.raises(LakeError, match="cannot be written: Read-only file system"):
            write()
    assert volumes(path) == [1]
    assert verify_lake(Lake(path)).ok
    subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)  # noqa: S607
    Lake(path).write_strike_rows(snapshot(1))
    assert volumes(path) == [1, 1]
