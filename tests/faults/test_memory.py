"""A file of millions of rows is read, judged and stored within a gigabyte, however its rows are ordered."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flowbt.calendar import sessions

GIGABYTE = 1_000_000_000
STRIKES = 1_500
SYMBOLS = 34
INGEST = """
import json, resource, sys
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files
(found,) = ingest_files(Lake(sys.argv[1]), "canonical", [sys.argv[2]]).files
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"status": found.status, "reason": found.reason, "committed": found.committed, "peak": peak}))
"""


def write(path: Path, *, by_day: bool) -> int:
    """Two million contracts, one symbol's day after the other, the days or the symbols in the outer loop."""
    days = sessions(date(2026, 1, 5), date(2026, 2, 2))
    one = pl.DataFrame({"strike": range(100, 100 + STRIKES)}).join(
        pl.DataFrame({"option_type": ["call", "put"]}), how="cross"
    )
    place = pl.int_range(pl.len())
    pairs = [(day, number) for day in days for number in range(SYMBOLS)]
    pairs.sort(key=lambda pair: pair if by_day else pair[::-1])
    with path.open("wb") as file:
        for place_of_pair, (day, number) in enumerate(pairs):
            frame = one.select(
                pl.lit(f"S{number:02}").alias("symbol"),
                pl.lit(day).alias("date"),
                pl.lit(date(2026, 6, 19)).alias("expiration"),
                "strike",
                "option_type",
                (place * 7 % 31 / 10 + 1).alias("last"),
                ((place * 13 + place_of_pair * 17) % 997).alias("volume"),
                ((place * 11 + place_of_pair * 5) % 9973).alias("open_interest"),
                pl.lit(100.0).alias("underlying_price"),
            )
            frame.write_csv(file, include_header=place_of_pair == 0)
    return len(pairs) * one.height


@pytest.mark.parametrize("by_day", [True, False], ids=["by day", "by symbol"])
def test_millions_of_rows_within_a_gigabyte(by_day: bool, tmp_path: Path) -> None:
    path = tmp_path / "chains.csv"
    rows = write(path, by_day=by_day)
    command = [sys.executable, "-c", INGEST, str(tmp_path / "lake"), str(path)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert rows > 2_000_000
    assert (said["status"], said["reason"], said["committed"]) == ("committed", None, rows)
    assert said["peak"] < GIGABYTE
