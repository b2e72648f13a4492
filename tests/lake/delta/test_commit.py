"""What a commit leaves on the disk: a Delta log that others read, a chain of entries, HEAD; and which writer comes first."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake import Lake, store
from flowbt.lake.delta.commit import Commit
from flowbt.lake.delta.local import Disk, StagedFile
from flowbt.lake.delta.tables import CHAINS, QUARANTINE
from flowbt.lake.derived_columns import as_stored
from flowbt.lake.verify import verify_lake
from flowbt.schema import STORED_ORDER, STRIKE_ROWS

MON, TUE, FEB = date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 2)
Chain = Callable[..., pl.DataFrame]


@pytest.fixture
def snapshot(chain: Chain) -> Chain:
    return lambda day=MON, volume=1, symbol="AAA": chain(
        {100: {"call_volume": volume}, 105: {"call_volume": volume}}, day=day, symbol=symbol
    )


@pytest.fixture
def log(lake: Lake) -> Path:
    return lake.path / "chains" / "_delta_log"


def entries(log: Path) -> list[Path]:
    return sorted(log.glob("*.json"))


def commit_info(entry: Path) -> dict[str, object]:
    found = json.loads(entry.read_bytes().splitlines()[0])["commitInfo"]
    assert isinstance(found, dict)
    return found


def test_every_delta_reader_sees_the_same_files(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(FEB)]))
    lake.write_strike_rows(pl.concat([snapshot(MON, 2), snapshot(TUE)]))
    state = lake.ledger.state(CHAINS)
    assert state is not None
    ours = [str(lake.path / "chains" / file.path) for file in state.files]
    delta = DeltaTable(str(lake.path / "chains"))
    assert sorted(delta.file_uris()) == ours
    assert (delta.version(), delta.count()) == (1, sum(file.rows for file in state.files))
    expected = pl.concat([snapshot(MON, 2), snapshot(TUE), snapshot(FEB)])
    for read in (pl.read_delta(str(lake.path / "chains")), pl.scan_delta(str(lake.path / "chains")).collect()):
        assert read.select(*STRIKE_ROWS).sort(STORED_ORDER).equals(expected)
    count = duckdb.execute("SELECT count(*), sum(call_volume) FROM read_parquet(?)", [delta.file_uris()]).fetchone()
    assert count == (6, 8)


def test_others_prune_by_the_statistics_of_the_log(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(TUE, symbol="BBB"))
    found = pl.scan_delta(str(lake.path / "chains")).filter(pl.col("symbol") == "BBB", pl.col("date") == TUE).collect()
    assert found.height == 2
    assert DeltaTable(str(lake.path / "chains")).file_uris(file_pruning_predicate=[("month", "=", "2026-02")]) == []


def test_expired_log_entries_are_never_cleaned_up(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot())
    configuration = DeltaTable(str(lake.path / "chains")).metadata().configuration
    assert configuration == {"delta.enableExpiredLogCleanup": "false"}


def test_a_file_is_named_for_its_version_and_bytes(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(TUE))
    for version, file in enumerate(sorted((lake.path / "chains" / "month=2026-01").iterdir())):
        assert file.name == f"{version:020d}-{hashlib.sha256(file.read_bytes()).hexdigest()}.parquet"


def test_entries_make_a_chain_that_ends_in_head(lake: Lake, log: Path, snapshot: Chain) -> None:
    for day in (MON, TUE, FEB):
        lake.write_strike_rows(snapshot(day))
    hashes = [hashlib.sha256(entry.read_bytes()).hexdigest() for entry in entries(log)]
    assert [commit_info(entry)["previous"] for entry in entries(log)] == ["", *hashes[:-1]]
    head = json.loads((lake.path / "chains" / "HEAD").read_text())
    assert (head["version"], head["sha256"]) == (2, hashes[-1])


def test_facts_come_back_with_the_commits(lake: Lake, snapshot: Chain) -> None:
    accounting = json.dumps([{"path": "a\nb.csv", "rows_in": 4, "symbol": "ü"}])
    lake.write_strike_rows(snapshot(), {"files": accounting})
    commits = lake.commits("chains")
    assert [(row["version"], row["operation"], row["facts"]) for row in commits] == [
        (0, "WRITE", {"files": accounting})
    ]
    assert DeltaTable(str(lake.path / "chains")).history()[0]["facts"] == {"files": accounting}


def test_times_never_go_back(lake: Lake, snapshot: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write_strike_rows(snapshot(MON))
    monkeypatch.setattr("flowbt.lake.delta.commit.time.time_ns", lambda: 0)
    lake.write_strike_rows(snapshot(TUE))
    first, second = (row["timestamp"] for row in lake.commits())
    assert first < second


def test_nothing_is_left_beside_the_files(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(MON, 2))
    assert list(lake.path.rglob("*.tmp")) == []


def test_who_finds_the_version_taken_compares_again(
    lake: Lake, snapshot: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer comes in between comparing and committing, as where there are no locks."""
    other, create, turns = Lake(lake.path), StagedFile.create, [0]

    def late(staged: StagedFile) -> None:
        turns[0] += 1
        if turns[0] == 1:
            monkeypatch.setattr(Disk, "lock", unlocked)
            other.write_strike_rows(pl.concat([snapshot(MON), snapshot(FEB)]))
        create(staged)

    monkeypatch.setattr(StagedFile, "create", late)
    written = lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE)]))
    assert written["state"].to_list() == ["unchanged", "new"]
    assert lake.snapshots().rows() == Lake(lake.path).snapshots().rows()
    assert lake.snapshots()["strikes"].to_list() == [2, 2, 2]
    assert lake.versions() == {"chains": 1}


