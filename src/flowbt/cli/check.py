"""Does a strategy, a signal or a metric look ahead: check."""

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    AsOfOption,
    DecisionOption,
    FromOption,
    JsonOption,
    SetOption,
    SymbolsOption,
    ToOption,
    day,
    decision_of,
    emit,
    progress,
    symbols_of,
)
from flowbt.settings import parse_settings

if TYPE_CHECKING:
    from flowbt.audit import AuditReport

WIDTH = 100


def check(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE.py|SIGNAL|METRIC", help="A Python file, which is run, or the name of a signal or metric."
        ),
    ],
    symbols: SymbolsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    settings: SetOption = None,
    decision: DecisionOption = "close",
    warm_up: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help="Fail if, after N sessions, values still depend on where the history begins."
        ),
    ] = None,
    as_of: AsOfOption = None,
    lake: Annotated[
        str | None,
        typer.Option("--lake", envvar="FLOWBT_LAKE", help="Check on this lake; default: a small synthetic market."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Does it look ahead? The future is cut off and poisoned; exit code 1 if anything before it changes.

    It cannot detect numbers contained in a file, choices made by looking at the data, or data that were revised later.
    """
    from flowbt.lake import Lake
    from flowbt.workflows.check import check_strategy

    where = lake if lake is not None else DEFAULT_LAKE if symbols or as_of else None
    with progress("Checking") as on_question:
        report = check_strategy(
            what, None if where is None else Lake(where, as_of), symbols=symbols_of(symbols), first=day(first),
            last=day(last), settings=parse_settings(settings or []), decision=decision_of(decision), warm_up=warm_up,
            progress=on_question,
        )  # fmt: skip
    emit(report.document(), as_json, lambda: check_text(report))
    if not report.ok:
        raise typer.Exit(1)


def check_text(report: "AuditReport") -> str:
    """The answer, and below it the result of each check."""
    lines = [textwrap.fill(report.answer, WIDTH), ""]
    for each in report.checks:
        mark = "ok    " if each.ok else "FAILED"
        lines.append(
            textwrap.fill(each.detail, WIDTH, initial_indent=f"{mark}  {each.name:<20}", subsequent_indent=" " * 28)
        )
    return "\n".join(lines)
