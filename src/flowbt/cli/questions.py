"""Commands that answer questions: metrics, evaluate, backtest, demo."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

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
    note,
    progress,
    symbol_of,
    symbols_of,
    whole_numbers,
)
from flowbt.errors import FlowbtError
from flowbt.settings import parse_settings


def metrics(
    symbols: Annotated[list[str] | None, typer.Argument(metavar="SYMBOL...", help="Whose; all by default.")] = None,
    select: Annotated[
        str | None, typer.Option(help="Metrics, separated by commas; all of the grain by default.")
    ] = None,
    grain: Annotated[
        str, typer.Option(help="snapshot, history, expiry, level, strike, contract or print.")
    ] = "snapshot",
    where: Annotated[
        str | None, typer.Option(metavar="METRIC", help="Only rows of which this metric says yes, as in unusual.")
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="A metric's parameter, for all that have it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a .parquet, .csv or .json file.")] = None,
    own: Annotated[Path | None, typer.Option("--with", metavar="FILE.py", help="Metrics of your own.")] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep them in the lake, and compute only what is not up to date there.")
    ] = False,
    list_metrics: Annotated[bool, typer.Option("--list", help="Show the catalogue.")] = False,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Metrics of option chains; --list shows them all. A scope narrows one down, as in net_premium[dte<=7,otm]."""
    from flowbt.cli import tables
    from flowbt.lake import Lake
    from flowbt.metrics import SHIPPED, Failures, Tally, load_metrics
    from flowbt.report.kit.failed_metrics import failed_sentence
    from flowbt.workflows import compute_metrics as research

    catalogue = SHIPPED if own is None else load_metrics(own)
    if list_metrics:
        listing = research.list_metrics(catalogue)
        emit(listing, as_json, lambda: tables.catalogue_text(listing))
        return
    asked = [symbol_of(symbol) for symbol in symbols or []]
    tally = Tally() if store else None
    failures = Failures()
    with progress("Computing") as on_chunk:
        frame = research.compute_metrics(
            Lake(lake, as_of), asked, select=listed(select), grain=grain, first=day(first), last=day(last),
            parameters=parse_settings(param or []), where=where, store=tally, decision=decision_of(decision),
            include_partial=include_partial, catalogue=catalogue, progress=on_chunk, failures=failures,
        )  # fmt: skip
    if tally is not None:
        note(f"{tally.stored:,} values stored, {tally.read:,} were up to date")
    if out is not None:
        tables.write_frame(frame, out)
        note(f"{frame.height:,} rows written to {out}")
    if as_json or out is None:
        emit(frame.to_dicts() if as_json else None, as_json, lambda: tables.frame_text(frame))
    if failed := failures.listed():
        note(failed_sentence({"failed_metrics": [asdict(metric) for metric in failed]}))


