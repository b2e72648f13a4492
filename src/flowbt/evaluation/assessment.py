"""Assessment: what a simulated account made, next to its base rate and to chance.

The last of the three steps of a backtest (`flowbt.backtest.decide`, `flowbt.backtest.simulate`, `assess`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from flowbt.backtest import (
    CHAIN_PRICE,
    Costs,
    Counts,
    Decisions,
    EventMeasures,
    Exchanges,
    Measures,
    Simulation,
    TradeJump,
)
from flowbt.backtest.jumps import count_across, jumps_of_chains
from flowbt.backtest.measures import total_return
from flowbt.documents import Result, internal, keyed, optional
from flowbt.evaluation.baseline_trades import compare_with_base
from flowbt.evaluation.inference import DETECTABLE, FEWEST, estimate_mean
from flowbt.metrics import FailedMetric
from flowbt.settings import flatten


@dataclass(frozen=True)
class AccountTest(Result):
    """Whether the mean daily return of an account differs from 0 by more than chance (Newey-West, fixed-b critical values).

    Attributes:
        mean_daily: mean return of a session, as a fraction.
        t: its t statistic.
        p_value: two-sided.
        minimum_detectable: the smallest true mean that would be detected with 80% power.
    """

    mean_daily: float
    t: float
    p_value: float
    minimum_detectable: float


@dataclass(frozen=True)
class Sides(Result):
    """Trades of the account by side; None where there are none of it.

    Attributes:
        long: number of trades.
        short: number of trades.
    """

    long: int | None = optional()
    short: int | None = optional()


@dataclass(frozen=True, kw_only=True)
class UnusedAction(Result):
    """A split or dividend on file that was not applied, since the bars are adjusted for it already.

    Attributes:
        symbol: whose.
        day: its ex-date.
        value: new shares for an old one, or USD per share.
    """

    symbol: str
    day: date = keyed("date")
    value: float


@dataclass(frozen=True, kw_only=True)
class BacktestRun(Result):
    """A backtest: what the strategy would have made after costs, with the frames behind it.

    Attributes:
        run: the run's name; empty until it is named.
        strategy: name of the strategy's class.
        description: the strategy in a sentence.
        parameters: its thresholds, by full name.
        symbols: on which it could decide.
        first: first session of the equity.
        last: last session of the equity.
        decision: when it decided: `close` or `pre_open`.
        plans: trades that the strategy asked for.
        trade_count: trades of the account.
        open_trades: of them still open at the end.
        measures: performance of the account.
        event_measures: performance of the plans, each on its own, next to the same trade on every session.
        missing_quotes: plans that ended because the quote of their instrument was missing.
        counts: what became of the plans.
        costs: per fill.
        initial_cash: USD.
        buy_and_hold: return of the same symbols held in equal parts, dividends reinvested; None without sessions.
        sides: trades by side.
        inference: whether the daily returns differ from 0; None where the account is too short or does not vary.
        exchanges: each symbol's exchange, as a MIC.
        jumps: moves that no split or dividend on file explains.
        splits_not_in_bars: splits on file that the bars do not show.
        dividends_in_prices: dividends on file for which the prices are adjusted already.
        failed_metrics: bundled metrics that could not be computed.
        answer: the result in words; empty until it is written.
        report: path of the page; None where none was written.
        trades: `schema.TRADES`, of the account, by entry.
        events: `schema.TRADES`, each plan on its own.
        not_traded: plans that are not a trade of the account, with the reason (`simulation.NOT_TRADED`).
        equity: `schema.EQUITY`, one row per session.
    """

    run: str = ""
    strategy: str
    description: str = ""
    parameters: Mapping[str, Any]
    symbols: tuple[str, ...]
    first: date = keyed("from")
    last: date = keyed("to")
    decision: str
    plans: int
    trade_count: int = keyed("trades")
    open_trades: int
    measures: Measures
    event_measures: EventMeasures = keyed("events")
    missing_quotes: int
    counts: Counts
    costs: Costs
    initial_cash: float
    buy_and_hold: float | None
    sides: Sides
    inference: AccountTest | None
    exchanges: Exchanges
    jumps: tuple[TradeJump, ...]
    splits_not_in_bars: tuple[UnusedAction, ...]
    dividends_in_prices: tuple[UnusedAction, ...]
    failed_metrics: tuple[FailedMetric, ...]
    answer: str = ""
    report: str | None = optional()
    trades: pl.DataFrame = internal()
    events: pl.DataFrame = internal()
    not_traded: pl.DataFrame = internal()
    equity: pl.DataFrame = internal()

    @property
    def closed_trades(self) -> int:
        """Trades of the account that have ended."""
        return self.trade_count - self.open_trades


def assess(
    decisions: Decisions,
    simulation: Simulation,
    base: pl.DataFrame,
    *,
    actions: pl.DataFrame,
    exchanges: Exchanges,
) -> BacktestRun:
    """The result of a backtest, without its name, answer and report.

    Args:
        decisions: what the strategy decided.
        simulation: what its plans made.
        base: the same trade on every session (`flowbt.evaluation.baseline_trades.base_trades`).
        actions: `schema.CORPORATE_ACTIONS`, as the simulation had them.
        exchanges: each symbol's, as the simulation had them.
    """
    trades, events, equity = simulation.trades, simulation.events, simulation.equity
    compared = compare_with_base(events, base, FEWEST)
    return BacktestRun(
        strategy=type(decisions.strategy).__name__,
        parameters=flatten(decisions.strategy),
        symbols=decisions.symbols,
        first=equity["date"][0],
        last=equity["date"][-1],
        decision=decisions.decision,
        plans=simulation.counts.plans,
        trade_count=trades.height,
        open_trades=simulation.counts.open_trades,
        measures=simulation.measures,
        event_measures=replace(
            simulation.event_measures,
            base_n=compared.base_n,
            base_rate=compared.base_rate,
            base_return=compared.base_return,
        ),
        # none as long as plans trade shares, whose bars are counted as missing_bars
        missing_quotes=int((events["exit_reason"] == "missing_quote").sum()),
        counts=simulation.counts,
        costs=simulation.costs,
        initial_cash=simulation.initial_cash,
        buy_and_hold=total_return(equity["buy_and_hold"]),
        sides=Sides(**dict(trades["side"].value_counts().iter_rows())),
        inference=account_test(equity),
        exchanges=exchanges,
        jumps=TradeJump.rows(_jumps(decisions, simulation, actions)),
        splits_not_in_bars=_unused(simulation.splits_not_in_bars),
        dividends_in_prices=_unused(simulation.dividends_in_prices),
        failed_metrics=decisions.failed_metrics,
        trades=trades,
        events=events,
        not_traded=simulation.not_traded,
        equity=equity,
    )


def account_test(equity: pl.DataFrame) -> AccountTest | None:
    """Whether an account's mean daily return differs from 0; from daily equity (`schema.EQUITY`), not from trades."""
    estimate = estimate_mean(equity["equity"].pct_change().drop_nulls().to_numpy())
    if estimate is None:
        return None
    return AccountTest(estimate.value, estimate.t, estimate.p_value, DETECTABLE * estimate.standard_error)


def _jumps(decisions: Decisions, simulation: Simulation, actions: pl.DataFrame) -> pl.DataFrame:
    """The jumps of the bars, and those that the chains alone show (`backtest.jumps.JUMPS`), by symbol and date."""
    end = simulation.equity["date"].max()
    prices = decisions.rows.select("symbol", "date", price=CHAIN_PRICE).filter(pl.col("date") <= end)
    of_chains = count_across(jumps_of_chains(prices, actions), simulation.events, simulation.trades)
    of_chains = of_chains.join(simulation.jumps, on=["symbol", "date"], how="anti")
    return pl.concat([simulation.jumps, of_chains]).sort("symbol", "date")


def _unused(actions: pl.DataFrame) -> tuple[UnusedAction, ...]:
    rows = actions.select("symbol", "date", "value").iter_rows()
    return tuple(UnusedAction(symbol=symbol, day=day, value=value) for symbol, day, value in rows)
