"""Bringing in a million contracts as CSV, against polars reading the file and writing one Parquet file; 62 days as JSON; memory.

Each contender runs in a process of its own, in turn, `ROUNDS` times; the best time counts, and the peak resident memory is
that of its process. What polars does is the least that must be done: no cell is judged, no day compared, nothing synced.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from flowbt.lake import Lake
from flowbt.lake.ingest import ingest_files
from flowbt.market import MarketConfig, simulate_chains
from flowbt.schema import to_contract_rows

ROUNDS = 3
MILLION = 1_000_000
TIMES = 5
"""How many times as large the large file is."""


def main() -> None:
    """Make the files, run the contenders in turn, print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run("make", folder)
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for contender in ("polars", "flowbt", "json"):
                measured = _run(contender, folder)
                if contender not in best or measured["seconds"] < best[contender]["seconds"]:
                    best[contender] = measured
        best["large"] = _run("large", folder)
        for contender, measured in best.items():
            print(
                f"{contender:<8} {measured['rows']:>11,.0f} contracts {measured['seconds']:6.2f} s   "
                f"peak {measured['peak_mb']:6.0f} MB"
            )
        print(f"flowbt / polars: {best['flowbt']['seconds'] / best['polars']['seconds']:.2f} (goal at most 3)")
        print(f"62 days as JSON: {best['json']['seconds']:.1f} s (goal under 15)")
        print(f"memory for {TIMES} million contracts: {best['large']['peak_mb']:.0f} MB (goal under 1,000)")


def _run(task: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest", task, str(folder)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(finished.stdout))


def make(folder: Path) -> dict[str, float]:
    """`million.csv`, `large.csv`, and 62 days of one symbol as riskalert-json."""
    blocks = simulate_chains(MarketConfig(symbols=20, sessions=62, contracts_per_snapshot=5400))
    contracts = pl.concat(to_contract_rows(block) for block in blocks)
    contracts = contracts.drop("root", "adjusted", "quote_time", "source", "vwap").sort("date", maintain_order=True)
    contracts = contracts.with_columns(pl.col("iv", "delta", "gamma", "theta", "vega").round(4))
    contracts.head(MILLION).write_csv(folder / "million.csv")
    with (folder / "large.csv").open("wb") as file:
        contracts.head(0).write_csv(file)
        for number in range(TIMES):
            other = contracts.head(MILLION).with_columns(pl.col("symbol") + f"X{number}")
            other.write_csv(file, include_header=False)
    _write_json(contracts.filter(pl.col("symbol") == "SYN000"), folder / "json")
    return {"rows": min(contracts.height, MILLION)}


def _write_json(contracts: pl.DataFrame, folder: Path) -> None:
    fields = {"Price": "last", "Delta": "delta", "Volume": "volume", "Iv": "iv", "Oi": "open_interest"}
    for (day,), rows in contracts.group_by("date"):
        assert isinstance(day, date)
        sides = [
            rows.filter(pl.col("option_type") == side).select(
                "expiration",
                "strike",
                (
                    pl.col("expiration").cast(pl.String) + "_" + pl.col("strike").cast(pl.String) + f"_{side.title()}"
                ).alias(f"{side}Option"),
                *(pl.col(ours).alias(f"{side}{theirs}") for theirs, ours in fields.items()),
            )
            for side in ("call", "put")
        ]
        both = sides[0].join(sides[1], on=["expiration", "strike"], how="inner").drop("expiration", "strike")
        path = folder / str(day) / "SYN000.json"
        path.parent.mkdir(parents=True)
        document = {"header": {"underlyingPrice": rows["underlying_price"][0]}, "contracts": both.to_dicts()}
        path.write_text(json.dumps(document))


def _measure(task: str, folder: Path) -> dict[str, float]:
    lake = Lake(tempfile.mkdtemp(dir=folder))
    start = time.perf_counter()
    if task == "polars":
        frame = pl.read_csv(folder / "million.csv")
        frame.write_parquet(folder / "million.parquet")
        rows = frame.height
    else:
        vendor, name = {
            "flowbt": ("canonical", "million.csv"),
            "large": ("canonical", "large.csv"),
            "json": ("riskalert-json", "json"),
        }[task]
        outcome = ingest_files(lake, vendor, [str(folder / name)])
        assert outcome.totals["rejected"] == 0, outcome.files[0].reason
        rows = outcome.totals["rows_in"]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "rows": rows}


if __name__ == "__main__":
    task, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(make(folder) if task == "make" else _measure(task, folder)))
