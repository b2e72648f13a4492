"""Thousands of files whose bytes were changed at random: no crash, no hang, no memory without bounds, no row unaccounted for."""

import gzip
import io
import re
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

import polars as pl
import pytest
from tests.faults.corpus import GOOD, csv, document
from tests.full import tries

from flowbt.errors import RejectedFileError
from flowbt.lake.intake.previous_days import PreviousDays
from flowbt.lake.intake.read_file import read_file
from flowbt.lake.reading import Source
from flowbt.lake.store import Lake
from flowbt.lake.vendors import ReadOptions, format_named

HANG = 60
"""Seconds after which a file that takes milliseconds counts as hanging."""
MOST_MEMORY = 1 << 30
PART = tries(125, 500)

ROWS = [{**GOOD, "strike": str(90 + n), "option_type": side} for n in range(12) for side in ("call", "put")]


def parquet(compression: str) -> bytes:
    out = io.BytesIO()
    frame = pl.DataFrame(ROWS).with_columns(
        pl.col("strike", "bid", "ask", "last", "iv", "delta").cast(pl.Float64),
        pl.col("volume", "open_interest").cast(pl.Int64),
        pl.col("date", "expiration").str.to_date(),
    )
    frame.write_parquet(out, compression=compression)  # type: ignore[arg-type]
    return out.getvalue()


WHOLE: dict[str, tuple[str, str, bytes]] = {
    "csv": ("canonical", "chain.csv", csv(*ROWS)),
    "csv.gz": ("canonical", "chain.csv.gz", gzip.compress(csv(*ROWS))),
    "json": ("riskalert-json", "2026-01-08/AAA.json", document()),
    "parquet": ("canonical", "chain.parquet", parquet("zstd")),
    "parquet, not compressed": ("canonical", "chain.parquet", parquet("uncompressed")),
}
PARTS = [
    *(("csv", part) for part in range(3)),
    ("csv.gz", 3),
    *(("json", part) for part in range(4, 6)),
    *(("parquet", part) for part in range(6, 9)),
    *(("parquet, not compressed", part) for part in range(9, 12)),
]


def mutated(whole: bytes, random: Random) -> bytes:
    """The bytes with a few of them changed, put in, left out, doubled, or cut off."""
    data = bytearray(whole)
    for _ in range(random.choice((1, 1, 1, 2, 5, 20))):
        if not data:
            break
        at = random.randrange(len(data))
        change = random.randrange(6)
        if change == 0:
            data[at] ^= 1 << random.randrange(8)
        elif change == 1:
            data[at] = random.choice(b'\0\xff",\n\r\t{}[]:-9eE. ')
        elif change == 2:
            data[at:at] = random.randbytes(random.randrange(1, 9))
        elif change == 3:
            del data[at : at + random.randrange(1, 30)]
        elif change == 4:
            data[at:at] = data[at : at + random.randrange(1, 200)]
        else:
            del data[at:]
    return bytes(data)


@contextmanager
def no_hang(what: str) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"{what} takes more than {HANG} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(("kind", "part"), PARTS, ids=str)
def test_whatever_is_changed_the_file_is_refused_or_accounted_for(
    kind: str, part: int, tmp_path: Path, random: Random
) -> None:
    format_name, name, whole = WHOLE[kind]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    random.seed(f"{random.random()} {part}")
    before = peak_memory()
    codes: set[str] = set()
    for number in range(PART):
        path.write_bytes(mutated(whole, random))
        with no_hang(f"file {number} of part {part}"):
            try:
                read = read_file(Source(path), format_named(format_name), ReadOptions())
                read.check_days(PreviousDays(Lake(tmp_path / "lake")), 1.0, any_day=True)
            except RejectedFileError as error:
                codes.add(error.code)
                continue
        kept = sum(group.height for group in read.groups())
        assert kept + read.rejected.height + read.duplicates == read.rows_in
    assert codes
    assert all(re.fullmatch("[A-Z0-9_]+", code) for code in codes)
    assert peak_memory() - before < MOST_MEMORY
