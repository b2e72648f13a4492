"""A lake may lie in a folder of any name."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import LakeError
from flowbt.lake import Lake

NAMES = ["plain", "c d", "ünï çödé", "x#y", "q?z", "{m}", "p+q"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_can_be_read_and_compared(
    name: str, tmp_path: Path, chain: Callable[..., pl.DataFrame], bars: Callable[..., pl.DataFrame]
) -> None:
    lake, rows = Lake(tmp_path / name), chain({100: {"call_volume": 5}})
    assert lake.write_strike_rows(rows)["state"].to_list() == ["new"]
    assert lake.write_strike_rows(rows)["state"].to_list() == ["unchanged"]
    lake.write_bars(bars([10.0, 11.0]))
    assert lake.symbols() == ["AAA"]
    assert lake.bars().height == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a%20b", "a[1]b"])
def test_a_name_that_delta_lake_cannot_take_is_refused_before_anything_is_written(
    name: str, tmp_path: Path, chain: Callable[..., pl.DataFrame]
) -> None:
    with pytest.raises(LakeError, match="name another"):
        Lake(tmp_path / name).write_strike_rows(chain({100: {"call_volume": 5}}))
    assert list(tmp_path.iterdir()) == []


def test_a_lake_that_cannot_be_written_is_told(tmp_path: Path, chain: Callable[..., pl.DataFrame]) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "chains").write_text("in the way")
    with pytest.raises(LakeError, match="cannot be written"):
        Lake(tmp_path / "lake").write_strike_rows(chain({100: {"call_volume": 5}}))
