"""The same inputs make the same bytes, however many threads work on them."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from pathlib import Path
from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.market import MarketConfig
from flowbt.workflows.simulate import simulate_market
lake = Lake(sys.argv[1])
simulate_market(lake, MarketConfig(symbols=2, sessions=45, seed=5, contracts_per_snapshot=1200))
compact_lake(lake, rows_per_file=100_000)
print(*sorted(path.relative_to(lake.path).as_posix() for path in lake.path.rglob("*.parquet")), sep="\\n")
"""


def test_the_same_files_with_1_2_and_4_threads(tmp_path: Path) -> None:
    found = []
    for threads in (1, 2, 4):
        environment = os.environ | {"POLARS_MAX_THREADS": str(threads)}
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / str(threads))]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        found.append(done.stdout.splitlines())
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 3
