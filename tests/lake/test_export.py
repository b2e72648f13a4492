"""Plain files for other programs."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flowbt.errors import FlowbtError, LakeError, StoreDamagedError
from flowbt.lake import Lake
from flowbt.lake.export import Export, export_table, harmless
from flowbt.schema import CHAIN_ROWS, PRICE_BARS

Chain = Callable[..., pl.DataFrame]
JAN, FEB = date(2026, 1, 5), date(2026, 2, 2)


@pytest.fixture
def lake(tmp_path: Path, chain: Chain, bars: Chain) -> Lake:
    lake = Lake(tmp_path / "lake")
    for day in (JAN, FEB):
        lake.write_strike_rows(
            pl.concat(chain({100: {"call_volume": 1}}, day=day, symbol=name) for name in ("A/B", "C"))
        )
    lake.write_bars(bars([1.0] * 25, symbol="C"))
    row = {"file": "=cmd()", "format": "canonical", "row": 1, "reason": "BAD", "reasons": "BAD", "record": "{}"}
    lake.quarantine(pl.DataFrame([row]))
    return lake


def test_a_hive_of_parquet(lake: Lake, tmp_path: Path) -> None:
    exported = export_table(lake, tmp_path / "out")
    files = ("month=2026-01/chains.parquet", "month=2026-02/chains.parquet")
    assert exported == Export("chains", 4, files)
    found = pl.read_parquet(tmp_path / "out")
    assert found.drop("month").schema == CHAIN_ROWS
    assert found.height == 4
    query = "SELECT month, count(*) FROM read_parquet(?, hive_partitioning=true) GROUP BY 1 ORDER BY 1"
    assert [n for _, n in duckdb.execute(query, [str(tmp_path / "out/*/*.parquet")]).fetchall()] == [2, 2]


def test_symbols_and_days(lake: Lake, tmp_path: Path) -> None:
    exported = export_table(lake, tmp_path / "out", symbols=["A/B"], first=FEB, last=FEB)
    assert (exported.rows, exported.files) == (1, ("month=2026-02/chains.parquet",))
    assert pl.read_parquet(tmp_path / "out")["symbol"].to_list() == ["A/B"]


def test_a_table_without_months_is_cut_by_its_dates(lake: Lake, tmp_path: Path) -> None:
    exported = export_table(lake, tmp_path / "out", table="prices", file_format="csv")
    assert exported.files == ("month=2026-01/prices.csv", "month=2026-02/prices.csv")
    parts = [pl.read_csv(tmp_path / "out" / file, schema=PRICE_BARS) for file in exported.files]
    assert pl.concat(parts).equals(lake.bars())


def test_a_table_without_days_is_one_file(lake: Lake, tmp_path: Path) -> None:
    assert export_table(lake, tmp_path / "out", table="quarantine", file_format="csv").files == ("quarantine.csv",)
    assert (tmp_path / "out" / "quarantine.csv").read_text().splitlines()[1].startswith("'=cmd()")
    with pytest.raises(FlowbtError, match="has no symbols: leave out --symbols"):
        export_table(lake, tmp_path / "other", table="quarantine", symbols=["C"])


def test_text_that_a_spreadsheet_would_run() -> None:
    cells = ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "a=1", "", None, "'=1", "$1"]
    frame = harmless(pl.LazyFrame({"text": cells, "number": [-1.5] * len(cells)})).collect()
    assert frame["text"].to_list() == ["'=1+1", "'+1", "'-1", "'@a", "'\ta", "'\ra", "a=1", "", None, "'=1", "$1"]
    assert set(frame["number"]) == {-1.5}


def test_as_of(lake: Lake, tmp_path: Path) -> None:
    assert export_table(Lake(lake.path, 0), tmp_path / "out").rows == 2


def test_nothing_is_overwritten(lake: Lake, tmp_path: Path) -> None:
    export_table(lake, tmp_path / "out")
    for path in (tmp_path / "out", tmp_path / "out" / "month=2026-01" / "chains.parquet"):
        with pytest.raises(FlowbtError, match="is not empty"):
            export_table(lake, path)


def test_what_is_not_there(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="has no table 'prints': it has chains, prices"):
        export_table(lake, tmp_path / "out", table="prints")
    with pytest.raises(FlowbtError, match="unknown table 'chain'; did you mean 'chains'"):
        export_table(lake, tmp_path / "out", table="chain")
    with pytest.raises(FlowbtError, match="unknown format 'cvs'; did you mean 'csv'"):
        export_table(lake, tmp_path / "out", file_format="cvs")


def test_a_damaged_file_is_named(lake: Lake, tmp_path: Path) -> None:
    min((lake.path / "chains").rglob("*.parquet")).write_bytes(b"")
    with pytest.raises(StoreDamagedError, match=r"'chains/month=2026-01/.*' of the lake cannot be read"):
        export_table(lake, tmp_path / "out")
