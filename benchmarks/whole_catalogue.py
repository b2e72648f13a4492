"""Every metric at snapshot grain on about 20 million contracts, zero gamma included, beside the bare scan of the same columns.

Each runs in a process of its own, in turn; the best time of `ROUNDS` counts.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.core_metrics import lake_files, make_lake
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Request, compute
from flowbt.metrics.engine.resolve import KEYS, resolve
from flowbt.workflows.compute_metrics import SHOWN_AT

ROUNDS = 3
NAMES = tuple(metric.name for metric in SHIPPED if metric.grain in SHOWN_AT["snapshot"])


def main() -> None:
    """Make the lakes, run both in turn, print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        whole, half = Path(folder, "whole"), Path(folder, "half")
        contracts = make_lake(whole, 62)["contracts"]
        make_lake(half, 31)
        print(f"whole catalogue: {len(NAMES)} metrics, {contracts:,.0f} contracts")
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for name, task, lake in (
                ("scan", "scan", whole),
                ("flowbt", "flowbt", whole),
                ("flowbt half", "flowbt", half),
            ):
                measured = _run(task, lake)
                if name not in best or measured["seconds"] < best[name]["seconds"]:
                    best[name] = measured
        for name, measured in best.items():
            print(f"{name:<12} {measured['seconds']:6.2f} s   peak {measured['peak_mb']:6.0f} MB")
        print(f"flowbt / bare scan: {best['flowbt']['seconds'] / best['scan']['seconds']:.2f} (goal at most 15)")


def _run(task: str, lake: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.whole_catalogue", task, str(lake)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _measure(task: str, folder: Path) -> dict[str, float]:
    lake = Lake(folder)
    symbols = tuple(lake.symbols())
    compute(lake, Request(symbols[:1], metrics=NAMES))  # machine code is loaded, or on a new machine compiled
    start = time.perf_counter()
    if task == "scan":
        _scan(folder)
    else:
        compute(lake, Request(symbols, metrics=NAMES))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _scan(folder: Path) -> None:
    resolved = resolve(SHIPPED, {name: SHIPPED.parse(name) for name in NAMES}, {}, {})
    columns = sorted({*KEYS["strike"], "underlying_price", "adjusted", *resolved.stored, *resolved.prior})
    for path in lake_files(folder):
        pl.scan_parquet(path, hive_partitioning=False).select(columns).collect()


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))
