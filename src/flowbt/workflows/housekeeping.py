"""The lake's housekeeping: simulating a market into it, explaining files, looking at the quarantine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.lake.intake.database_tables import each_table
from flowbt.lake.intake.explain import explain
from flowbt.lake.intake.ingest import vendor_of
from flowbt.lake.reading import find_sources
from flowbt.lake.vendors import FORMATS, ReadOptions, check_date_format
from flowbt.market import MarketConfig, simulate_bars, simulate_chains

Progress = Callable[[int, int], None]


def formats() -> list[dict[str, Any]]:
    """The vendor formats: name, table, description."""
    return [{"name": f.name, "table": f.table, "description": f.description} for f in FORMATS.values()]


def explain_file(path: Path, format_name: str, options: ReadOptions) -> dict[str, Any]:
    """How a file would be read, by this format or the one that recognises it (`flowbt.lake.intake.explain`)."""
    if options.date_format is not None:
        check_date_format(options.date_format)
    (source,) = find_sources([str(path)], None, lambda _: True)[:1]
    if format_name == "auto":
        return explain(each_table(source, FORMATS.values())[0], None, options)
    return explain(source, vendor_of(format_name), options)


def snapshot(lake: Lake, symbol: str, source: str = "yfinance") -> dict[str, Any]:
    """Bring today's chain from a live source into the lake (`flowbt.lake.intake.live`): the document of ingest, with `date` and `closed`."""
    from flowbt.lake.intake.live import take_snapshot  # noqa: PLC0415 (of no use to other commands)

    outcome, day, closed = take_snapshot(lake, symbol, source)
    return {"symbol": symbol, "date": day, "closed": closed, **outcome.document()}


def quarantine(lake: Lake, *, file: str | None = None, reason: str | None = None) -> pl.DataFrame:
    """Rows that were set aside, of files whose path holds `file` and with the code `reason`, in the order of the files."""
    rows = lake.quarantined_rows()
    if file is not None:
        rows = rows.filter(pl.col("file").str.contains(file, literal=True))
    if reason is not None:
        rows = rows.filter(pl.col("reasons").str.split(" ").list.contains(reason.upper()))
    return rows


def counts_of(quarantined: pl.DataFrame) -> pl.DataFrame:
    """How many rows were set aside for each first reason: `file, reason, rows`, the most first."""
    counts = quarantined.group_by("file", "reason").agg(pl.len().alias("rows"))
    return counts.sort("rows", "file", "reason", descending=[True, False, False])


def simulate(lake: Lake, config: MarketConfig, progress: Progress | None = None) -> dict[str, Any]:
    """Write a synthetic market into an empty lake.

    Raises:
        FlowbtError: the lake holds something already.
    """
    if lake.versions():
        raise FlowbtError(f"the lake at '{lake.where}' holds data already: simulate into a new folder with --lake")
    contracts = 0
    for done, block in enumerate(simulate_chains(config), 1):
        lake.write_strike_rows(block, {"source": "synthetic", "seed": str(config.seed)})
        contracts += 2 * block.height
        if progress:
            progress(done, 0)
    # The bars come last: a lake that has them is whole, and one that was interrupted can be told by their absence.
    lake.write_bars(simulate_bars(config), {"source": "synthetic", "seed": str(config.seed)})
    found = lake.snapshots()
    return {
        "lake": lake.where,
        "symbols": found["symbol"].unique().sort().to_list(),
        "sessions": found["date"].n_unique(),
        "snapshots": found.height,
        "contracts": contracts,
        "seed": config.seed,
        "edge_bp": config.edge_bp,
        "edge_horizon": config.edge_horizon,
    }
