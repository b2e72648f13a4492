"""What would a strategy have made? Its plans, traded after costs, with a report: decide, simulate, assess.

Splits and dividends on file are applied; each symbol trades on the sessions of its own exchange, as recorded in the lake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flowbt.backtest import Costs, decide, simulate
from flowbt.evaluation.assessment import BacktestRun, assess
from flowbt.evaluation.baseline_trades import base_trades
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, current_catalogue
from flowbt.report.backtest import backtest_answer, render_backtest
from flowbt.settings import configure, flatten
from flowbt.strategy import Strategy, load_strategy, new_strategy
from flowbt.workflows.evaluate import first_sentence, symbols_with_bars
from flowbt.workflows.runs import manifest, write_run

DEFAULT_COSTS = Costs(slippage_bp=1.0)


def run_backtest(
    lake: Lake,
    strategy: str | Path | Strategy,
    *,
    symbols: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    settings: Mapping[str, str] | None = None,
    costs: Costs | None = None,
    initial_cash: float = 100_000.0,
    decision: Decision = "close",
    include_partial: bool = False,
    reports: Path | None = None,
) -> BacktestRun:
    """Backtest a strategy in the underlying.

    Args:
        lake: chains and price bars.
        strategy: a strategy file, or a strategy.
        symbols: by default all that have both chains and bars.
        first: first day on which a plan may be decided.
        last: last day looked at.
        settings: thresholds as text, `{"hold": "5", "signal.bearish": "0.3"}`.
        costs: per fill; 1 bp of slippage by default.
        initial_cash: USD.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: use snapshots that were taken before their session ended, too.
        reports: where to write the run; None writes nothing.

    Returns:
        The result; its `document()` is what `--json` prints, `trades` and `equity` are frames.

    Examples:
        >>> run = flowbt.run_backtest(flowbt.Lake("data"), "strategies/bearish_verdict.py", symbols=["SYN000"])
        >>> run.strategy
        'BearishVerdict'
        >>> run.trades.columns[:3]
        ['symbol', 'instrument', 'side']
    """
    chosen, catalogue, source = _load(strategy)
    chosen = configure(chosen, settings or {})
    costs = costs or DEFAULT_COSTS
    wanted, bars = symbols_with_bars(lake, symbols)
    actions, exchanges = lake.actions(wanted), lake.exchanges(wanted)

    decisions = decide(
        chosen, lake, wanted, catalogue=catalogue, first=first, last=last, decision=decision,
        include_partial=include_partial,
    )  # fmt: skip
    simulation = simulate(
        decisions.plans, bars, costs=costs, initial_cash=initial_cash, first=decisions.first, last=last,
        actions=actions, exchanges=exchanges,
    )  # fmt: skip
    base = base_trades(
        decisions.plan, decisions.rows, bars, costs, decisions.first, last, actions=actions, exchanges=exchanges
    )
    result = assess(decisions, simulation, base, actions=actions, exchanges=exchanges)

    name = source.get("file", type(chosen).__name__)
    asked: dict[str, Any] = {
        "strategy": type(chosen).__name__,
        **source,
        "parameters": flatten(chosen),
        "symbols": wanted,
        "exchanges": exchanges,
        "from": first,
        "to": last,
        "costs": costs.document(),
        "initial_cash": initial_cash,
        "decision": decision,
        "include_partial": include_partial,
    }
    facts = manifest(lake, "backtest", Path(name).stem, asked)
    result = replace(result, run=facts["run"], description=first_sentence(chosen))
    result = replace(result, answer=backtest_answer(result))
    if reports is not None:
        result = replace(result, report=str(reports / result.run / "report.html"))
        frames = {"trades": result.trades, "events": result.events, "equity": result.equity}
        html = render_backtest(result, facts)
        write_run(reports, result, html, {**frames, "not_traded": result.not_traded}, facts)
    return result


def _load(strategy: str | Path | Strategy) -> tuple[Strategy, Catalogue, dict[str, str]]:
    if isinstance(strategy, Strategy):
        return strategy, current_catalogue(), {}
    loaded = load_strategy(strategy)
    return new_strategy(loaded), loaded.catalogue, {"file": loaded.path.name, "strategy_sha256": loaded.sha256}
