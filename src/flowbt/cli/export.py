"""Export a table as plain files: export."""

from pathlib import Path
from typing import Annotated

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


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New or empty folder.")],
    table: Annotated[str, typer.Option(help="Table: chains, prices, prints, metrics or quarantine.")] = "chains",
    symbols: SymbolsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    output: Annotated[str, typer.Option("--format", help="File format: parquet or csv.")] = "parquet",
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Export a table as plain Parquet or CSV files, one per month."""
    from flowbt.lake import Lake
    from flowbt.lake.export import export_table

    exported = export_table(
        Lake(lake, as_of),
        out,
        table=table,
        symbols=symbols_of(symbols),
        first=day(first),
        last=day(last),
        file_format=output,
    )
    emit(
        exported.document(),
        as_json,
        lambda: f"{exported.rows:,} rows of {table} in {len(exported.files):,} files in {out}",
    )
