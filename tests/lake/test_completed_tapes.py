"""Tapes of one day in several files: parts are put together, and the same tape is never counted twice."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome

Row = Callable[..., dict[str, str]]
Write = Callable[..., str]
Taped = Callable[[], pl.DataFrame]


@pytest.fixture
def hours(tape: Write, execution: Row) -> Callable[..., str]:
    """A tape with an execution a minute of one contract, from one minute to another: sizes 1, 2, 3, ..."""

    def write(first: int, last: int, name: str = "", hour: int = 15, **cells: str) -> str:
        rows = [
            execution(time=f"2026-01-08T{hour}:{minute:02d}:00Z", size=str(minute + 1)) | cells
            for minute in range(first, last)
        ]
        return tape(*rows, name=name or f"{first}-{last}-{hour}{''.join(cells.values())}.csv")

    return write


@pytest.fixture
def take(ingest: Callable[..., IngestOutcome]) -> Callable[..., FileOutcome]:
    return lambda path, **options: ingest(path, format_name="prints", **options).files[0]


Take = Callable[..., FileOutcome]
Hours = Callable[..., str]


def test_a_file_an_hour(hours: Hours, take: Take, taped: Taped) -> None:
    first, second = hours(0, 30), hours(30, 60)
    assert [take(path).committed for path in (second, first)] == [30, 30]
    assert taped()["size"].to_list() == list(range(1, 61))
    assert [take(path).status for path in (first, second)] == ["unchanged"] * 2


def test_a_file_a_contract(hours: Hours, take: Take, taped: Taped) -> None:
    take(hours(0, 30))
    assert take(hours(0, 30, strike="105")).committed == 30
    assert taped().height == 60


def test_pages_that_overlap(hours: Hours, take: Take, taped: Taped) -> None:
    take(hours(0, 30))
    found = take(hours(20, 40))
    assert (found.committed, found.duplicates) == (10, 10)
    assert taped()["size"].to_list() == list(range(1, 41))


def test_one_order_filled_twice_stays_two_executions(tape: Write, execution: Row, take: Take, taped: Taped) -> None:
    take(tape(execution(), execution(), name="a.csv"))
    assert take(tape(execution(), name="b.csv")).status == "unchanged"
    assert take(tape(execution(), execution(), execution(), name="c.csv")).committed == 1
    assert taped().height == 3


def test_the_same_executions_with_other_values_are_restated(hours: Hours, take: Take, taped: Taped) -> None:
    take(hours(0, 30))
    found = take(hours(0, 30, iv="0.3"))
    assert (found.committed, found.warnings["RESTATED"], taped().height) == (30, 30, 30)


def test_a_tape_read_in_another_time_zone_is_not_added_to_itself(hours: Hours, take: Take, taped: Taped) -> None:
    take(hours(0, 30))
    found = take(hours(0, 30, hour=19))
    assert str(found.reason).startswith("DAY_DIFFERS: AAA on 2026-01-08: 30 of its 30 prints are not in the lake")
    assert taped().height == 30
    assert take(hours(0, 30, hour=19), days="replace").warnings["DROPPED"] == 30
    assert (taped().height, taped()["time"].dt.hour().unique().to_list()) == (30, [19])


def test_another_selection_of_the_same_time_is_refused(hours: Hours, tape: Write, execution: Row, take: Take) -> None:
    take(hours(0, 30))
    odd = tape(execution(time="2026-01-08T15:10:30Z", size="500"), name="large.csv")
    assert str(take(odd).reason).startswith("DAY_DIFFERS")
    assert take(odd, days="update").committed == 1


def test_tapes_of_one_command_that_contradict_each_other(
    hours: Hours, ingest: Callable[..., IngestOutcome], lake: Lake
) -> None:
    found = ingest(hours(0, 30), hours(0, 30, iv="0.3"), hours(30, 60), format_name="prints")
    assert [file.status for file in found.files] == ["committed", "rejected", "committed"]
    assert lake.tape()["prints"].to_list() == [60]
