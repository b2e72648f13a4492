"""The README's way to a lake without flowbt works as it stands."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from flowbt.lake import Lake


def test_the_lake_opens_in_duckdb_and_polars(tmp_path: Path, chain: Callable[..., pl.DataFrame]) -> None:
    lake = Lake(tmp_path / "data")
    for volume in (1, 2):
        rows = [chain({100: {"put_volume": volume}}, symbol=symbol) for symbol in ("IWM", "TLT")]
        lake.write_strike_rows(pl.concat(rows))
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    snippet = readme.partition("for this example):\n\n```python\n")[2].partition("```")[0]
    asserted = 'assert chains["put_volume"].to_list() == [2]\nassert volumes["sum(put_volume)"].to_list() == [4]\n'
    # in a process of its own: DuckDB's default connection is shared by all that runs in one
    done = subprocess.run(
        [sys.executable, "-c", snippet + asserted], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
