"""Bringing files in: which files are meant, what becomes of units that are there already, what a dry run leaves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake import Lake
from flowbt.lake.intake import batch
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.lake.reading import find_sources
from flowbt.lake.vendors import format_named

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
Ingest = Callable[..., IngestOutcome]
Pair = Callable[..., dict[str, Any]]


def statuses(outcome: IngestOutcome) -> list[str]:
    return [file.status for file in outcome.files]


def test_totals_add_the_files_up(canonical: Write, vendor_file: Write, option: Option, ingest: Ingest) -> None:
    found = ingest(
        canonical(option(), option(), option(strike="-1"), name="a.csv"),
        canonical(option(date="2026-01-09"), name="b.csv"),
        vendor_file("c.csv", "nonsense"),
    )
    assert found.totals == {
        "files": 3,
        "rejected": 1,
        "rows_in": 4,
        "committed": 2,
        "quarantined": 1,
        "duplicates": 1,
        "actions": 0,
    }


def test_many_files_are_one_commit(canonical: Write, option: Option, ingest: Ingest, lake: Lake) -> None:
    ingest(*(canonical(option(date=f"2026-01-0{day}"), name=f"{day}.csv") for day in (5, 6, 7, 8)))
    assert lake.versions() == {"chains": 0}


def test_files_beyond_a_batch_are_stored_too(
    canonical: Write, option: Option, ingest: Ingest, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH_ROWS", 2)
    found = ingest(*(canonical(option(date=f"2026-01-0{day}"), name=f"{day}.csv") for day in (5, 6, 7, 8, 9)))
    assert statuses(found) == ["committed"] * 5
    assert lake.snapshots().height == 5
    assert found.version == 2


def test_again_changes_nothing(canonical: Write, option: Option, ingest: Ingest, lake: Lake) -> None:
    path = canonical(option(), option(strike="-1"))
    first = ingest(path)
    again = ingest(path)
    assert (statuses(first), statuses(again)) == (["committed"], ["unchanged"])
    assert (again.files[0].committed, again.files[0].duplicates, again.files[0].quarantined) == (0, 1, 1)
    assert lake.versions() == {"chains": 0, "quarantine": 0}


def test_a_file_of_bad_rows_only_changes_nothing_again(
    canonical: Write, option: Option, ingest: Ingest, lake: Lake
) -> None:
    ingest(canonical(option(), name="good.csv"))
    path = canonical(option(strike="-1"), name="bad.csv")
    ingest(path)
    versions = lake.versions()
    ingest(path)
    assert lake.versions() == versions


def test_a_file_of_which_one_day_is_new(canonical: Write, option: Option, ingest: Ingest) -> None:
    ingest(canonical(option()))
    found = ingest(canonical(option(), option(date="2026-01-09"))).files[0]
    assert (found.status, found.committed, found.duplicates) == ("committed", 1, 1)


def test_the_same_file_under_two_names_is_stored_once(canonical: Write, option: Option, ingest: Ingest) -> None:
    paths = [canonical(option(), name=name) for name in ("a.csv", "b.csv")]
    assert statuses(ingest(*paths)) == ["committed", "unchanged"]


def test_chains_and_bars_in_one_run(
    canonical: Write, vendor_file: Write, option: Option, ingest: Ingest, lake: Lake
) -> None:
    chain = canonical(option(), name="a.csv")
    bars = vendor_file("AAA_bars.csv", "date,open,high,low,close\n2026-01-08,1,2,1,2\n")
    assert statuses(ingest(chain, bars, format_name="auto")) == ["committed", "committed"]
    assert lake.versions() == {"chains": 0, "prices": 0}


def test_a_dry_run_judges_and_writes_nothing(canonical: Write, option: Option, ingest: Ingest, lake: Lake) -> None:
    found = ingest(canonical(option(), option(strike="-1")), dry_run=True)
    assert (found.totals["committed"], found.totals["quarantined"], found.version) == (1, 1, -1)
    assert not lake.path.exists()


def test_a_dry_run_notices_a_copied_day(canonical: Write, option: Option, ingest: Ingest) -> None:
    paths = [
        canonical(*(option(date=day, strike=str(n), volume=str(n)) for n in range(1, 41)), name=f"{day}.csv")
        for day in ("2026-01-08", "2026-01-09")
    ]
    assert statuses(ingest(*paths, dry_run=True)) == ["committed", "rejected"]


def test_progress_is_told_file_by_file(canonical: Write, option: Option, lake: Lake) -> None:
    paths = [canonical(option(), name=name) for name in ("a.csv", "b.csv")]
    told: list[tuple[int, int]] = []
    ingest_files(lake, "canonical", paths, on_file=lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_path_that_does_not_exist(ingest: Ingest) -> None:
    with pytest.raises(FlowbtError, match=r"no file or folder '.*nowhere.csv': check the path"):
        ingest("nowhere.csv")


def test_a_folder_without_such_files(vendor_file: Write, ingest: Ingest) -> None:
    folder = Path(vendor_file("notes.md", "hello")).parent
    with pytest.raises(FlowbtError, match="no files to ingest"):
        ingest(str(folder))


def test_an_unknown_format(canonical: Write, option: Option, ingest: Ingest) -> None:
    with pytest.raises(UnknownNameError, match="unknown format 'cannonical'; did you mean 'canonical'"):
        ingest(canonical(option()), format_name="cannonical")


def test_a_file_no_format_knows(vendor_file: Write, ingest: Ingest) -> None:
    found = ingest(vendor_file("notes.txt", "hello"), format_name="auto")
    assert (found.files[0].reason or "").startswith("UNKNOWN_FORMAT: no known format fits")


def test_a_path_that_cannot_be_opened(ingest: Ingest, tmp_path: Path) -> None:
    link = tmp_path / "loop.csv"
    link.symlink_to(link)
    with pytest.raises(FlowbtError, match=r"loop.csv"):
        ingest(str(link))


@pytest.fixture
def tree(vendor_file: Write) -> Path:
    """Files of two days in folders, in both cases, and one that is no chain."""
    for name in ("2026-01-09/AAA.json", "2026-01-08/aaa.JSON", "2026-01-08/BBB.json", "2026-01-08/notes.txt"):
        vendor_file(name, "{}")
    return Path(vendor_file("README", "")).parent


def found(tree: Path, *paths: Path) -> list[str]:
    sources = find_sources([str(path) for path in paths], format_named("riskalert-json").suffixes, lambda _: True)
    return [str(source.path.relative_to(tree)) for source in sources]


def test_a_folder_means_its_files_with_the_formats_ending(tree: Path) -> None:
    assert found(tree, tree) == ["2026-01-08/BBB.json", "2026-01-08/aaa.JSON", "2026-01-09/AAA.json"]


def test_a_glob(tree: Path) -> None:
    assert found(tree, tree / "*" / "AAA.json") == ["2026-01-09/AAA.json"]


def test_a_recursive_glob(tree: Path) -> None:
    assert found(tree, tree / "**" / "*.json") == ["2026-01-08/BBB.json", "2026-01-09/AAA.json"]


def test_a_file_meant_twice_is_taken_once(tree: Path) -> None:
    path = tree / "2026-01-09" / "AAA.json"
    assert len(found(tree, path, path, tree / "2026-01-09")) == 1


@pytest.mark.parametrize("symbol", ["AAA", "aaa"])
def test_a_symbol_means_its_files_in_any_case(
    symbol: str, riskalert: Write, pair: Pair, ingest: Ingest, stored: Callable[[], pl.DataFrame]
) -> None:
    for name in ("2026-01-08/aaa.json", "2026-01-08/BBB.json"):
        folder = Path(riskalert(pair(), name=name)).parent
    assert len(ingest(str(folder), format_name="riskalert-json", symbol=symbol).files) == 1
    assert set(stored()["symbol"]) == {"AAA"}
