"""Vendor files into the lake: ingest."""

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
        str | None, typer.Argument(metavar="FORMAT", help="A format, a mapping file (.toml), or auto.")
    ] = None,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, globs.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Only this symbol; or the symbol where the file has none.")] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="The day, where the file does not say it.")] = None,
    expiration: Annotated[
        str | None, typer.Option(metavar="DATE", help="When the contracts expire, where the file does not say it.")
    ] = None,
    date_format: Annotated[str | None, typer.Option(help="How dates are written, as in %d/%m/%Y.")] = None,
    oi_lag: Annotated[
        int | None,
        typer.Option(min=0, max=1, help="Open interest of the row dated t: 1 of the close before, 0 of that of t."),
    ] = None,
    exchange: Annotated[
        str | None,
        typer.Option(
            metavar="MIC", help="Exchange whose sessions and time zone apply, as in XNSE; default: the format's."
        ),
    ] = None,
    repair: Annotated[
        list[str] | None,
        typer.Option(help="Read numbers written so: thousands (1,234 or 2,54,729), currency, percent, parentheses."),
    ] = None,
    take: Annotated[
        str | None,
        typer.Option(metavar="first|last", help="Of several rows of a contract and day keep the first or the last."),
    ] = None,
    max_quarantine: Annotated[float, typer.Option(help="Reject a file with a larger share of bad rows.")] = 0.05,
    any_day: Annotated[bool, typer.Option("--any-day", help="Take in days that are no session.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Each file is the whole day: drop stored contracts that it lacks.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Each file is a part of its day: overwrite stored values, keep the rest.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge, write nothing.")] = False,
    explain: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show how this file would be read; write nothing.")
    ] = None,
    list_formats: Annotated[bool, typer.Option("--list", help="Show the formats.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Bring vendor files into the lake; says rows in = committed + quarantined + duplicates."""
    from flowbt.cli import ingest_text
    from flowbt.lake import Lake
    from flowbt.lake.intake.ingest import ingest_files
    from flowbt.lake.vendors import REPAIRS, TAKES, ReadOptions
    from flowbt.workflows import housekeeping as data

    if list_formats:
        known = data.formats()
        emit(known, as_json, lambda: ingest_text.formats(known))
        return
    said = ReadOptions(
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
        told = data.explain_file(explain, format_name or "auto", said)
        emit(told, as_json, lambda: ingest_text.explained(told))
        if told["reason"]:
            raise typer.Exit(1)
        return
    if not format_name or not paths:
        raise FlowbtError(
            "name a format and at least one path, as in `flowbt ingest ohlcv prices/`; --list shows the formats"
        )
    if replace and update:
        raise FlowbtError(
            "--replace treats a file as the whole day and --update as a part of it: give only one of them"
        )
    days: Days = "replace" if replace else "update" if update else "complete"
    with progress("Ingesting") as on_file:
        outcome = ingest_files(
            Lake(lake), format_name, paths,
            options=said, max_quarantine=max_quarantine, dry_run=dry_run, any_day=any_day, days=days,
            on_file=on_file,
        )  # fmt: skip
    document = outcome.document()
    emit(document, as_json, lambda: ingest_text.ingested(document, dry_run=dry_run))
    if outcome.totals["rejected"]:
        raise typer.Exit(1)


def _one_of(option: str, value: str, known: Sequence[str]) -> Any:
    if value not in known:
        raise UnknownNameError(f"value of {option}", value, known, hint=f"it is {' or '.join(known)}")
    return value
