"""Does a signal, or a series of one's own, predict? What was said against what the price did next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from inspect import getdoc
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import DefinitionError, FlowbtError, LakeError
from flowbt.evaluation import evaluate as sections
from flowbt.evaluation.forward_returns import Entry, outcomes_of
from flowbt.evaluation.levels import LevelStudy
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.evaluation.return_definition import returns_of
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, Failures, Lost, Request, compute, current_catalogue
from flowbt.report import evaluation_answer, render_evaluation
from flowbt.report.evaluation.price_answer import price_answer
from flowbt.settings import configure, flatten
from flowbt.signals import Signal, signal_named
from flowbt.strategy import load_definitions
from flowbt.workflows.level_study import signal_levels
from flowbt.workflows.price_calendar import calendar_of, own_sessions
from flowbt.workflows.runs import hashed, manifest, write_run
from flowbt.workflows.user_series import read_series

HORIZONS = (1, 3, 5, 10)
LONGEST = 2_520
"""Sessions: ten years."""
IMPLIED = "iv_30d"
"""The implied volatility a verdict must add to: what the market expects, and everybody knows."""


def evaluate_signal(
    lake: Lake,
    signal: str | Path | Signal,
    *,
    symbols: Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
    settings: Mapping[str, str] | None = None,
    first: date | None = None,
    last: date | None = None,
    entry: Entry | None = None,
    decision: Decision = "close",
    include_partial: bool = False,
    reports: Path | None = None,
) -> dict[str, Any]:
    """Everything that can be said of whether a signal's verdicts predict, with the answer in words.

    Args:
        lake: chains and price bars.
        signal: a shipped signal's name, a file that defines one (it is run as Python), or a signal.
        symbols: by default all that have both chains and bars.
        horizons: in sessions.
        settings: thresholds as text, `{"bearish": "0.3"}`.
        first: first day whose verdict counts.
        last: last day whose verdict counts; prices after it still say what followed.
        entry: where a return starts; by default the next open, or the next close where no bar has an open; `close` is not tradable.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: look at snapshots that were taken before their session ended, too.
        reports: where to write the run; None writes nothing.
    """
    horizons = checked_horizons(horizons)
    chosen, catalogue, source = _loaded(signal)
    chosen = configure(chosen, settings or {})
    wanted, bars = symbols_with_bars(lake, symbols)
    entry = entry or ("next_open" if bars["open"].null_count() < bars.height else "next_close")
    request = Request(
        tuple(wanted),
        first,
        last,
        expressions={**chosen.columns(), IMPLIED: pl.col(IMPLIED)},
        decision=decision,
        include_partial=include_partial,
    )
    # what the signal itself says is what was asked for: where that fails there is nothing to evaluate
    failures = Failures(only_shipped=True)
    verdicts = compute(lake, request, catalogue, lost=Lost(failures))
    if not verdicts.height:
        raise LakeError(
            f"no snapshots of {', '.join(wanted)} from {first} on: `flowbt status` shows what the lake holds"
        )
    actions, exchanges = lake.actions(wanted), lake.exchanges(wanted)
    panel = panel_of(verdicts, outcomes_of(bars, entry, actions, exchanges))
    judged = verdicts.filter(pl.col("verdict").is_not_null())
    found = sections.evaluate_panel(panel, horizons, {IMPLIED: panel.placed(verdicts, IMPLIED)}, exchanges)
    found["coverage"]["abstentions"] = verdicts.height - judged.height
    document: dict[str, Any] = {
        "signal": chosen.name(),
        "description": first_sentence(chosen),
        "parameters": flatten(chosen),
        "symbols": wanted,
        "from": verdicts["date"].min(),
        "to": verdicts["date"].max(),
        "prices_to": bars["date"].max(),
        "sessions": judged["date"].n_unique(),
        "decision": decision,
        "entry": entry,
        "exchanges": exchanges,
        "returns": _returns(panel, bars, actions, horizons),
        **found,
    }
    levels = signal_levels(
        lake, chosen, wanted, horizons, first=first, last=last, decision=decision, include_partial=include_partial,
        catalogue=catalogue, failures=failures,
    )  # fmt: skip
    if levels is not None:
        document["levels"] = levels.document()
    document["failed_metrics"] = [asdict(metric) for metric in failures.listed()]
    asked = {
        "symbols": wanted,
        "from": first,
        "to": last,
        "entry": entry,
        "horizons": list(horizons),
        "decision": decision,
        "include_partial": include_partial,
        "parameters": flatten(chosen),
        **source,
    }
    return _told(document, manifest(lake, "evaluate", chosen.name(), asked), {"verdicts": verdicts}, reports, levels)


def evaluate_series(
    path: Path,
    column: str,
    *,
    date_column: str | None = None,
    date_format: str | None = None,
    prices: Path | None = None,
    price_column: str | None = None,
    buckets: int = 5,
    horizons: Sequence[int] = (1,),
    first: date | None = None,
    last: date | None = None,
    entry: Entry | None = None,
    exchange: str | None = None,
    reports: Path | None = None,
) -> dict[str, Any]:
    """Whether a series of your own predicts the price beside it: buckets, correlation, what it adds, and luck.

    Args:
        path: a file with a date and the series.
        column: which of its columns it is.
        date_column: its dates; the usual names by default.
        date_format: how dates are written, where the file leaves a doubt.
        prices: a file with prices; by default the series' own.
        price_column: its price, taken as the close; by default the file's bars, or its column close or price.
        buckets: how many at most, quantiles of the whole sample; the first holds the lowest values. A series of no more
            distinct values has one bucket for each.
        horizons: in sessions; the buckets are of the first.
        first: first day whose value counts.
        last: last day whose value counts; prices after it still say what followed.
        entry: where a return starts; by default the next open, or the next close where there are no opens.
        exchange: the MIC of the exchange whose sessions count; by default each day of the price file is a session.
        reports: where to write the run; None writes nothing.
    """
    horizons = checked_horizons(horizons)
    series = read_series(
        path, column, date_column=date_column, date_format=date_format, prices=prices, price_column=price_column
    )
    opens = series.bars["open"].null_count() == 0
    if entry == "next_open" and not opens:
        raise FlowbtError(f"'{prices or path}' has no opens on some days: use --entry next_close, or close")
    start: Entry = entry or ("next_open" if opens else "next_close")
    values = series.values.filter(pl.col("date").is_between(first or date.min, last or date.max))
    panel = panel_of(values, outcomes_of(series.bars, start, exchanges=own_sessions(series.bars, exchange)))
    _require_outcomes(panel, horizons)
    named = {symbol: exchange for symbol in panel.symbols if exchange is not None}
    document: dict[str, Any] = {
        "series": path.name,
        "column": column,
        "prices": (prices or path).name,
        "from": panel.dates[0],
        "to": panel.dates[-1],
        "sessions": panel.score.shape[0],
        "unreadable": series.unreadable,
        "without_price": series.without_price,
        "entry": start,
        "calendar": calendar_of(series.bars, exchange),
        "returns": _returns(panel, series.bars, None, horizons),
        **sections.evaluate_series(panel, horizons, buckets, named),
    }
    asked = {
        "column": column,
        "date_column": date_column,
        "date_format": date_format,
        "price_column": price_column,
        "buckets": buckets,
        "horizons": list(horizons),
        "from": first,
        "to": last,
        "entry": start,
        "exchange": exchange,
        "series": hashed(path),
        "prices": hashed(prices or path),
    }
    facts = manifest(None, "evaluate", f"{path.stem}-{column}", asked)
    return _told(document, facts, {"series": values}, reports)


def checked_horizons(horizons: Sequence[int]) -> list[int]:
    """The horizons, ascending, each once.

    Raises:
        FlowbtError: there is none, or one is out of range.
    """
    horizons = sorted(set(horizons))
    if not horizons or not 1 <= horizons[0] <= horizons[-1] <= LONGEST:
        raise FlowbtError(f"horizons {horizons}: give sessions from 1 to {LONGEST}, as in 1,3,5,10")
    return horizons


def symbols_with_bars(lake: Lake, symbols: Sequence[str] | None) -> tuple[list[str], pl.DataFrame]:
    """The symbols to work on and their price bars; one asked for by name must have bars."""
    wanted = lake.require_symbols(symbols)
    bars = lake.bars(wanted)
    have = set(bars["symbol"].unique())
    without = [symbol for symbol in wanted if symbol not in have]
    if without and (symbols or not have):
        raise FlowbtError(
            f"no price bars for {', '.join(without)} in the lake at '{lake.where}': bring them in with `flowbt ingest ohlcv`"
        )
    return [symbol for symbol in wanted if symbol in have], bars


def first_sentence(thing: object) -> str:
    """The first paragraph of its class's docstring."""
    return (getdoc(type(thing)) or "").split("\n\n")[0].replace("\n", " ")


