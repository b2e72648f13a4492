"""Rows quarantined at ingestion, and why: quarantine."""

from pathlib import Path
from typing import Annotated

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit


def quarantine(
    file: Annotated[str | None, typer.Option(help="Show only rows of files whose path contains this text.")] = None,
    reason: Annotated[str | None, typer.Option(help="Show only rows with this reason code, as in BAD_STRIKE.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of rows to show.")] = 20,
    out: Annotated[Path | None, typer.Option(help="Write all rows to a .parquet, .csv or .json file.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Show quarantined rows and why: counts by file and reason code, then the rows."""
    from flowbt.cli import ingest_text, tables
    from flowbt.cli.console import note
    from flowbt.lake import Lake
    from flowbt.workflows.quarantine import quarantine as counted
    from flowbt.workflows.quarantine import quarantined_rows

    rows = quarantined_rows(Lake(lake), file=file, reason=reason)
    if out is not None:
        tables.write_frame(rows, out)
        note(f"{rows.height:,} rows written to {out}")
    shown = counted(rows, limit)
    if as_json or out is None:
        emit(shown.document(), as_json, lambda: ingest_text.quarantine_text(shown))
