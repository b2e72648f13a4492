"""Compute metrics of option chains, or list the catalogue: metrics."""

from pathlib import Path
from typing import Annotated

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    AsOfOption,
    DecisionOption,
    FromOption,
    JsonOption,
    LakeOption,
    PartialOption,
    ToOption,
    day,
    decision_of,
    emit,
    listed,
    note,
    progress,
    symbol_of,
)
from flowbt.settings import parse_settings


def metrics(
    symbols: Annotated[list[str] | None, typer.Argument(metavar="SYMBOL...", help="Symbols; default: all.")] = None,
    select: Annotated[str | None, typer.Option(help="Metrics, separated by commas; default: all of the grain.")] = None,
    grain: Annotated[
        str, typer.Option(help="Grain of the rows: snapshot, history, expiry, level, strike, contract or print.")
    ] = "snapshot",
    where: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="Keep only rows where this Boolean metric is true, as in unusual."),
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="Set a parameter, for every metric that has it; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write to a .parquet, .csv or .json file.")] = None,
    own: Annotated[
        Path | None, typer.Option("--with", metavar="FILE.py", help="Python file with user-defined metrics; it is run.")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Store values in the lake and compute only those out of date.")
    ] = False,
    list_metrics: Annotated[bool, typer.Option("--list", help="List the catalogue of metrics.")] = False,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    r"""Compute metrics of option chains; --list shows the catalogue. A scope limits the contracts, as in net_premium\[dte<=7,otm]."""
    from flowbt.cli import tables
    from flowbt.lake import Lake
    from flowbt.metrics import SHIPPED, Failures, Tally, load_metrics
    from flowbt.report.kit.not_computed import failed_sentence
    from flowbt.workflows import compute_metrics as workflow

    catalogue = SHIPPED if own is None else load_metrics(own)
    if list_metrics:
        listing = workflow.list_metrics(catalogue)
        emit(listing, as_json, lambda: tables.catalogue_text(listing))
        return
    wanted = [symbol_of(symbol) for symbol in symbols or []]
    tally = Tally() if store else None
    failures = Failures()
    with progress("Computing") as on_chunk:
        frame = workflow.compute_metrics(
            Lake(lake, as_of), wanted, select=listed(select), grain=grain, first=day(first), last=day(last),
            parameters=parse_settings(param or []), where=where, store=tally, decision=decision_of(decision),
            include_partial=include_partial, catalogue=catalogue, progress=on_chunk, failures=failures,
        )  # fmt: skip
    if tally is not None:
        note(f"{tally.stored:,} values computed and stored, {tally.read:,} up to date")
    if out is not None:
        tables.write_frame(frame, out)
        note(f"{frame.height:,} rows written to {out}")
    if as_json or out is None:
        emit(frame.to_dicts() if as_json else None, as_json, lambda: tables.frame_text(frame))
    if failed := failures.listed():
        note(failed_sentence(failed))
