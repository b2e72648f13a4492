"""Download and ingest a public data set: fetch."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from flowbt.cli.console import DEFAULT_LAKE, JsonOption, LakeOption, emit, progress, symbols_of


def fetch(
    name: Annotated[
        str | None, typer.Argument(metavar="DATA_SET", help="Name of a data set; --list shows all.")
    ] = None,
    symbols: Annotated[str | None, typer.Option(help="Symbols of the data set, separated by commas.")] = None,
    first: Annotated[
        int | None, typer.Option("--from", metavar="YEAR", help="First year; default: that of the data set.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", metavar="YEAR", help="Last year; default: that of the data set.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="URL of a copy of the data set; {symbol} is replaced by the symbol in lower case."
        ),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for the downloaded files; default: a cache folder.")
    ] = None,
    list_sets: Annotated[bool, typer.Option("--list", help="List the data sets.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Download a public option history and ingest it: chains of the requested years, and daily bars."""
    from flowbt.errors import FlowbtError
    from flowbt.lake import Lake
    from flowbt.workflows import fetch as fetching

    if list_sets:
        sets = fetching.data_sets()
        emit(sets, as_json, lambda: _listed(sets))
        return
    if not name:
        raise FlowbtError("give the name of a data set, as in `flowbt fetch dubach --symbols IWM`; --list shows all")
    with _downloading() as on_bytes:
        files = fetching.download(name, symbols_of(symbols) or [], first, last, url=url, keep=keep, on_bytes=on_bytes)
    with progress("Ingesting") as on_file:
        document = fetching.ingest(Lake(lake), files, on_file)
    emit(document, as_json, lambda: _fetched(document))
    if document["totals"]["rejected"]:
        raise typer.Exit(1)


def _listed(sets: list[dict[str, Any]]) -> str:
    return "\n".join(f"{one['name']:<12} {one['description']}" for one in sets)


def _fetched(document: Mapping[str, Any]) -> str:
    """Files downloaded, and the accounting of their rows."""
    from flowbt.cli.ingest_text import ingested

    files = document["downloads"]
    new = [file for file in files if file["downloaded"]]
    size = sum(file["downloaded"] for file in new)
    return "\n".join(
        [
            f"{len(new):,} files downloaded ({size / 1e6:,.1f} MB), {len(files) - len(new):,} already present; folder "
            f"{document['folder']}",
            *("\n".join((what, ingested(document[what], dry_run=False))) for what in ("prices", "chains")),
        ]
    )


@contextmanager
def _downloading() -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A progress bar for each file if stderr is a terminal; otherwise nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def on_bytes(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                for task in tasks.values():
                    bar.remove_task(task)
                tasks.clear()
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=done, total=total)

        yield on_bytes
