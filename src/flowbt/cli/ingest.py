"""Read vendor files into the lake: ingest."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, day, emit, progress
from flowbt.errors import FlowbtError, UnknownNameError

if TYPE_CHECKING:
    from flowbt.lake.intake.merge import Days


def ingest(
    format_name: Annotated[
        str | None, typer.Argument(metavar="FORMAT", help="Name of a format, a mapping file (.toml), or auto.")
    ] = None,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders or globs.")] = None,
    symbol: Annotated[
        str | None, typer.Option(help="Keep only this symbol; or the symbol, if the file has none.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Trading day, if the file does not contain it.")
    ] = None,
    expiration: Annotated[
        str | None, typer.Option(metavar="DATE", help="Expiration of the contracts, if the file does not contain it.")
    ] = None,
    date_format: Annotated[str | None, typer.Option(help="Format of dates, as in %d/%m/%Y.")] = None,
    oi_lag: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=1,
            help="Which open interest a row dated t has: 1, that of the close before; 0, that of the close of t.",
        ),
    ] = None,
    exchange: Annotated[
        str | None,
        typer.Option(
            metavar="MIC", help="Exchange whose sessions and time zone apply, as in XNSE; default: that of the format."
        ),
    ] = None,
    repair: Annotated[
        list[str] | None,
        typer.Option(
            help="Accept a number format: thousands (1,234 or 2,54,729), currency, percent or parentheses; repeatable."
        ),
    ] = None,
    take: Annotated[
        str | None,
        typer.Option(metavar="first|last", help="Keep the first or the last of several rows of a contract and day."),
    ] = None,
    max_quarantine: Annotated[float, typer.Option(help="Reject a file with a larger fraction of invalid rows.")] = 0.05,
    any_day: Annotated[bool, typer.Option("--any-day", help="Accept days without a trading session.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Each file is a complete day: delete stored contracts that it lacks.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Each file is part of a day: overwrite stored values, keep the rest.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check the files, write nothing.")] = False,
    explain: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show how this file would be read; write nothing.")
    ] = None,
    list_formats: Annotated[bool, typer.Option("--list", help="List the formats.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Read vendor files into the lake. Reports rows in = committed + quarantined + duplicates."""
    from flowbt.cli import ingest_text
    from flowbt.lake import Lake
    from flowbt.lake.intake.ingest import ingest_files
    from flowbt.lake.vendors import REPAIRS, TAKES, ReadOptions
    from flowbt.workflows.explain import explain_file, formats

    if list_formats:
        available = formats()
        emit([each.document() for each in available], as_json, lambda: ingest_text.formats_text(available))
        return
    options = ReadOptions(
        symbol=symbol or None,
        date=day(date),
        date_format=date_format,
        expiration=day(expiration),
        oi_lag=oi_lag,
        exchange=exchange.upper() if exchange else None,
        repairs=tuple(_one_of("--repair", one, REPAIRS) for one in repair or ()),
        take=_one_of("--take", take, TAKES) if take else None,
    )
    if explain is not None:
        explanation = explain_file(explain, format_name or "auto", options)
        emit(explanation, as_json, lambda: ingest_text.explained(explanation))
        if explanation["reason"]:
            raise typer.Exit(1)
        return
    if not format_name or not paths:
        raise FlowbtError(
            "give a format and at least one path, as in `flowbt ingest ohlcv prices/`; --list shows the formats"
        )
    if replace and update:
        raise FlowbtError(
            "--replace treats a file as a complete day and --update as part of one: give only one of them"
        )
    days: Days = "replace" if replace else "update" if update else "complete"
    with progress("Ingesting") as on_file:
        outcome = ingest_files(
            Lake(lake), format_name, paths,
            options=options, max_quarantine=max_quarantine, dry_run=dry_run, any_day=any_day, days=days,
            on_file=on_file,
        )  # fmt: skip
    document = outcome.document()
    emit(document, as_json, lambda: ingest_text.ingested(document, dry_run=dry_run))
    if outcome.totals["rejected"]:
        raise typer.Exit(1)


def _one_of(option: str, value: str, allowed: Sequence[str]) -> Any:
    if value not in allowed:
        raise UnknownNameError(f"value of {option}", value, allowed, hint=f"use {' or '.join(allowed)}")
    return value
