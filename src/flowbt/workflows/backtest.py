"""What would a strategy have made? Its plans, traded after costs, with a report.

Splits and dividends on file are applied; each symbol trades on the sessions of its own exchange, as the lake remembers it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.backtest import BacktestResult, Costs, backtest_plans
from flowbt.backtest.jumps import count_across, jumps_of_chains
from flowbt.backtest.measures import total_return
from flowbt.evaluation.baseline_trades import base_rate, base_trades
from flowbt.evaluation.inference import DETECTABLE, FEWEST, estimate_mean
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, Failures, Lost, Request, compute, current_catalogue
from flowbt.report import backtest_answer, render_backtest
from flowbt.settings import configure, flatten
from flowbt.strategy import Strategy, load_strategy, new_strategy, plan_of
from flowbt.workflows.evaluate import first_sentence, symbols_with_bars
from flowbt.workflows.runs import manifest, write_run

DEFAULT_COSTS = Costs(slippage_bp=1.0)
SPOT = "price in the chain"
"""The column of the decided rows with the price of the underlying."""


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
) -> tuple[dict[str, Any], BacktestResult]:
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
        include_partial: look at snapshots that were taken before their session ended, too.
        reports: where to write the run; None writes nothing.

    Returns:
        The document of interface.md, and the frames behind it.
    """
    chosen, catalogue, source = _load(strategy)
    chosen = configure(chosen, settings or {})
    costs = costs or DEFAULT_COSTS
    wanted, bars = symbols_with_bars(lake, symbols)
    plan = plan_of(chosen)
    expressions = {**plan.columns(), SPOT: pl.col("spot")}
    request = Request(
        tuple(wanted), first, last, expressions=expressions, decision=decision, include_partial=include_partial
    )
    # the strategy's own columns are what was asked for: where one fails there is nothing to trade
    failures = Failures(only_shipped=True)
    decided = compute(lake, request, catalogue, lost=Lost(failures))
    plans = plan.rows(decided)
    begin = decided.select(pl.col("date").min()).item()
    actions, exchanges = lake.actions(wanted), lake.exchanges(wanted)
    result = backtest_plans(
        plans,
        bars,
        costs=costs,
        initial_cash=initial_cash,
        first=begin,
        last=last,
        actions=actions,
        exchanges=exchanges,
    )
    base = base_trades(plan, decided, bars, costs, begin, last, actions=actions, exchanges=exchanges)
    name = source.get("file", type(chosen).__name__)
    facts = manifest(
        lake,
        "backtest",
        Path(name).stem,
        {
            "strategy": type(chosen).__name__,
            **source,
            "parameters": flatten(chosen),
            "symbols": wanted,
            "exchanges": exchanges,
            "from": first,
            "to": last,
            "costs": {"fees_bp": costs.fees_bp, "slippage_bp": costs.slippage_bp},
            "initial_cash": initial_cash,
            "decision": decision,
            "include_partial": include_partial,
        },
    )
    document: dict[str, Any] = {
        "run": facts["run"],
        "strategy": type(chosen).__name__,
        "description": first_sentence(chosen),
        "parameters": flatten(chosen),
        "symbols": wanted,
        "from": result.equity["date"].min(),
        "to": result.equity["date"].max(),
        "decision": decision,
        "plans": result.counts["plans"],
        "trades": result.trades.height,
        "open_trades": result.counts["open_trades"],
        "measures": result.measures,
        "events": result.event_measures | base_rate(result.events, base, FEWEST),
        "missing_quotes": 0,
        "counts": result.counts,
        "costs": facts["costs"],
        "initial_cash": initial_cash,
        "buy_and_hold": total_return(result.equity["buy_and_hold"]),
        "sides": dict(result.trades["side"].value_counts().iter_rows()),
        "inference": _inference(result.equity),
        "exchanges": exchanges,
        "jumps": _jumps(decided, actions, result).to_dicts(),
        "splits_not_in_bars": result.splits_not_in_bars.to_dicts(),
        "dividends_in_prices": result.dividends_in_prices.to_dicts(),
        "failed_metrics": [asdict(metric) for metric in failures.listed()],
    }
    document["answer"] = backtest_answer(document)
    if reports is not None:
        document["report"] = str(reports / facts["run"] / "report.html")
        html = render_backtest({**document, "manifest": facts}, result.trades, result.events, result.equity)
        frames = {"trades": result.trades, "events": result.events, "equity": result.equity}
        write_run(reports, document, html, {**frames, "not_traded": result.not_traded}, facts)
    return document, result


def _load(strategy: str | Path | Strategy) -> tuple[Strategy, Catalogue, dict[str, str]]:
    if isinstance(strategy, Strategy):
        return strategy, current_catalogue(), {}
    loaded = load_strategy(strategy)
    return new_strategy(loaded), loaded.catalogue, {"file": loaded.path.name, "strategy_sha256": loaded.sha256}


def _jumps(decided: pl.DataFrame, actions: pl.DataFrame, result: BacktestResult) -> pl.DataFrame:
    """The jumps of the bars, and those that the chains alone show (`backtest.jumps.JUMPS`), by symbol and date."""
    prices = decided.select("symbol", "date", price=SPOT).filter(pl.col("date") <= result.equity["date"].max())
    of_chains = count_across(jumps_of_chains(prices, actions), result.events, result.trades)
    of_chains = of_chains.join(result.jumps, on=["symbol", "date"], how="anti")
    return pl.concat([result.jumps, of_chains]).sort("symbol", "date")


def _inference(equity: pl.DataFrame) -> dict[str, float] | None:
    """Whether the account's mean daily return differs from nothing by more than luck; from daily equity, not from trades."""
    daily = equity["equity"].pct_change().drop_nulls().to_numpy()
    estimate = estimate_mean(daily)
    if estimate is None:
        return None
    return {
        "mean_daily": estimate.value,
        "t": estimate.t,
        "p_value": estimate.p_value,
        "minimum_detectable": DETECTABLE * estimate.standard_error,
    }
