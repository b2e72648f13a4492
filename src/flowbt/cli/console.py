"""Shared by all commands: options, parsing of dates and lists, JSON or text output, progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowbt.errors import FlowbtError

if TYPE_CHECKING:
    from flowbt.metrics import Decision

LakeOption = Annotated[
    str,
    typer.Option("--lake", envvar="FLOWBT_LAKE", help="Folder of the lake, or an address such as s3://bucket/prefix."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="Read the lake as it was at a date (end of day, UTC), a time, or a version of chains.",
    ),
]
ReportsOption = Annotated[Path, typer.Option("--reports", help="Folder for reports and run records.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, as YYYY-MM-DD.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day, as YYYY-MM-DD.")]
SymbolsOption = Annotated[str | None, typer.Option("--symbols", help="Symbols, separated by commas; default: all.")]
DecisionOption = Annotated[
    str,
    typer.Option(
        "--decision",
        metavar="close|pre_open",
        help="Decision time, which determines the open interest known: after the close, or before the next open.",
    ),
]
PartialOption = Annotated[
    bool, typer.Option("--include-partial", help="Include days whose chains have far fewer rows than usual.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="K=V", help="Set a threshold, as in --set hold=5; repeatable.")
]

DEFAULT_LAKE = "data"
DEFAULT_REPORTS = Path("reports")


def day(text: str | None) -> date | None:
    """Parse a date as typed.

    Raises:
        FlowbtError: not a valid date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FlowbtError(f"'{text}' is not a valid date: write YYYY-MM-DD") from None


def listed(text: str | None) -> list[str] | None:
    """Split names at commas; commas within brackets do not separate."""
    if text is None:
        return None
    names, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            names.append("")
        else:
            names[-1] += character
    return [name.strip() for name in names if name.strip()]


def symbol_of(text: str) -> str:
    """A symbol in the lake's spelling: `brk-b` is BRK.B, `^SPX` is SPX."""
    from flowbt.schema import spell_symbol

    return spell_symbol(text)


def symbols_of(text: str | None) -> list[str] | None:
    """Symbols separated by commas, in the lake's spelling."""
    names = listed(text)
    return None if names is None else [symbol_of(name) for name in names]


def decision_of(text: str) -> "Decision":
    """The decision time as typed."""
    from flowbt.metrics import decision_named

    return decision_named(text)


def whole_numbers(text: str) -> list[int]:
    """Parse whole numbers separated by commas.

    Raises:
        FlowbtError: not a list of whole numbers.
    """
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise FlowbtError(f"'{text}' is not a list of whole numbers: write them as in 1,3,5,10") from None


def emit(document: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print the document as JSON, or the text that `text` makes of it."""
    if as_json:
        from flowbt.workflows.runs import to_json

        typer.echo(to_json(document))
    else:
        typer.echo(text())


def note(line: str) -> None:
    """Print a line for the user on stderr; stdout is reserved for results."""
    typer.echo(line, err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr if that is a terminal; otherwise nothing."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
