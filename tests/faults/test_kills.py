"""Writers that are killed with SIGKILL, at any moment or before any call that changes the disk, alone or two at a time.

No acknowledged day may be lost, no day half visible; the lake opens, a rerun completes it, and every byte is as it was written.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random

import pytest
from tests.faults import writer
from tests.full import FULL, tries

from flowbt.calendar import sessions
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.verify import verify_lake

CALLS = 60
"""Half of the kills are at a call that changes the disk, each of the first ones (two commits) in its turn; half at any moment."""
KILLS = tries(60, 250)
"""Of one writer, and of two. With each commit every call has its turn once: odd ones with one writer, even ones with two."""
DAYS = 6
ROWS = 4
HEADER = "symbol,date,expiration,strike,option_type,last,volume,open_interest,underlying_price"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """A canonical file a day; no day is like the one before."""
    folder = tmp_path_factory.mktemp("vendor")
    made = []
    first = date(2026, 1, 5)
    for place, day in enumerate(sessions(first, first + timedelta(days=60))[: DAYS * 7 : 7]):
        rows = [
            f"AAA,{day},2027-01-15,{strike},{side},{place + 1}.5,{10 * place + 1},{50 + place},{100 + place}"
            for strike in (100, 105)
            for side in ("call", "put")
        ]
        path = folder / f"{day}.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n")
        made.append(str(path))
    return made


def days_of(lake: Path) -> set[str]:
    """The days that are there, each of which must be there whole."""
    found = Lake(lake).contents()
    assert set(found["contracts"]) <= {ROWS}
    return {f"{day}.csv" for day in found["date"]}


def stops_at(random: Random, calls: Sequence[int]) -> Iterator[int | None]:
    """Every call once and as often any moment (None), in an order by chance, so that writers meet in every way; and again."""
    turns = [*calls, *[None] * len(calls)]
    while True:
        yield from random.sample(turns, len(turns))


def told(connection: Connection) -> Iterator[str]:
    try:
        while True:
            yield connection.recv_bytes().decode()
    except (EOFError, OSError):
        return


def run_and_kill(
    forked: ForkServerContext, lake: Path, files: Sequence[str], stops: Sequence[int | None], random: Random
) -> tuple[set[str], int]:
    """Start writers and kill each at its call, or at any moment; gives the days that they acknowledged, and how many were killed."""
    started = []
    for stop_at in stops:
        reader, sender = forked.Pipe(duplex=False)
        order = random.sample(list(files), len(files))
        process = forked.Process(target=writer.ingest, args=(lake, order, sender, stop_at))
        process.start()
        sender.close()
        started.append((process, reader, stop_at))
    acknowledged: set[str] = set()
    for process, reader, stop_at in started:
        acknowledged |= {reader.recv_bytes().decode()} if reader.poll(60) else set()
        if stop_at is None:
            process.join(random.uniform(0.0, 0.25))
            process.kill()
        process.join()
        acknowledged |= set(told(reader))
    return acknowledged - {""}, sum(process.exitcode == -9 for process, *_ in started)


@pytest.mark.parametrize("writers", [1, 2])
def test_no_acknowledged_day_is_lost(
    writers: int, forked: ForkServerContext, files: Sequence[str], tmp_path: Path, random: Random
) -> None:
    kills = lakes = 0
    stops = stops_at(random, range(1, CALLS + 1) if FULL else range(writers, CALLS + 1, 2))
    while kills < KILLS:
        lake, acknowledged = tmp_path / str(lakes), set()
        lakes += 1
        for _ in range(25):
            said, killed = run_and_kill(forked, lake, files, [next(stops) for _ in range(writers)], random)
            acknowledged |= said
            kills += killed
            assert acknowledged <= days_of(lake)
            if len(acknowledged) == DAYS:
                break
        ingest_files(Lake(lake), "canonical", files)
        assert days_of(lake) == {Path(file).name for file in files}
        assert verify_lake(Lake(lake)).ok
    print(f"{kills} kills of {writers} writers on {lakes} lakes")  # noqa: T201