def evaluate(
    signal: Annotated[
        str | None,
        typer.Argument(
            metavar="SIGNAL",
            help="flow_verdict, max_pain_gravity, call_breakout, or a file of your own with one; none with --series or --levels.",
        ),
    ] = None,
    series: Annotated[Path | None, typer.Option(metavar="FILE", help="A series of your own instead.")] = None,
    levels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Levels of your own instead: symbol, date, kind, level.")
    ] = None,
    kinds: Annotated[
        str | None, typer.Option(help="Which kinds of levels; of a file with a column for each, the columns.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="The series' column.")] = None,
    date_column: Annotated[str | None, typer.Option(help="The column of its dates.")] = None,
    date_format: Annotated[str | None, typer.Option(help="How they are written, as in %d/%m/%Y.")] = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Their prices; by default in the series' file, or in the lake.")
    ] = None,
    price_column: Annotated[str | None, typer.Option(help="The column of the price.")] = None,
    exchange: Annotated[
        str | None,
        typer.Option(
            metavar="MIC",
            help="The exchange whose sessions count, as in XNSE, for a file of prices; by default each of its days is one.",
        ),
    ] = None,
    buckets: Annotated[
        int, typer.Option(help="Quantiles of the whole series; a series of fewer values has one for each.")
    ] = 5,
    symbols: SymbolsOption = None,
    horizons: Annotated[
        str | None, typer.Option(help="Sessions, separated by commas: 1,3,5,10 by default, 1 for a series.")
    ] = None,
    entry: Annotated[
        str | None, typer.Option(help="next_open (by default), next_close or close (not tradable).")
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
    """Does it predict? A signal, or a series or levels of your own, against what the price did next."""
    from flowbt.lake import Lake
    from flowbt.report import evaluation_text
    from flowbt.workflows import evaluate as evaluating

    if sum(asked is not None for asked in (signal, series, levels)) != 1:
        raise FlowbtError(
            "evaluate a signal, as in `flowbt evaluate flow_verdict`, or --series FILE --column NAME, or --levels FILE"
        )
    _refuse_beside(
        "--series" if series is not None else "--levels" if levels is not None else "a signal",
        {
            "--column": column, "--date-column": date_column, "--price-column": price_column, "--prices": prices,
            "--date-format": date_format, "--kinds": kinds, "--symbols": symbols, "--set": settings, "--entry": entry,
            "--from": first, "--to": last, "--exchange": exchange,
        },
    )  # fmt: skip
    if levels is not None:
        from flowbt.report.levels.page import levels_text
        from flowbt.workflows.evaluate_levels import evaluate_levels

        found = evaluate_levels(
            levels, Lake(lake, as_of), prices=prices, price_column=price_column, symbols=symbols_of(symbols),
            kinds=listed(kinds), horizons=whole_numbers(horizons or "1,3,5,10"), first=day(first), last=day(last),
            date_format=date_format, exchange=_exchange(exchange), reports=reports,
        )  # fmt: skip
        emit(found, as_json, lambda: levels_text(found))
        return
    if series is not None:
        if column is None:
            raise FlowbtError(f"which column of '{series}' is the series? Say it with --column")
        document = evaluating.evaluate_series(
            series, column, date_column=date_column, date_format=date_format, prices=prices, price_column=price_column,
            buckets=buckets, horizons=whole_numbers(horizons or "1"), first=day(first), last=day(last),
            entry=_entry(entry), exchange=_exchange(exchange), reports=reports,
        )  # fmt: skip
    else:
        document = evaluating.evaluate_signal(
            Lake(lake, as_of), str(signal), symbols=symbols_of(symbols), horizons=whole_numbers(horizons or "1,3,5,10"),
            settings=parse_settings(settings or []), first=day(first), last=day(last), entry=_entry(entry),
            decision=decision_of(decision), include_partial=include_partial, reports=reports,
        )  # fmt: skip
    emit(document, as_json, lambda: evaluation_text(document))


def _exchange(name: str | None) -> str | None:
    return name.upper() if name else None


def backtest(
    strategy: Annotated[str, typer.Argument(metavar="STRATEGY.py", help="A strategy file; it is run as Python.")],
    symbols: SymbolsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    settings: SetOption = None,
    costs: Annotated[
        str,
        typer.Option(
            metavar="K=V,...",
            help="Basis points per fill, as in fees_bp=0.5,slippage_bp=2; 1 bp of slippage by default.",
        ),
    ] = "",
    decision: DecisionOption = "close",
    include_partial: PartialOption = False,
    cash: Annotated[float, typer.Option(help="Cash to start with, USD.")] = 100_000.0,
    as_of: AsOfOption = None,
    lake: LakeOption = DEFAULT_LAKE,
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """What would it have made? Trades, equity and measures after costs."""
    from flowbt.lake import Lake
    from flowbt.report import backtest_text
    from flowbt.settings import configure
    from flowbt.workflows.backtest import DEFAULT_COSTS, run_backtest

    document, _ = run_backtest(
        Lake(lake, as_of), strategy, symbols=symbols_of(symbols), first=day(first), last=day(last),
        settings=parse_settings(settings or []), costs=configure(DEFAULT_COSTS, parse_settings(listed(costs) or [])),
        initial_cash=cash, decision=decision_of(decision), include_partial=include_partial, reports=reports,
    )  # fmt: skip
    emit(document, as_json, lambda: backtest_text(document))


def demo(
    lake: Annotated[Path, typer.Option("--lake", help="The demo's own lake.")] = Path("data/demo"),
    reports: ReportsOption = DEFAULT_REPORTS,
    as_json: JsonOption = False,
) -> None:
    """The whole story on the embedded synthetic market, offline."""
    from flowbt.report import backtest_text, evaluation_text
    from flowbt.report.flow import flow_brief
    from flowbt.workflows.demo import run_demo

    document = run_demo(lake, reports, note)

    def told() -> str:
        parts: list[str] = [
            flow_brief(document["verdict"]),
            f"Report: {document['verdict']['report']}\n",
            evaluation_text(document["evaluation"]),
            backtest_text(document["backtest"]),
            f"This market is synthetic. After extreme flow a drift of {document['planted']['edge_bp']:g} bp over "
            f"{document['planted']['edge_horizon']} sessions was planted; the verdict sees the flow and not the drift,\n"
            "so it finds less than all of it. Nothing here says anything about a real market.",
        ]
        return "\n\n".join(parts)

    emit(document, as_json, told)


TAKES = {
    "a signal": {"--symbols", "--set", "--entry", "--from", "--to"},
    "--series": {
        "--column", "--date-column", "--date-format", "--prices", "--price-column", "--entry", "--from", "--to",
        "--exchange",
    },
    "--levels": {"--kinds", "--prices", "--price-column", "--date-format", "--symbols", "--from", "--to", "--exchange"},
}  # fmt: skip


def _refuse_beside(subject: str, given: dict[str, Any]) -> None:
    for option, value in given.items():
        if value and option not in TAKES[subject]:
            where = " and ".join(name for name, takes in TAKES.items() if option in takes)
            raise FlowbtError(f"{option} says nothing of {subject}: it goes with {where}")


def _entry(text: str | None) -> Any:
    if text not in {None, "next_open", "next_close", "close"}:
        raise FlowbtError(f"unknown entry '{text}': there are next_open, next_close and close")
    return text
