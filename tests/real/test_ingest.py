"""What became of the real files: which are refused and why, and that every row is accounted for."""

from pathlib import Path

import duckdb
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files

CLOSED = {"2026-05-25": "NOT_A_SESSION", "2026-06-19": "COPY_OF_PREVIOUS_DAY", "2026-07-03": "COPY_OF_PREVIOUS_DAY"}


def code_of(reason: str | None) -> str:
    return (reason or "").partition(":")[0]


def test_all_files_but_those_of_closed_days_are_committed(ingested: IngestOutcome) -> None:
    refused = {
        (Path(file.path).parent.name, Path(file.path).stem.upper()): code_of(file.reason)
        for file in ingested.files
        if file.status != "committed"
    }
    assert refused == {(day, symbol): code for day, code in CLOSED.items() for symbol in ("IWM", "TLT")}


def test_every_row_is_accounted_for(ingested: IngestOutcome, raw: duckdb.DuckDBPyConnection) -> None:
    in_files = raw.sql("SELECT count(*) FROM contract").fetchall()[0][0]
    totals = ingested.totals
    assert totals["rows_in"] == in_files
    assert totals["committed"] + totals["quarantined"] + totals["duplicates"] == in_files


def test_the_lake_holds_what_was_committed(
    real_lake: Lake, ingested: IngestOutcome, raw: duckdb.DuckDBPyConnection
) -> None:
    held = real_lake.contents()
    per_snapshot = raw.sql("SELECT symbol, date, count(*) FROM contract GROUP BY ALL ORDER BY ALL").fetchall()
    assert held.select("symbol", "date", "contracts").rows() == per_snapshot
    assert held["contracts"].sum() == ingested.totals["committed"]


def test_all_sessions_of_both_symbols_are_there(real_lake: Lake, ingested: IngestOutcome) -> None:
    assert ingested.files
    assert real_lake.snapshots().group_by("symbol").len().sort("symbol").rows() == [("IWM", 62), ("TLT", 62)]


@pytest.mark.parametrize("format_name", ["riskalert-json", "auto"])
def test_ingesting_again_changes_nothing(
    format_name: str, real_lake: Lake, ingested: IngestOutcome, chain_files: list[str]
) -> None:
    versions = real_lake.versions()
    again = ingest_files(real_lake, format_name, [pattern.replace("*", "2026-06-*") for pattern in chain_files])
    first = {file.path: file for file in ingested.files}
    assert real_lake.versions() == versions
    assert {file.status for file in again.files} == {"unchanged", "rejected"}
    assert all(file.duplicates == first[file.path].rows_in for file in again.files if file.status == "unchanged")
    assert again.totals["committed"] == 0