@contextmanager
def unlocked(_: Disk) -> Iterator[None]:
    yield


def test_a_commit_without_acknowledgement_counts_and_the_next_write_acknowledges_it(
    lake: Lake, snapshot: Chain
) -> None:
    lake.write_strike_rows(snapshot(MON))
    head = (lake.path / "chains" / "HEAD").read_bytes()
    lake.write_strike_rows(snapshot(TUE))
    newest = (lake.path / "chains" / "HEAD").read_bytes()
    (lake.path / "chains" / "HEAD").write_bytes(head)
    assert Lake(lake.path).snapshots().height == 2
    assert Lake(lake.path).write_strike_rows(snapshot(TUE))["state"].to_list() == ["unchanged"]
    assert (lake.path / "chains" / "HEAD").read_bytes() == newest


def test_a_first_commit_without_acknowledgement_counts(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    (lake.path / "chains" / "HEAD").unlink()
    assert Lake(lake.path).snapshots().height == 1


def empty(path: Path) -> None:
    path.write_bytes(b"")


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [empty, halve, flip, Path.unlink])
@pytest.mark.parametrize("name", ["_delta_log/00000000000000000000.json", "_delta_log/00000000000000000001.json", "_delta_log/00000000000000000002.json", "HEAD"])  # fmt: skip
def test_a_damaged_log_is_noticed_on_opening(
    name: str, damage: Callable[[Path], None], lake: Lake, snapshot: Chain
) -> None:
    for day in (MON, TUE, FEB):
        lake.write_strike_rows(snapshot(day))
    damage(lake.path / "chains" / name)
    with pytest.raises(StoreDamagedError, match=r"table 'chains' of the lake at .* is damaged: .*; restore it"):
        Lake(lake.path).snapshots()
    with pytest.raises(StoreDamagedError):
        Lake(lake.path).write_strike_rows(snapshot(MON))


def test_an_older_log_put_back_is_noticed(lake: Lake, log: Path, snapshot: Chain) -> None:
    for day in (MON, TUE):
        lake.write_strike_rows(snapshot(day))
    entries(log)[-1].unlink()
    with pytest.raises(StoreDamagedError, match="version 1 was acknowledged"):
        Lake(lake.path).snapshots()


