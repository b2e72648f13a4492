"""The daily flow report, of a day or of a range."""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowbt.cli.console import (
    DEFAULT_LAKE,
    DEFAULT_REPORTS,
    AsOfOption,
    DecisionOption,
    FromOption,
    JsonOption,
    LakeOption,
    PartialOption,
    ReportsOption,
    SetOption,
    ToOption,
    day,
    decision_of,
    emit,
    note,
    progress,
    symbol_of,
)
from flowbt.errors import FlowbtError
from flowbt.settings import parse_settings

if TYPE_CHECKING:
    from flowbt.flow.report import FlowReport

HIGHEST = 1e7
"""The maximum price of a level, in the currency of the exchange."""


def verdict(
    symbol: Annotated[str, typer.Argument(help="Symbol of the chain.")],
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Session to report; default: the latest.")] = None,
    first: FromOption = None,
    last: ToOption = None,
    output: Annotated[
        str | None,
        typer.Option("--format", help="Format: text, md, html or json; default: by the extension of --out, else text."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write to this file; with --from or --to to this folder, one page per day and an index."),
    ] = None,
    follow_up: Annotated[
        bool,
        typer.Option(
            "--follow-up", help="Add the outcome of triggers, levels and trade ideas in the following sessions."
        ),
    ] = False,
    level: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=PRICE", help="User-supplied price level to classify by its position and follow; repeatable."
        ),
    ] = None,
    contract: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SYMBOL",
            help="Contract to look up, as in IWM260424P00256000; refused with the reason if it expired or is not listed; repeatable.",
        ),
    ] = None,
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    settings: SetOption = None,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """The daily flow report: verdict, flow, positioning, levels, trade ideas and what to watch."""
    from flowbt.cli import tables
    from flowbt.lake import Lake
    from flowbt.workflows.flow_report import flow_report, flow_reports
    from flowbt.workflows.flow_report_files import render_report, write_reports

    opened = Lake(lake, as_of)
    options: dict[str, Any] = {
        "settings": parse_settings(settings or []), "decision": decision_of(decision), "include_partial": include_partial,
        "levels": _prices(level or []), "contracts": contract or [], "follow": follow_up, "reports": reports,
    }  # fmt: skip
    if first is not None or last is not None:
        if date is not None or out is None:
            raise FlowbtError("a range of days goes into a folder: give --from and --to with --out DIR, without --date")
        daily = flow_reports(opened, symbol_of(symbol), day(first), day(last), **options)
        with progress("Reporting") as on_page:
            written = write_reports(_counted(daily, on_page), out, output or "html")
        note(f"{len(written):,} files written, the first of them {written[0]}")
        if as_json:
            emit({"symbol": symbol_of(symbol), "files": written}, as_json, str)
        return
    chosen = "json" if as_json else output or _format_of(out)
    rendered = render_report(flow_report(opened, symbol_of(symbol), day(date), **options), chosen)
    if out is None:
        typer.echo(rendered, nl=False)
    else:
        tables.write_text(rendered, out)
        note(f"written to {out}")


def _counted(reports: Iterable["FlowReport"], on_report: Callable[[int, int], None]) -> Iterator["FlowReport"]:
    for number, report in enumerate(reports, 1):
        yield report
        on_report(number, 0)


def _prices(pairs: list[str]) -> dict[str, float]:
    """Levels as given on the command line: `["30D support=250.34"]`."""
    levels = {}
    for pair in pairs:
        name, _, text = pair.rpartition("=")
        try:
            price = float(text)
        except ValueError:
            price = math.nan
        if not 0 < price <= HIGHEST or not name.strip():
            raise FlowbtError(f"'{pair}' is not a valid level: write NAME=PRICE, as in 'support=250.34'")
        levels[name.strip()] = price
    return levels


def _format_of(path: Path | None) -> str:
    """The report's format by a file's ending; text without one."""
    endings = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}
    return "text" if path is None else endings.get(path.suffix.lower(), "text")
