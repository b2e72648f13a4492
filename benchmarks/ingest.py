"""Bringing in contracts as CSV, Parquet and JSON, against polars reading the same file and writing one Parquet file; memory.

A million contracts as CSV; a year of one symbol as Parquet, two million contracts laid out as `dubach`; 62 days as JSON; and five
million as CSV, for the memory.

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
import pyarrow.parquet as pq

from flowbt.calendar import closing_time
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import ingest_files
from flowbt.market import MarketConfig, simulate_chains
from flowbt.schema import to_contract_rows

ROUNDS = 3
MILLION = 1_000_000
TIMES = 5
"""How many times as large the large file is."""
YEAR = 2_000_000
"""Contracts in a year of SPY."""


def main() -> None:
    """Make the files, run the contenders in turn, print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run("make", folder)
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for contender in ("polars", "flowbt", "polars year", "year", "json"):
                measured = _run(contender, folder)
                if contender not in best or measured["seconds"] < best[contender]["seconds"]:
                    best[contender] = measured
        best["large"] = _run("large", folder)
        for contender, measured in best.items():
            print(
                f"{contender:<12} {measured['rows']:>11,.0f} contracts {measured['seconds']:6.2f} s   "
                f"peak {measured['peak_mb']:6.0f} MB"
            )
        print(
            f"flowbt / polars, a million as CSV: {best['flowbt']['seconds'] / best['polars']['seconds']:.2f} (goal at most 3)"
        )
        year = best["year"]["seconds"] / best["polars year"]["seconds"]
        print(f"flowbt / polars, a year as Parquet: {year:.2f} (goal at most 3)")
        print(f"memory for a year as Parquet: {best['year']['peak_mb']:.0f} MB (goal under 1,000)")
        print(f"62 days as JSON: {best['json']['seconds']:.1f} s (goal under 15)")
        print(f"memory for {TIMES} million contracts: {best['large']['peak_mb']:.0f} MB (goal under 1,000)")


def _run(task: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest", task, str(folder)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(finished.stdout))


def make(folder: Path) -> dict[str, float]:
    """`million.csv`, `large.csv`, `options_2025.parquet`, and 62 days of one symbol as riskalert-json."""
    _write_year(folder / "options_2025.parquet")
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


def _write_year(path: Path) -> None:
    """A year of one symbol as `philippdubach/options-dataset-hist` has it: by day, dates as text, written by pyarrow."""
    blocks = simulate_chains(MarketConfig(symbols=1, sessions=252, contracts_per_snapshot=8700))
    rows = pl.concat(to_contract_rows(block) for block in blocks).head(YEAR)
    assert rows.height == YEAR
    side = pl.col("option_type").str.head(1).str.to_uppercase()
    mills = (pl.col("strike") * 1000).round().cast(pl.Int64).cast(pl.String).str.zfill(8)
    year = rows.sort("date", "expiration", "strike", "option_type").select(
        contract_id=pl.concat_str(pl.lit("SPY"), pl.col("expiration").dt.strftime("%y%m%d"), side, mills),
        symbol=pl.lit("SPY"),
        expiration=pl.col("expiration").cast(pl.String),
        strike="strike",
        type="option_type",
        bid="bid",
        ask="ask",
        volume="volume",
        open_interest="open_interest",
        date=pl.col("date").cast(pl.String),
        implied_volatility=pl.col("iv").round(5),
        **{name: pl.col(name).round(5) for name in ("delta", "gamma", "theta", "vega")},
        rho=(pl.col("delta") / 10).round(5),
    )
    pq.write_table(year.to_arrow(compat_level=pl.CompatLevel.oldest()), path)


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
    closing_time(date(2025, 1, 2))  # libraries and calendars are loaded before the clock starts
    start = time.perf_counter()
    if task.startswith("polars"):
        of_year = task == "polars year"
        frame = pl.read_parquet(folder / "options_2025.parquet") if of_year else pl.read_csv(folder / "million.csv")
        frame.write_parquet(folder / "written.parquet")
        rows = frame.height
    else:
        vendor, name = {
            "flowbt": ("canonical", "million.csv"),
            "large": ("canonical", "large.csv"),
            "year": ("dubach", "options_2025.parquet"),
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
