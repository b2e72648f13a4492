"""Tapes brought in: what becomes of a day that is there already, and of tapes beside other files."""

from collections.abc import Callable, Sequence

import polars as pl

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome

Row = Callable[..., dict[str, str]]
Write = Callable[..., str]
Ingest = Callable[..., IngestOutcome]
Taped = Callable[[], pl.DataFrame]


def statuses(outcome: IngestOutcome) -> list[str]:
    return [file.status for file in outcome.files]


def test_totals_are_in_prints(tape: Write, execution: Row, ingest: Ingest) -> None:
    found = ingest(
        tape(execution(id="1"), execution(id="1"), execution(), execution(), execution(canceled="t"), name="a.csv"),
        tape(execution(time="2026-01-09T14:30:00Z"), execution(size="0"), name="b.csv"),
        format_name="prints",
    )
    assert found.totals == {
        "files": 2,
        "rejected": 0,
        "rows_in": 7,
        "committed": 4,
        "quarantined": 2,
        "duplicates": 1,
        "actions": 0,
    }
    assert found.version == 0


def test_again_changes_nothing(tape: Write, execution: Row, ingest: Ingest, lake: Lake) -> None:
    path = tape(execution(), execution(), execution(canceled="t"))
    ingest(path, format_name="prints")
    versions = lake.versions()
    again = ingest(path, format_name="prints").files[0]
    assert (again.status, again.committed, again.quarantined, again.duplicates) == ("unchanged", 0, 1, 2)
    assert lake.versions() == versions


def test_a_fuller_tape_completes_its_day(tape: Write, execution: Row, ingest: Ingest, taped: Taped) -> None:
    ingest(tape(execution(size="1")), format_name="prints")
    found = ingest(tape(execution(size="1"), execution(size="2")), format_name="prints").files[0]
    assert (found.committed, found.duplicates, found.warnings) == (1, 1, {})
    assert taped()["size"].to_list() == [1, 2]


def test_of_two_tapes_with_one_day_the_second_is_refused(
    tape: Write, execution: Row, ingest: Ingest, taped: Taped
) -> None:
    paths = [tape(execution(size=size), name=f"{size}.csv") for size in "12"]
    found = ingest(*paths, format_name="prints")
    assert statuses(found) == ["committed", "rejected"]
    assert (found.files[1].reason or "").startswith(f"DAY_IN_TWO_FILES: AAA on 2026-01-08 is also in {paths[0]}")
    assert taped()["size"].to_list() == [1]


def test_the_same_tape_under_two_names_is_stored_once(
    tape: Write, execution: Row, ingest: Ingest, taped: Taped
) -> None:
    paths = [tape(execution(), execution(), name=name) for name in ("a.csv", "b.csv")]
    assert statuses(ingest(*paths, format_name="prints")) == ["committed", "unchanged"]
    assert taped().height == 2


def test_a_dry_run_judges_and_writes_nothing(tape: Write, execution: Row, ingest: Ingest, lake: Lake) -> None:
    found = ingest(tape(execution(), execution(price="0")), format_name="prints", dry_run=True)
    assert (found.totals["committed"], found.totals["quarantined"], found.version) == (1, 1, -1)
    assert not lake.path.exists()


def test_a_chain_and_a_tape_of_one_day_lie_side_by_side(
    canonical: Write, tape: Write, option: Row, execution: Row, ingest: Ingest, lake: Lake
) -> None:
    paths = [canonical(option(), name="a.csv"), tape(execution(), name="b.csv")]
    assert statuses(ingest(*paths, format_name="auto")) == ["committed", "committed"]
    assert lake.versions() == {"chains": 0, "prints": 0}


def test_a_tape_of_a_closed_day_is_refused_with_its_reason(tape: Write, execution: Row, ingest: Ingest) -> None:
    saturday = [execution(time=f"2026-01-10T14:30:0{n}Z") for n in range(3)]
    found = ingest(tape(*saturday), format_name="prints", max_quarantine=0.05).files[0]
    assert str(found.reason).startswith("TOO_MANY_BAD_ROWS: 3 of 3 rows cannot be used (3 NOT_A_SESSION). ")
    assert "--exchange" in str(found.reason)


def test_a_day_like_the_one_before_is_no_copy(tape: Write, execution: Row, ingest: Ingest) -> None:
    paths = [
        tape(*(execution(time=f"{day}T14:30:00Z", strike=str(90 + n)) for n in range(30)), name=f"{day}.csv")
        for day in ("2026-01-08", "2026-01-09")
    ]
    assert statuses(ingest(*paths, format_name="prints")) == ["committed", "committed"]


def test_canceled_prints_can_be_read_again_in_quarantine(
    tape: Write, execution: Row, ingest: Ingest, lake: Lake, quarantine: Callable[[], Sequence[str]]
) -> None:
    ingest(tape(execution(), execution(canceled="t", size="77")), format_name="prints")
    assert quarantine() == ["CANCELED"]
    record = pl.scan_delta(str(lake.path / "quarantine")).collect()["record"].item()
    assert '"size":77' in record
