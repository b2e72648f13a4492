"""Metrics of option chains, or the catalogue of metrics: metrics."""

from dataclasses import asdict
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
    symbols: Annotated[list[str] | None, typer.Argument(metavar="SYMBOL...", help="Whose; all by default.")] = None,
    select: Annotated[
        str | None, typer.Option(help="Metrics, separated by commas; all of the grain by default.")
    ] = None,
    grain: Annotated[
        str, typer.Option(help="snapshot, history, expiry, level, strike, contract or print.")
    ] = "snapshot",
    where: Annotated[
        str | None, typer.Option(metavar="METRIC", help="Only rows of which this metric says yes, as in unusual.")
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="A metric's parameter, for all that have it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a .parquet, .csv or .json file.")] = None,
    own: Annotated[Path | None, typer.Option("--with", metavar="FILE.py", help="Metrics of your own.")] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep them in the lake, and compute only what is not up to date there.")
    ] = False,
    list_metrics: Annotated[bool, typer.Option("--list", help="Show the catalogue.")] = False,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Metrics of option chains; --list shows them all. A scope narrows one down, as in net_premium[dte<=7,otm]."""
    from flowbt.cli import tables
    from flowbt.lake import Lake
    from flowbt.metrics import SHIPPED, Failures, Tally, load_metrics
    from flowbt.report.kit.failed_metrics import failed_sentence
    from flowbt.workflows import compute_metrics as research

    catalogue = SHIPPED if own is None else load_metrics(own)
    if list_metrics:
        listing = research.list_metrics(catalogue)
        emit(listing, as_json, lambda: tables.catalogue_text(listing))
        return
    asked = [symbol_of(symbol) for symbol in symbols or []]
    tally = Tally() if store else None
    failures = Failures()
    with progress("Computing") as on_chunk:
        frame = research.compute_metrics(
            Lake(lake, as_of), asked, select=listed(select), grain=grain, first=day(first), last=day(last),
            parameters=parse_settings(param or []), where=where, store=tally, decision=decision_of(decision),
            include_partial=include_partial, catalogue=catalogue, progress=on_chunk, failures=failures,
        )  # fmt: skip
    if tally is not None:
        note(f"{tally.stored:,} values stored, {tally.read:,} were up to date")
    if out is not None:
        tables.write_frame(frame, out)
        note(f"{frame.height:,} rows written to {out}")
    if as_json or out is None:
        emit(frame.to_dicts() if as_json else None, as_json, lambda: tables.frame_text(frame))
    if failed := failures.listed():
        note(failed_sentence({"failed_metrics": [asdict(metric) for metric in failed]}))
