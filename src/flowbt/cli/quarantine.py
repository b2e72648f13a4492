"""Rows that were set aside, and why: quarantine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit

if TYPE_CHECKING:
    pass


def quarantine(
    file: Annotated[str | None, typer.Option(help="Only rows of files whose path holds this.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only rows with this code, as in BAD_STRIKE.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show this many rows.")] = 20,
    out: Annotated[Path | None, typer.Option(help="Write all of them to a .parquet, .csv or .json file.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Rows that were set aside, and why: counts by file and code, then the rows."""
    from flowbt.cli import ingest_text, tables
    from flowbt.cli.console import note
    from flowbt.lake import Lake
    from flowbt.workflows import housekeeping as data

    found = data.quarantine(Lake(lake), file=file, reason=reason)
    if out is not None:
        tables.write_frame(found, out)
        note(f"{found.height:,} rows written to {out}")
    document: dict[str, Any] = {
        "rows": found.height,
        "reasons": [{"file": f, "reason": r, "rows": n} for f, r, n in data.counts_of(found).iter_rows()],
        "first": found.head(limit).to_dicts(),
    }
    if as_json or out is None:
        emit(document, as_json, lambda: ingest_text.quarantined(document))
