"""What every command shares: options, dates and lists from text, JSON or text out, progress on a terminal."""

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
    typer.Option("--lake", envvar="FLOWBT_LAKE", help="The lake's folder, or an address such as s3://bucket/prefix."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="MOMENT", help="The lake as it was: a date (its end, UTC), a time, or a version of chains."
    ),
]
ReportsOption = Annotated[Path, typer.Option("--reports", help="Where runs are written.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, YYYY-MM-DD.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day, YYYY-MM-DD.")]
SymbolsOption = Annotated[str | None, typer.Option("--symbols", help="Symbols, separated by commas; all by default.")]
DecisionOption = Annotated[
    str,
    typer.Option(
        "--decision",
        metavar="close|pre_open",
        help="After the close, or before the next open: which open interest is known.",
    ),
]
PartialOption = Annotated[
    bool, typer.Option("--include-partial", help="Look at chains with far fewer rows than usual, too.")
]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="K=V", help="A threshold, as in --set hold=5.")]

DEFAULT_LAKE = "data"
DEFAULT_REPORTS = Path("reports")


def day(text: str | None) -> date | None:
    """A date as typed."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FlowbtError(f"'{text}' is no date: write YYYY-MM-DD") from None


def listed(text: str | None) -> list[str] | None:
    """Names separated by commas; a comma within brackets does not separate."""
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
    """A symbol as typed, in the lake's spelling: `brk-b` is BRK.B, `^SPX` is SPX."""
    from flowbt.schema import spell_symbol

    return spell_symbol(text)


def symbols_of(text: str | None) -> list[str] | None:
    """Symbols as typed, in the lake's spelling."""
    names = listed(text)
    return None if names is None else [symbol_of(name) for name in names]


def decision_of(text: str) -> "Decision":
    """When it is decided, as typed."""
    from flowbt.metrics import decision_named

    return decision_named(text)


def whole_numbers(text: str) -> list[int]:
    """Whole numbers separated by commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise FlowbtError(f"'{text}' is no list of whole numbers: write 1,3,5,10") from None


def emit(document: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print the document as JSON, or what `text` makes of it."""
    if as_json:
        from flowbt.workflows.runs import to_json

        typer.echo(to_json(document))
    else:
        typer.echo(text())


def note(line: str) -> None:
    """A line for the person at the terminal; stdout is kept for results."""
    typer.echo(line, err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr if that is a terminal; otherwise silence."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