def _loaded(signal: str | Path | Signal) -> tuple[Signal, Catalogue, dict[str, str]]:
    """A signal, the catalogue it is computed from, and the file it came from."""
    if isinstance(signal, Signal):
        return signal, current_catalogue(), {}
    if isinstance(signal, str) and not signal.endswith(".py"):
        return signal_named(signal)(), current_catalogue(), {}
    defined = load_definitions(signal)
    if len(defined.signals) != 1:
        found = ", ".join(own.__name__ for own in defined.signals) or "none"
        raise DefinitionError(f"'{signal}' must define one subclass of flowbt.Signal; it defines {found}")
    try:
        chosen = defined.signals[0]()
    except TypeError as error:
        raise DefinitionError(
            f"'{signal}': give every field of {defined.signals[0].__name__} a default ({error})"
        ) from None
    return chosen, defined.catalogue, {"file": defined.path.name, "signal_sha256": defined.sha256}


def _told(
    document: dict[str, Any],
    facts: dict[str, Any],
    frames: dict[str, pl.DataFrame],
    reports: Path | None,
    study: LevelStudy | None = None,
) -> dict[str, Any]:
    """The document with its answer, and its run written where that is wanted."""
    paragraphs = (document.get("levels") or {}).get("answer", "").split("\n\n")
    # of the levels the signal's own, and how many tests there were; the walls beside them are in the tables
    of_levels = " ".join(dict.fromkeys((paragraphs[0], paragraphs[-1])))
    said = [evaluation_answer(document), of_levels, price_answer(document)]
    document["answer"] = "\n\n".join(filter(None, said))
    if reports is not None:
        document |= {"run": facts["run"], "report": str(reports / facts["run"] / "report.html")}
        write_run(reports, document, render_evaluation({**document, "manifest": facts, "study": study}), frames, facts)
    return document


def _returns(panel: Panel, bars: pl.DataFrame, actions: pl.DataFrame | None, horizons: Sequence[int]) -> dict[str, Any]:
    """What the panel's returns are, and the jumps from its first session to the end of its last outcome."""
    dates = panel.outcomes.dates
    end = panel.first + len(panel.dates) - 1 + panel.outcomes.known_after(max(horizons))
    if not panel.dates:
        return {}
    return returns_of(panel.outcomes, bars, actions, panel.dates[0], dates[min(end, len(dates) - 1)])


def _require_outcomes(panel: Panel, horizons: Sequence[int]) -> None:
    """Refuse a series of which no value has a price to follow it."""
    if not len(panel.dates):
        raise FlowbtError("the series has no value on a day with a price")
    if len(panel.outcomes.dates) <= horizons[0] + 1:
        raise FlowbtError(f"{len(panel.outcomes.dates)} prices are too few for a horizon of {horizons[0]} sessions")
