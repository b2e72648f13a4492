"""The eight core metrics on about 20 million contracts: flowbt, DuckDB on the same Parquet files, and the bare scan.

Each contender runs in a process of its own, in turn, `ROUNDS` times; the best time counts, and the peak resident memory is
that of its process. A lake of half the size shows whether memory grows with the data.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl
from deltalake import DeltaTable

from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.metrics import SHIPPED, Request, compute
from flowbt.metrics.engine.resolve import resolve
from flowbt.workflows.simulate import simulate_market

ROUNDS = 3
CORE = (
    "net_premium", "gross_premium", "put_call_volume_ratio", "put_call_oi_ratio",
    "dex_net", "dex_gross", "gex", "max_pain",
)  # fmt: skip

SQL = """
with rows as (
    select symbol, date, expiration, strike, underlying_price as spot, multiplier as m, expiration > date as live,
        coalesce(call_vwap, call_last, (call_bid + call_ask) / 2) * nullif(call_volume, 0) * multiplier as call_premium,
        coalesce(put_vwap, put_last, (put_bid + put_ask) / 2) * nullif(put_volume, 0) * multiplier as put_premium,
        call_volume, put_volume, call_delta, put_delta, call_gamma, put_gamma, call_iv, put_iv,
        coalesce(call_open_interest, 0) as call_oi, coalesce(put_open_interest, 0) as put_oi,
        (expiration - date) / 365.0 as years,
        live and oi_lag = 1 and call_delta >= 0.9 and call_oi >= 10
            and put_last <= greatest(0.001 * underlying_price, 0.01) as could,
        could and call_volume > call_oi and call_volume <= 10 * call_oi as turned
    from read_parquet({files}) where not adjusted
),
greeks as (
    select *,
        coalesce(call_gamma, exp(-power((ln(spot / strike) + 0.04 * years) / (call_iv * sqrt(years))
            + call_iv * sqrt(years) / 2, 2) / 2) / sqrt(2 * pi()) / (spot * call_iv * sqrt(years))) as cg,
        coalesce(put_gamma, exp(-power((ln(spot / strike) + 0.04 * years) / (put_iv * sqrt(years))
            + put_iv * sqrt(years) / 2, 2) / 2) / sqrt(2 * pi()) / (spot * put_iv * sqrt(years))) as pg
    from rows
),
flow as (
    select symbol, date,
        sum(call_premium) as calls, sum(put_premium) as puts, sum(call_volume) as cv, sum(put_volume) as pv,
        sum(call_oi) filter (turned) >= 0.4 * sum(call_oi) filter (could) and count(*) filter (turned) >= 20 as is_play,
        if(is_play, sum(call_premium) filter (turned), 0) as play, if(is_play, sum(call_volume) filter (turned), 0) as play_volume
    from rows group by all
),
held as (
    select symbol, date, sum(put_oi) / sum(call_oi) as put_call_oi_ratio,
        sum((call_delta * call_oi + put_delta * put_oi) * m) as dex_net,
        sum((abs(call_delta) * call_oi + abs(put_delta) * put_oi) * m) as dex_gross,
        sum((coalesce(cg * call_oi, 0) - coalesce(pg * put_oi, 0)) * m * spot * spot * 0.01) as gex
    from greeks where live group by all
),
slopes as (
    select symbol, date, expiration, strike, spot,
        sum(call_oi + put_oi) over (partition by symbol, date, expiration order by strike) as held_below,
        sum(put_oi) over (partition by symbol, date, expiration) as all_puts
    from rows where live
),
pains as (
    select symbol, date, expiration, any_value(spot) as spot, min(strike) filter (held_below >= all_puts) as low,
        coalesce(min(strike) filter (held_below > all_puts), max(strike)) as high
    from slopes group by all
),
nearest as (
    select symbol, date,
        arg_min(case when abs(high - spot) < abs(low - spot) then high else low end, expiration) as max_pain
    from pains group by all
)
select symbol, date,
    calls - play - puts as net_premium, calls - play + puts as gross_premium, pv / (cv - play_volume) as put_call_volume_ratio,
    put_call_oi_ratio, dex_net, dex_gross, gex, max_pain
from flow join held using (symbol, date) join nearest using (symbol, date) order by symbol, date
"""


def main() -> None:
    """Make the lakes, run the contenders in turn, print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        whole, half = Path(folder, "whole"), Path(folder, "half")
        contracts = _run("make", whole, 62)["contracts"]
        _run("make", half, 31)
        print(f"{contracts:,.0f} contracts")
        best: dict[str, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for contender, lake in (("scan", whole), ("flowbt", whole), ("duckdb", whole), ("flowbt half", half)):
                measured = _run(contender.split()[0], lake)
                if contender not in best or measured["seconds"] < best[contender]["seconds"]:
                    best[contender] = measured
        for contender, measured in best.items():
            print(f"{contender:<12} {measured['seconds']:6.2f} s   peak {measured['peak_mb']:6.0f} MB")
        flowbt = best["flowbt"]["seconds"]
        print(f"flowbt / bare scan: {flowbt / best['scan']['seconds']:.2f} (goal at most 4)")
        print(f"DuckDB / flowbt:    {best['duckdb']['seconds'] / flowbt:.2f} (goal at least 2)")
        print(f"largest relative difference to DuckDB: {_run('compare', whole)['difference']:.1e}")


def _run(task: str, lake: Path, sessions: int = 0) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.core_metrics", task, str(lake), str(sessions)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(finished.stdout))


def make_lake(folder: Path, sessions: int) -> dict[str, float]:
    """A lake of 60 symbols with about 5,400 contracts a snapshot."""
    config = MarketConfig(symbols=60, sessions=sessions, contracts_per_snapshot=5400)
    return {"contracts": simulate_market(Lake(folder), config).contracts}


def _measure(task: str, folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    {"scan": _scan, "flowbt": _flowbt, "duckdb": _duckdb}[task](folder)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _scan(folder: Path) -> None:
    resolved = resolve(SHIPPED, {name: SHIPPED.parse(name) for name in CORE}, {}, {})
    columns = sorted({"symbol", "date", "expiration", "strike", "underlying_price", "adjusted", *resolved.stored})
    for path in lake_files(folder):
        pl.scan_parquet(path, hive_partitioning=False).select(columns).collect()


def _flowbt(folder: Path) -> pl.DataFrame:
    lake = Lake(folder)
    return compute(lake, Request(tuple(lake.symbols()), metrics=CORE))


def _duckdb(folder: Path) -> pl.DataFrame:
    with duckdb.connect() as connection:
        frame: pl.DataFrame = connection.sql(SQL.format(files=lake_files(folder))).pl()
        return frame


def _compare(folder: Path) -> dict[str, float]:
    both = _flowbt(folder).join(_duckdb(folder), on=["symbol", "date"], suffix="_sql")
    relative = [((pl.col(name) - pl.col(f"{name}_sql")) / (pl.col(name).abs() + 1)).abs().max() for name in CORE]
    return {"difference": max(both.select(each.alias(name) for name, each in zip(CORE, relative, strict=True)).row(0))}


def lake_files(folder: Path) -> list[str]:
    """The Parquet files of a lake's chains."""
    return sorted(DeltaTable(str(folder / "chains")).file_uris())


def _task(task: str, folder: Path, sessions: int) -> dict[str, float]:
    if task == "make":
        return make_lake(folder, sessions)
    return _compare(folder) if task == "compare" else _measure(task, folder)


if __name__ == "__main__":
    print(json.dumps(_task(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
