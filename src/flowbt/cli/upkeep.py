"""Commands that keep a lake: verify, compact, export."""

from pathlib import Path
from typing import Annotated, Any

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    AsOfOption,
    FromOption,
    JsonOption,
    LakeOption,
    SymbolsOption,
    ToOption,
    day,
    emit,
    symbols_of,
)


def verify(
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Set a torn newest log entry aside if it was never acknowledged; nothing else."),
    ] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Read every byte of the lake and say what is damaged; exit code 1 if anything is."""
    from flowbt.lake import Lake
    from flowbt.lake.verify import verify_lake

    document = verify_lake(Lake(lake), repair=repair)
    emit(document, as_json, lambda: _verify_text(document))
    if not document["ok"]:
        raise typer.Exit(1)


def _verify_text(document: dict[str, Any]) -> str:
    lines = [f"damaged  {found['path']}: {found['reason']}" for found in document["damaged"]]
    lines += [f"set aside  {path}" for path in document.get("set_aside", [])]
    if document["unreferenced"]:
        lines.append(f"{len(document['unreferenced']):,} files belong to no version; `flowbt compact` removes them")
    if document["damaged"]:
        lines.append("restore what is damaged from a backup, or ingest the files again into a new lake")
    whole = "all as they were written" if document["ok"] else f"{len(document['damaged']):,} damaged"
    return "\n".join([*lines, f"{document['files']:,} files read, {whole}"])


def compact(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Join a month's many small files into few; older versions stay readable."""
    from flowbt.lake import Lake
    from flowbt.lake.compact import compact_lake

    document = compact_lake(Lake(lake))
    emit(document, as_json, lambda: _compact_text(document))


def _compact_text(document: dict[str, Any]) -> str:
    lines = [
        f"{row['table']:<12} {row['files_before']:,} files, now {row['files_after']:,}" for row in document["tables"]
    ]
    if document["removed"]:
        lines.append(f"{len(document['removed']):,} files that belonged to no version removed")
    return "\n".join(lines)


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    table: Annotated[str, typer.Option(help="chains, prices, prints, metrics or quarantine.")] = "chains",
    symbols: SymbolsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    output: Annotated[str, typer.Option("--format", help="parquet or csv.")] = "parquet",
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write a table as plain Parquet or CSV files, one a month."""
    from flowbt.lake import Lake
    from flowbt.lake.export import export_table

    document = export_table(
        Lake(lake, as_of),
        out,
        table=table,
        symbols=symbols_of(symbols),
        first=day(first),
        last=day(last),
        file_format=output,
    )
    emit(
        document, as_json, lambda: f"{document['rows']:,} rows of {table} in {len(document['files']):,} files in {out}"
    )
