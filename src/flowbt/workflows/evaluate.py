"""Does a signal predict? Its verdicts against what the price did next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from inspect import getdoc
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

from flowbt.errors import DefinitionError, FlowbtError, LakeError
from flowbt.evaluation.evaluate import evaluate_panel
from flowbt.evaluation.forward_returns import Entry, outcomes_of
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation, attributes
from flowbt.evaluation.return_definition import ReturnDefinition, return_definition
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, Failures, Lost, Request, compute, current_catalogue
from flowbt.report.evaluation.answer import signal_answer
from flowbt.report.evaluation.page import signal_page
from flowbt.report.kit.html import page_html
from flowbt.report.kit.section import Page
from flowbt.settings import configure, flatten
from flowbt.signals import Signal, signal_named
from flowbt.strategy import load_definitions
from flowbt.workflows.level_study import signal_levels
from flowbt.workflows.runs import manifest, write_run

Evaluation = TypeVar("Evaluation", SignalEvaluation, SeriesEvaluation)

HORIZONS: Final = (1, 3, 5, 10)
LONGEST: Final = 2_520
"""Sessions: ten years."""
IMPLIED: Final = "iv_30d"
"""The implied volatility that a verdict must add to: what the market expects."""


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
) -> SignalEvaluation:
    """Evaluate whether the verdicts of a signal predict the price, with the answer in words.

    Args:
        lake: chains and price bars.
        signal: a shipped signal's name, a file that defines one (it is run as Python), or a signal.
        symbols: by default all that have both chains and bars.
        horizons: in sessions.
        settings: thresholds as text, `{"bearish": "0.3"}`.
        first: first day whose verdict counts.
        last: last day whose verdict counts; prices after it are still used for what followed.
        entry: where a return starts; by default the next open, or the next close where no bar has an open; `close` is not tradable.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: look at snapshots that were taken before their session ended, too.
        reports: where to write the run; None writes nothing.

    Examples:
        >>> result = flowbt.evaluate_signal(flowbt.Lake("data"), "flow_verdict", horizons=[1, 3])
        >>> [horizon.horizon for horizon in result.horizons]
        [1, 3]
        >>> result.document()["signal"]
        'flow_verdict'
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
    # where the signal itself cannot be computed there is nothing to evaluate
    failures = Failures(only_shipped=True)
    verdicts = compute(lake, request, catalogue, lost=Lost(failures))
    if not verdicts.height:
        raise LakeError(
            f"no snapshots of {', '.join(wanted)} from {first} on: `flowbt status` shows the content of the lake"
        )
    actions, exchanges = lake.actions(wanted), lake.exchanges(wanted)
    panel = panel_of(verdicts, outcomes_of(bars, entry, actions, exchanges))
    judged = verdicts.filter(pl.col("verdict").is_not_null())
    measured = evaluate_panel(panel, horizons, {IMPLIED: panel.placed(verdicts, IMPLIED)}, exchanges)
    counted = replace(measured.coverage, abstentions=verdicts.height - judged.height)
    days = verdicts["date"].sort()
    levels = signal_levels(
        lake, chosen, wanted, horizons, first=first, last=last, decision=decision, include_partial=include_partial,
        catalogue=catalogue, failures=failures,
    )  # fmt: skip
    evaluation = SignalEvaluation(
        **attributes(replace(measured, coverage=counted)),
        signal=chosen.name(),
        description=first_sentence(chosen),
        parameters=flatten(chosen),
        symbols=tuple(wanted),
        first=days[0],
        last=days[-1],
        prices_to=bars["date"].sort()[-1],
        sessions=judged["date"].n_unique(),
        decision=decision,
        entry=entry,
        exchanges=exchanges,
        returns=returns_of_panel(panel, bars, actions, horizons),
        levels=levels,
        failed_metrics=tuple(failures.listed()),
    )
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
    evaluation = replace(evaluation, answer=signal_answer(evaluation))
    facts = manifest(lake, "evaluate", chosen.name(), asked)
    return written(evaluation, signal_page, facts, {"verdicts": verdicts}, reports)


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
            f"no price bars for {', '.join(without)} in the lake at '{lake.where}': add them with `flowbt ingest ohlcv`"
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
        names = ", ".join(own.__name__ for own in defined.signals) or "none"
        raise DefinitionError(f"'{signal}' must define one subclass of flowbt.Signal; it defines {names}")
    try:
        chosen = defined.signals[0]()
    except TypeError as error:
        raise DefinitionError(
            f"'{signal}': give every field of {defined.signals[0].__name__} a default ({error})"
        ) from None
    return chosen, defined.catalogue, {"file": defined.path.name, "signal_sha256": defined.sha256}


def written(
    evaluation: Evaluation,
    page: Callable[[Evaluation, Mapping[str, Any]], Page],
    facts: Mapping[str, Any],
    frames: Mapping[str, pl.DataFrame],
    reports: Path | None,
) -> Evaluation:
    """The evaluation with the name and the page of its run, which is written where that is asked for."""
    if reports is None:
        return evaluation
    evaluation = replace(evaluation, run=facts["run"], report=str(reports / facts["run"] / "report.html"))
    write_run(reports, evaluation.document(), page_html(page(evaluation, facts)), frames, facts)
    return evaluation


def returns_of_panel(
    panel: Panel, bars: pl.DataFrame, actions: pl.DataFrame | None, horizons: Sequence[int]
) -> ReturnDefinition:
    """Which returns were used, and the jumps from the panel's first session to the end of its last outcome."""
    dates = panel.outcomes.dates
    end = panel.first + len(panel.dates) - 1 + panel.outcomes.known_after(max(horizons))
    if not panel.dates:
        return ReturnDefinition()
    return return_definition(panel.outcomes, bars, actions, panel.dates[0], dates[min(end, len(dates) - 1)])
