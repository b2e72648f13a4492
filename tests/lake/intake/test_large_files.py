"""Files larger than memory: read in blocks, spilled, judged and stored day by day, and all of it as if read at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake import spill_buffer
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.reading import delimited

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
DAYS = ("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09")


@pytest.fixture
def chain_of_days(canonical: Write, option: Option) -> Callable[..., str]:
    """Two symbols, five days of twelve strikes; by day, or by strike so that every block has every day."""

    def write(*further: dict[str, str], by: str = "day") -> str:
        rows = [
            option(symbol=symbol, date=day, strike=str(100 + n), volume=str(1 + (n * 7 + number * 11) % 31))
            for number, day in enumerate(DAYS)
            for symbol in ("AAA", "BBB")
            for n in range(12)
        ]
        rows.sort(key=lambda row: row["date"] if by == "day" else row["strike"])
        return canonical(*rows[:50], *further, *rows[50:])

    return write


@pytest.fixture
def spilling(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def on() -> None:
        monkeypatch.setattr(delimited, "BLOCK", 512)
        monkeypatch.setattr(spill_buffer, "MOST_IN_MEMORY", 20)
        monkeypatch.setattr(spill_buffer, "MOST_IN_ANY_ORDER", 20)
        monkeypatch.setattr(spill_buffer, "MOST_BYTES", 0)
        monkeypatch.setattr(spill_buffer, "GROUP_ROWS", 30)

    return on


@pytest.fixture
def both(tmp_path: Path, spilling: Callable[[], None]) -> Callable[..., tuple[FileOutcome, FileOutcome, Lake, Lake]]:
    """What becomes of a file read at once, and spilled; and the lakes."""

    def run(path: str, prepare: Callable[[], None] = spilling) -> tuple[FileOutcome, FileOutcome, Lake, Lake]:
        whole, parts = Lake(tmp_path / "whole"), Lake(tmp_path / "parts")
        at_once = ingest_files(whole, "canonical", [path]).files[0]
        prepare()
        return at_once, ingest_files(parts, "canonical", [path]).files[0], whole, parts

    return run


def everything(lake: Lake) -> pl.DataFrame:
    months = (pl.read_parquet(file) for file in sorted((lake.path / "chains").rglob("*.parquet")))
    return pl.concat(months, how="vertical").sort("symbol", "date", "expiration", "strike")


@pytest.fixture
def in_memory(spilling: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Groups of whole days are held in memory."""

    def on() -> None:
        spilling()
        monkeypatch.setattr(spill_buffer, "MOST_BYTES", 1 << 30)

    return on


@pytest.mark.parametrize("by", ["day", "strike"])
def test_groups_in_memory_differ_in_nothing_either(
    by: str,
    chain_of_days: Write,
    both: Callable[..., tuple[Any, ...]],
    in_memory: Callable[[], None],
) -> None:
    at_once, spilled, whole, parts = both(chain_of_days(by=by), in_memory)
    assert at_once == spilled
    assert everything(whole).equals(everything(parts))


@pytest.mark.parametrize("by", ["day", "strike"])
def test_nothing_differs_from_reading_it_at_once(by: str, chain_of_days: Write, both: Callable[..., tuple]) -> None:  # type: ignore[type-arg]
    at_once, spilled, whole, parts = both(chain_of_days(by=by))
    assert at_once == spilled
    assert (at_once.status, at_once.committed) == ("committed", 120)
    assert everything(whole).equals(everything(parts))


def test_copies_and_contradictions_far_apart_are_found(
    chain_of_days: Write,
    option: Option,
    both: Callable[..., tuple],  # type: ignore[type-arg]
) -> None:
    first = option(symbol="AAA", date=DAYS[0], strike="100", volume="1")
    last = option(symbol="BBB", date=DAYS[4], strike="111", volume="9999")
    bad = option(date=DAYS[2], strike="-1")
    at_once, spilled, _, parts = both(chain_of_days(first, last, bad))
    assert at_once == spilled
    assert (spilled.rows_in, spilled.duplicates, spilled.quarantined, spilled.committed) == (123, 1, 3, 119)
    rows = parts.quarantined_rows()
    assert rows["reasons"].sort().to_list() == ["BAD_STRIKE", "CONFLICTING_ROWS", "CONFLICTING_ROWS"]
    assert rows["row"].sort().to_list() == [52, 53, 123]


def test_a_file_that_is_refused_at_its_end_leaves_nothing(
    chain_of_days: Write, option: Option, spilling: Callable[[], None], lake: Lake
) -> None:
    saturday = [option(date="2026-01-10", expiration="2026-02-20", strike=str(n)) for n in range(1, 13)]
    path = chain_of_days(*saturday)
    spilling()
    found = ingest_files(lake, "canonical", [path]).files[0]
    assert str(found.reason).startswith("NOT_A_SESSION: 2026-01-10")
    assert lake.versions() == {}


def test_a_stray_row_on_a_holiday_is_set_aside_and_its_file_is_not_refused(
    chain_of_days: Write, option: Option, lake: Lake
) -> None:
    path = chain_of_days(option(date="2026-01-19", expiration="2026-02-20"))
    found = ingest_files(lake, "canonical", [path]).files[0]
    assert (found.rows_in, found.committed, found.quarantined) == (121, 120, 1)
    assert lake.quarantined_rows()["reasons"].to_list() == ["NOT_A_SESSION"]


def test_a_copied_day_within_it_is_found(
    canonical: Write, option: Option, spilling: Callable[[], None], lake: Lake
) -> None:
    rows = [option(date=day, strike=str(n), volume=str(n)) for day in DAYS[:2] for n in range(1, 41)]
    path = canonical(*rows)
    spilling()
    assert str(ingest_files(lake, "canonical", [path]).files[0].reason).startswith("COPY_OF_PREVIOUS_DAY")


def test_no_spill_is_left_behind(
    chain_of_days: Write, spilling: Callable[[], None], lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = chain_of_days()
    spills = tmp_path / "spills"
    spills.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spills))
    spilling()
    assert ingest_files(lake, "canonical", [path]).files[0].committed == 120
    assert list(spills.iterdir()) == []
