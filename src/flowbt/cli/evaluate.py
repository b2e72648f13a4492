"""Does a signal, a series or a set of levels predict: evaluate."""

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
    SymbolsOption,
    ToOption,
    day,
    decision_of,
    emit,
    listed,
    symbols_of,
    whole_numbers,
)
from flowbt.errors import FlowbtError
from flowbt.settings import parse_settings

if TYPE_CHECKING:
    from flowbt.evaluation.forward_returns import Entry
    from flowbt.lake import Lake


def evaluate(
    signal: Annotated[
        str | None,
        typer.Argument(
            metavar="SIGNAL",
            help="flow_verdict, max_pain_gravity, call_breakout, or a Python file with one signal; omit with --series or --levels.",
        ),
    ] = None,
    series: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Evaluate a user-supplied series from this file.")
    ] = None,
    levels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Evaluate user-supplied price levels from this file: symbol, date, kind, level."
        ),
    ] = None,
    kinds: Annotated[
        str | None, typer.Option(help="Kinds of levels to evaluate; in a file with one column per kind, the columns.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="Column of the series.")] = None,
    date_column: Annotated[str | None, typer.Option(help="Column of the dates.")] = None,
    date_format: Annotated[str | None, typer.Option(help="Format of the dates, as in %d/%m/%Y.")] = None,
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with prices; default: the file of the series, or the lake."),
    ] = None,
    price_column: Annotated[str | None, typer.Option(help="Column of the price.")] = None,
    exchange: Annotated[
        str | None,
        typer.Option(
            metavar="MIC",
            help="Exchange whose sessions apply to a price file, as in XNSE; default: each day in the file is a session.",
        ),
    ] = None,
    buckets: Annotated[
        int, typer.Option(help="Number of quantile buckets of the series; with fewer distinct values, one per value.")
    ] = 5,
    symbols: SymbolsOption = None,
    horizons: Annotated[
        str | None, typer.Option(help="Horizons in sessions, separated by commas; default: 1,3,5,10, for a series 1.")
    ] = None,
    entry: Annotated[
        str | None, typer.Option(help="Entry price: next_open (default), next_close, or close (not tradable).")
    ] = None,
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    first: FromOption = None,
    last: ToOption = None,
    settings: SetOption = None,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """Does it predict? A signal, or a series or levels from a file, against what the price did next."""
    from flowbt.lake import Lake

    if sum(subject is not None for subject in (signal, series, levels)) != 1:
        raise FlowbtError(
            "evaluate a signal, as in `flowbt evaluate flow_verdict`, or --series FILE --column NAME, or --levels FILE"
        )
    _refuse_others(
        "--series" if series is not None else "--levels" if levels is not None else "a signal",
        {
            "--column": column, "--date-column": date_column, "--price-column": price_column, "--prices": prices,
            "--date-format": date_format, "--kinds": kinds, "--symbols": symbols, "--set": settings, "--entry": entry,
            "--from": first, "--to": last, "--exchange": exchange,
        },
    )  # fmt: skip
    if series is not None:
        _series(
            series, column, date_column=date_column, date_format=date_format, prices=prices, price_column=price_column,
            buckets=buckets, horizons=horizons, first=first, last=last, entry=entry, exchange=exchange, reports=reports,
            as_json=as_json,
        )  # fmt: skip
    elif levels is not None:
        _levels(
            levels, Lake(lake, as_of), prices=prices, price_column=price_column, symbols=symbols, kinds=kinds, horizons=horizons,
            first=first, last=last, date_format=date_format, exchange=exchange, reports=reports, as_json=as_json,
        )  # fmt: skip
    else:
        _signal(
            str(signal), Lake(lake, as_of), symbols=symbols, horizons=horizons, settings=settings, first=first, last=last,
            entry=entry, decision=decision, include_partial=include_partial, reports=reports, as_json=as_json,
        )  # fmt: skip


def _signal(
    signal: str,
    lake: "Lake",
    *,
    symbols: str | None,
    horizons: str | None,
    settings: list[str] | None,
    first: str | None,
    last: str | None,
    entry: str | None,
    decision: str,
    include_partial: bool,
    reports: Path | None,
    as_json: bool,
) -> None:
    """Evaluate a signal on the lake's chains and prices."""
    from flowbt.report.evaluation.page import evaluation_text
    from flowbt.workflows.evaluate import evaluate_signal

    evaluation = evaluate_signal(
        lake, signal, symbols=symbols_of(symbols), horizons=whole_numbers(horizons or "1,3,5,10"),
        settings=parse_settings(settings or []), first=day(first), last=day(last), entry=_entry(entry),
        decision=decision_of(decision), include_partial=include_partial, reports=reports,
    )  # fmt: skip
    emit(evaluation, as_json, lambda: evaluation_text(evaluation))


def _series(
    series: Path,
    column: str | None,
    *,
    date_column: str | None,
    date_format: str | None,
    prices: Path | None,
    price_column: str | None,
    buckets: int,
    horizons: str | None,
    first: str | None,
    last: str | None,
    entry: str | None,
    exchange: str | None,
    reports: Path | None,
    as_json: bool,
) -> None:
    """Evaluate a series from a file."""
    from flowbt.report.evaluation.page import evaluation_text
    from flowbt.workflows.evaluate_series import evaluate_series

    if column is None:
        raise FlowbtError(f"--series '{series}' needs --column: which of its columns is the series?")
    evaluation = evaluate_series(
        series, column, date_column=date_column, date_format=date_format, prices=prices, price_column=price_column,
        buckets=buckets, horizons=whole_numbers(horizons or "1"), first=day(first), last=day(last), entry=_entry(entry),
        exchange=_exchange(exchange), reports=reports,
    )  # fmt: skip
    emit(evaluation, as_json, lambda: evaluation_text(evaluation))


def _levels(
    levels: Path,
    lake: "Lake",
    *,
    prices: Path | None,
    price_column: str | None,
    symbols: str | None,
    kinds: str | None,
    horizons: str | None,
    first: str | None,
    last: str | None,
    date_format: str | None,
    exchange: str | None,
    reports: Path | None,
    as_json: bool,
) -> None:
    """Evaluate levels from a file, on prices from a file or from the lake."""
    from flowbt.report.kit.text import page_text
    from flowbt.report.levels.page import level_page
    from flowbt.workflows.evaluate_levels import evaluate_levels

    evaluation = evaluate_levels(
        levels, lake, prices=prices, price_column=price_column, symbols=symbols_of(symbols), kinds=listed(kinds),
        horizons=whole_numbers(horizons or "1,3,5,10"), first=day(first), last=day(last), date_format=date_format,
        exchange=_exchange(exchange), reports=reports,
    )  # fmt: skip
    emit(evaluation, as_json, lambda: f"{page_text(level_page(evaluation))}\nReport: {evaluation.report}")


def _exchange(name: str | None) -> str | None:
    return name.upper() if name else None


TAKES = {
    "a signal": {"--symbols", "--set", "--entry", "--from", "--to"},
    "--series": {
        "--column", "--date-column", "--date-format", "--prices", "--price-column", "--entry", "--from", "--to",
        "--exchange",
    },
    "--levels": {"--kinds", "--prices", "--price-column", "--date-format", "--symbols", "--from", "--to", "--exchange"},
}  # fmt: skip


def _refuse_others(subject: str, given: dict[str, Any]) -> None:
    for option, value in given.items():
        if value and option not in TAKES[subject]:
            where = " and ".join(name for name, takes in TAKES.items() if option in takes)
            raise FlowbtError(f"{option} does not apply to {subject}: it applies to {where}")


def _entry(text: str | None) -> "Entry | None":
    from flowbt.evaluation.forward_returns import ENTRIES

    if text is None:
        return None
    for entry in ENTRIES:
        if entry == text:
            return entry
    raise FlowbtError(f"unknown entry '{text}': use {', '.join(ENTRIES[:-1])} or {ENTRIES[-1]}")