def test_another_commit_in_place_of_the_acknowledged_one_is_noticed(
    lake: Lake, log: Path, snapshot: Chain, tmp_path: Path
) -> None:
    lake.write_strike_rows(snapshot(MON))
    other = Lake(shutil.copytree(lake.path, tmp_path / "other"))
    lake.write_strike_rows(snapshot(TUE))
    other.write_strike_rows(snapshot(FEB))
    shutil.copyfile(entries(other.path / "chains" / "_delta_log")[-1], entries(log)[-1])
    with pytest.raises(StoreDamagedError, match="entry 1 of its log is not the one that was acknowledged"):
        Lake(lake.path).snapshots()
    assert {"chains/HEAD"} < {row.path for row in verify_lake(lake).damaged}


def test_a_table_that_another_program_wrote_is_refused(lake: Lake, snapshot: Chain) -> None:
    snapshot().write_delta(str(lake.path / "chains"))
    with pytest.raises(LakeError, match="was written by another version of flowbt or by another program"):
        lake.snapshots()


def test_a_restatement_leaves_other_files_of_the_month_alone(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(snapshot(MON))
    lake.write_strike_rows(snapshot(TUE))
    before = set((lake.path / "chains" / "month=2026-01").iterdir())
    lake.write_strike_rows(snapshot(MON, 2))
    after = DeltaTable(str(lake.path / "chains")).file_uris()
    assert len(after) == 2
    assert len({str(path) for path in before} & set(after)) == 1


def test_a_failed_write_removes_its_files(lake: Lake, snapshot: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write_strike_rows(snapshot(MON))
    before = sorted(lake.path.rglob("*"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Commit, "finish", fail)
        with pytest.raises(
            LakeError, match=r"cannot be written: No space left on device; earlier commits are unchanged"
        ):
            lake.write_strike_rows(snapshot(TUE))
    assert sorted(lake.path.rglob("*")) == before
    assert lake.write_strike_rows(snapshot(TUE))["state"].to_list() == ["new"]


def test_another_polars_may_hash_the_same_rows_differently(
    lake: Lake, snapshot: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE)]))
    hashes = pl.DataFrame.hash_rows
    monkeypatch.setattr(pl.DataFrame, "hash_rows", lambda frame: hashes(frame, seed=1))
    written = lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE, 2)]))
    assert written["state"].to_list() == ["unchanged", "restated"]


def test_what_the_lake_adds_is_no_content(lake: Lake, snapshot: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write_strike_rows(snapshot(MON))
    monkeypatch.setattr(
        store,
        "as_stored",
        lambda *given: as_stored(*given).with_columns(stale_open_interest=True, snapshot_hash=pl.lit(1, pl.Int64)),
    )
    assert lake.write_strike_rows(snapshot(MON))["state"].to_list() == ["unchanged"]


def test_damage_is_not_written_anew(lake: Lake, snapshot: Chain) -> None:
    lake.write_strike_rows(pl.concat([snapshot(MON), snapshot(TUE)]))
    (file,) = (lake.path / "chains" / "month=2026-01").iterdir()
    rename_writer(file)
    with pytest.raises(StoreDamagedError, match="its bytes were changed"):
        lake.write_strike_rows(pl.concat([snapshot(MON, 2)]))


def rename_writer(file: Path) -> None:
    """Change the file so that it reads as before."""
    head, found, rest = file.read_bytes().rpartition(b"Polars")
    assert found
    file.write_bytes(head + b"polars" + rest)


def test_quarantine_keeps_equal_rows_of_one_write_and_adds_them_once(lake: Lake) -> None:
    row = {"file": "f", "format": "canonical", "row": 1, "reason": "BAD", "reasons": "BAD", "record": None}
    rows = pl.DataFrame([row, row], schema=dict(QUARANTINE.columns))
    for _ in range(2):
        Lake(lake.path).quarantine(rows)
    assert lake.quarantined() == 2
    assert lake.versions() == {"quarantine": 0}
