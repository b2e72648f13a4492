"""Several processes write at once: the same, and different things; with the lock, and with the version check alone."""

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tests.faults import writer
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.verify import verify_lake

PROCESSES, BATCHES = 4, tries(20, 60)


def run_all(forked: ForkServerContext, lake: Path, batches: list[list[list[int]]], *, locked: bool) -> None:
    processes = [forked.Process(target=writer.write_batches, args=(lake, own, locked)) for own in batches]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)


@pytest.mark.parametrize("locked", [True, False])
def test_identical_batches_are_applied_once(forked: ForkServerContext, tmp_path: Path, locked: bool) -> None:
    batches = [[2 * number, 2 * number + 1] for number in range(BATCHES)]
    run_all(forked, tmp_path, [batches] * PROCESSES, locked=locked)
    found = Lake(tmp_path)
    assert found.snapshots()["strikes"].to_list() == [2] * (2 * BATCHES)
    assert found.versions() == {"chains": BATCHES - 1}
    assert verify_lake(found).ok


@pytest.mark.parametrize("locked", [True, False])
def test_different_days_are_all_there(forked: ForkServerContext, tmp_path: Path, locked: bool) -> None:
    batches = [[[PROCESSES * number + own] for number in range(15)] for own in range(PROCESSES)]
    run_all(forked, tmp_path, batches, locked=locked)
    found = Lake(tmp_path)
    assert found.snapshots()["strikes"].to_list() == [2] * 60
    assert found.versions() == {"chains": 59}
    assert verify_lake(found).ok


@pytest.mark.parametrize("locked", [True, False])
def test_parts_of_the_same_days_are_all_there(forked: ForkServerContext, tmp_path: Path, locked: bool) -> None:
    """Each process has a contract of its own in every one of five days, and one that all of them have."""
    processes = [
        forked.Process(
            target=writer.bring_in_parts,
            args=(tmp_path, [(strike, day) for day in range(5) for strike in (100 + own, 200)], locked),
        )
        for own in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    found = Lake(tmp_path)
    assert found.snapshots()["strikes"].to_list() == [PROCESSES + 1] * 5
    assert verify_lake(found).ok
