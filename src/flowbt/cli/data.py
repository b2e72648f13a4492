"""Commands about the lake: ingest, status, simulate."""

from typing import Annotated, Any

import typer

from flowbt.cli.console import DEFAULT_LAKE, AsOfOption, JsonOption, LakeOption, day, emit, progress
from flowbt.errors import FlowbtError


def ingest(
    format_name: Annotated[str | None, typer.Argument(metavar="FORMAT", help="A format, or auto.")] = None,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, globs.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this symbol; or the symbol where the file has none.")] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="The day, where the file does not say it.")] = None,
    date_format: Annotated[str, typer.Option(help="How dates are written.")] = "%Y-%m-%d",
    max_quarantine: Annotated[float, typer.Option(help="Reject a file with a larger share of bad rows.")] = 0.05,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge, write nothing.")] = False,
    list_formats: Annotated[bool, typer.Option("--list", help="Show the formats.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Bring vendor files into the lake; says rows in = committed + quarantined + duplicates."""
    from flowbt.lake import Lake
    from flowbt.lake.ingest import ingest_files
    from flowbt.lake.vendors import ReadOptions
    from flowbt.research import data

    if list_formats:
        known = data.formats()
        emit(known, as_json, lambda: "\n".join(f"{f['name']:<16} {f['table']:<8} {f['description']}" for f in known))
        return
    if not format_name or not paths:
        raise FlowbtError(
            "name a format and at least one path, as in `flowbt ingest ohlcv prices/`; --list shows the formats"
        )
    options = ReadOptions(symbol.upper() if symbol else None, day(date), date_format)
    with progress("Ingesting") as on_file:
        outcome = ingest_files(
            Lake(lake), format_name, paths,
            options=options, max_quarantine=max_quarantine, dry_run=dry_run, on_file=on_file,
        )  # fmt: skip
    document = {
        "format": outcome.format,
        "files": [vars(file) for file in outcome.files],
        "totals": outcome.totals,
        "version": outcome.version,
    }
    emit(document, as_json, lambda: _ingest_text(document, dry_run=dry_run))
    if outcome.totals["rejected"]:
        raise typer.Exit(1)


def _ingest_text(document: dict[str, Any], *, dry_run: bool) -> str:
    totals = document["totals"]
    lines = [
        f"rejected  {file['path']}: {file['reason']}" for file in document["files"] if file["status"] == "rejected"
    ]
    warnings: dict[str, int] = {}
    for file in document["files"]:
        for code, n in file["warnings"].items():
            warnings[code] = warnings.get(code, 0) + n
    if warnings:
        lines.append("kept with warnings: " + ", ".join(f"{n:,} {code}" for code, n in sorted(warnings.items())))
    unchanged = sum(file["status"] == "unchanged" for file in document["files"])
    lines.append(
        f"{totals['files']:,} files: {totals['files'] - totals['rejected'] - unchanged:,} committed, {unchanged:,} unchanged, "
        f"{totals['rejected']:,} rejected" + (" (dry run: nothing written)" if dry_run else "")
    )
    lines.append(
        f"rows in {totals['rows_in']:,} = committed {totals['committed']:,} + quarantined {totals['quarantined']:,} "
        f"+ duplicates {totals['duplicates']:,}"
    )
    return "\n".join(lines)


def status(as_of: AsOfOption = None, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """What the lake holds: symbols, ranges, gaps, quarantine."""
    from flowbt.lake import Lake
    from flowbt.research import data

    document = data.status(Lake(lake, as_of))
    emit(document, as_json, lambda: _status_text(document))


def _status_text(document: dict[str, Any]) -> str:
    lines = [f"lake {document['lake']}, versions " + ", ".join(f"{k} {v}" for k, v in document["version"].items())]
    lines.append("chains")
    for row in document["chains"]:
        missing = row["missing_sessions"]
        gaps = f", {len(missing)} missing (first {missing[0]})" if missing else ", none missing"
        lines.append(
            f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} sessions{gaps}, "
            f"{row['contracts']:,} contracts, open interest lags {row['oi_lag_declared']} session (declared), {_lag(row['oi_lag_detected'])}"
        )
    lines.append("prices")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} bars" for row in document["prices"]
    ]
    if document["prints"]:
        lines.append("prints")
    lines += [
        f"  {row['symbol']:<8} {row['first']} to {row['last']}  {row['sessions']:>5} sessions, {row['prints']:,} prints"
        for row in document["prints"]
    ]
    lines.append(f"quarantined rows: {document['quarantined']:,}")
    return "\n".join(lines)


def _lag(detected: int | None) -> str:
    return "not detectable" if detected is None else f"{detected} (detected)"


def simulate(
    symbols: Annotated[int, typer.Option(help="How many symbols: SYN000, SYN001, ...")] = 3,
    sessions: Annotated[int, typer.Option(help="How many sessions with chains.")] = 250,
    seed: Annotated[int, typer.Option(help="The same seed gives the same market.")] = 7,
    edge_bp: Annotated[float, typer.Option(help="Drift planted after extreme flow, in basis points.")] = 0.0,
    edge_horizon: Annotated[int, typer.Option(help="Sessions over which the drift is spread.")] = 3,
    contracts_per_snapshot: Annotated[int, typer.Option(help="About how many contracts a chain has.")] = 1500,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a synthetic market into an empty lake."""
    from flowbt.lake import Lake
    from flowbt.market import MarketConfig
    from flowbt.research import data

    config = MarketConfig(
        symbols=symbols, sessions=sessions, seed=seed, edge_bp=edge_bp, edge_horizon=edge_horizon,
        contracts_per_snapshot=contracts_per_snapshot,
    )  # fmt: skip
    with progress("Simulating") as on_block:
        document = data.simulate(Lake(lake), config, on_block)
    emit(
        document,
        as_json,
        lambda: (
            f"{len(document['symbols'])} symbols, {document['sessions']} sessions, "
            f"{document['contracts']:,} contracts in {document['lake']}"
        ),
    )
