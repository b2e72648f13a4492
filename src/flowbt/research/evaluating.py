"""Does a signal predict? The signal's verdicts against what the price did next."""

from collections.abc import Mapping, Sequence
from datetime import date
from inspect import getdoc
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import FlowbtError, LakeError
from flowbt.evaluation import evaluate_verdicts, forward_returns
from flowbt.evaluation.outcomes import Entry
from flowbt.lake import Lake
from flowbt.metrics import Decision, Request, compute, current_catalogue
from flowbt.report import evaluation_answer, render_evaluation
from flowbt.research.runs import manifest, write_run
from flowbt.settings import configure, flatten
from flowbt.signals import Signal, signal_named

HORIZONS = (1, 3, 5, 10)
LONGEST = 2_520
"""Sessions: ten years."""


def evaluate_signal(
    lake: Lake,
    signal: str | Signal,
    *,
    symbols: Sequence[str] | None = None,
    horizons: Sequence[int] = HORIZONS,
    settings: Mapping[str, str] | None = None,
    first: date | None = None,
    last: date | None = None,
    entry: Entry = "next_open",
    decision: Decision = "close",
    include_partial: bool = False,
    reports: Path | None = None,
) -> dict[str, Any]:
    """Hit rates, lifts and returns per verdict and horizon, with the answer in words.

    Args:
        lake: chains and price bars.
        signal: a shipped signal's name, or a signal of your own.
        symbols: by default all that have both chains and bars.
        horizons: in sessions.
        settings: thresholds as text, `{"bearish": "0.3"}`.
        first: first day whose verdict counts.
        last: last day whose verdict counts; prices after it still say what followed.
        entry: where a return starts; `close` is not tradable.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: look at snapshots that were taken before their session ended, too.
        reports: where to write the run; None writes nothing.
    """
    horizons = sorted(set(horizons))
    if not horizons or not 1 <= horizons[0] <= horizons[-1] <= LONGEST:
        raise FlowbtError(f"horizons {horizons}: give sessions from 1 to {LONGEST}, as in 1,3,5,10")
    chosen = signal_named(signal)() if isinstance(signal, str) else signal
    chosen = configure(chosen, settings or {})
    wanted, bars = symbols_with_bars(lake, symbols)
    request = Request(
        tuple(wanted),
        first,
        last,
        expressions=chosen.columns(),
        decision=decision,
        include_partial=include_partial,
    )
    verdicts = compute(lake, request, current_catalogue())
    if not verdicts.height:
        raise LakeError(
            f"no snapshots of {', '.join(wanted)} from {first} on: `flowbt status` shows what the lake holds"
        )
    judged = verdicts.filter(pl.col("verdict").is_not_null())
    document: dict[str, Any] = {
        "signal": chosen.name(),
        "description": first_sentence(chosen),
        "parameters": flatten(chosen),
        "symbols": wanted,
        "from": verdicts["date"].min(),
        "to": verdicts["date"].max(),
        "sessions": judged["date"].n_unique(),
        "decision": decision,
        "entry": entry,
        "horizons": evaluate_verdicts(verdicts, forward_returns(bars, horizons, entry), horizons),
    }
    document["answer"] = evaluation_answer(document)
    if reports is not None:
        asked = {
            "symbols": wanted,
            "from": first,
            "to": last,
            "entry": entry,
            "horizons": list(horizons),
            "decision": decision,
            "include_partial": include_partial,
        }
        facts = manifest(lake, "evaluate", chosen.name(), {**asked, "parameters": flatten(chosen)})
        document |= {"run": facts["run"], "report": str(reports / facts["run"] / "report.html")}
        write_run(reports, document, render_evaluation({**document, "manifest": facts}), {"verdicts": verdicts}, facts)
    return document


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
