"""Simulation: plans and price bars in, trades and equity out.

The second of the three steps of a backtest: `decisions.decide` gives the plans, `simulate` trades them, and
`flowbt.evaluation.assessment.assess` judges the result. Each can be called on its own, as a tuning run does many times.

The evaluated range goes from `first` (else the earliest signal) to `last` (else the last bar). Only plans decided in
it count, and nothing after its end is looked at. The equity starts at the close of its first session with the cash
untouched, since a plan decided there trades on the session after.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

import polars as pl

from flowbt.backtest import plan_status
from flowbt.backtest.bar_grid import BarGrid
from flowbt.backtest.costs import Costs
from flowbt.backtest.events import Outcomes, fill_each, one_share_each
from flowbt.backtest.jumps import jumps_of
from flowbt.backtest.markets import Exchanges, open_markets
from flowbt.backtest.measures import EventMeasures, Measures, measure_account, measure_events
from flowbt.backtest.plan_rows import to_plan_rows
from flowbt.backtest.portfolio import Account, trade_together
from flowbt.documents import Result
from flowbt.errors import FlowbtError
from flowbt.schema import TRADES, conform

NOT_TRADED = {
    "symbol": pl.String(),
    "signal_date": pl.Date(),
    "side": pl.Int8(),
    "status": pl.String(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class Counts(Result):
    """What became of the plans: plans = filled + unfilled + invalid.

    Attributes:
        plans: decided in the range.
        filled: the market would have filled them, each looked at on its own.
        unfilled: sound orders that the market did not fill.
        invalid: no order could be made of them.
        skipped_overlap: filled, but the account already had a position in the symbol.
        skipped_cash: filled, but the account was fully invested.
        open_trades: trades still open at the end.
        missing_bars: sessions without a bar while a plan's position was open, summed over the filled plans.
        off_calendar_bars: bars left out because their date is not a session.
    """

    plans: int
    filled: int
    unfilled: int
    invalid: int
    skipped_overlap: int
    skipped_cash: int
    open_trades: int
    missing_bars: int
    off_calendar_bars: int


@dataclass(frozen=True)
class Simulation:
    """What the plans would have made.

    Attributes:
        trades: the portfolio view, `schema.TRADES`, by entry: what one account would have done.
        events: the event view, `schema.TRADES` with `size` 1 share, by signal date and symbol: every plan that filled.
        not_traded: the plans that are not a trade of the portfolio: symbol, signal_date, side, status (`unfilled`,
            `invalid` or `skipped`) and the reason.
        equity: `schema.EQUITY`, one row per session.
        counts: what became of the plans.
        jumps: moves of the bars that no split or dividend on file explains (`jumps.JUMPS`).
        splits_not_in_bars: `symbol, date, value` of splits on file that the bars do not show, so that they were not
            applied: such bars are split-adjusted already.
        dividends_in_prices: `symbol, date, value` of dividends on file that were not paid because the prices are adjusted for
            them.
        costs: per fill, as given.
        initial_cash: USD, as given.
    """

    trades: pl.DataFrame
    events: pl.DataFrame
    not_traded: pl.DataFrame
    equity: pl.DataFrame
    counts: Counts
    jumps: pl.DataFrame
    splits_not_in_bars: pl.DataFrame
    dividends_in_prices: pl.DataFrame
    costs: Costs
    initial_cash: float

    @cached_property
    def measures(self) -> Measures:
        """The performance of the account."""
        return measure_account(self.trades, self.equity, self.costs)

    @cached_property
    def event_measures(self) -> EventMeasures:
        """The performance of the plans, each on its own, without a base."""
        return measure_events(self.events)


def simulate(
    plans: pl.DataFrame,
    bars: pl.DataFrame,
    *,
    costs: Costs = Costs(),  # noqa: B008 (frozen)
    initial_cash: float = 100_000.0,
    first: date | None = None,
    last: date | None = None,
    actions: pl.DataFrame | None = None,
    exchanges: Exchanges = MappingProxyType({}),
) -> Simulation:
    """Trade the plans in the underlying: each on its own, and all from one account.

    Positions, levels and orders are carried over the splits on file, and dividends are received by longs and paid by
    shorts on their ex-date. Both are in the P&L, so returns are total returns.

    Args:
        plans: `schema.PLAN_ROWS`, one row per decision; a column it lacks counts as null.
        bars: `schema.PRICE_BARS` of every symbol of the universe: by default an entry puts the equity divided by their
            number into a trade.
        costs: per fill.
        initial_cash: USD.
        first: the first day on which a plan may be decided; by default the earliest signal.
        last: the last day looked at; by default that of the last bar.
        actions: `schema.CORPORATE_ACTIONS`; none by default, and then a split is a loss or a gain.
        exchanges: each symbol's exchange, as a MIC, on whose sessions its plans are counted; New York where not given.

    Returns:
        Both views, the equity, and what became of every plan.

    Raises:
        FlowbtError: no bars in the range, two bars of one symbol and date, no cash, or an end before the start.
    """
    if not initial_cash > 0:
        raise FlowbtError(f"the initial cash is {initial_cash}: give a positive amount")
    inside = _decided_within(to_plan_rows(plans), first, last)
    markets = open_markets(inside, bars, actions, exchanges, first, last)
    outcome = fill_each(inside, markets, costs)
    events = conform(one_share_each(outcome.fills, inside, markets.grid, costs), TRADES)
    account = trade_together(outcome.fills, inside, markets, costs, initial_cash)
    trades = conform(account.trades, TRADES)
    return Simulation(
        trades=trades,
        events=events,
        not_traded=_not_traded(inside, outcome, account),
        equity=account.equity,
        counts=_counts(outcome, account, markets.grid),
        jumps=jumps_of(markets.grid, events, trades),
        splits_not_in_bars=markets.grid.splits_not_in_bars,
        dividends_in_prices=markets.grid.dividends_in_prices,
        costs=costs,
        initial_cash=initial_cash,
    )


def trade_each(
    plans: pl.DataFrame,
    bars: pl.DataFrame,
    *,
    costs: Costs = Costs(),  # noqa: B008 (frozen)
    first: date | None = None,
    last: date | None = None,
    actions: pl.DataFrame | None = None,
    exchanges: Exchanges = MappingProxyType({}),
) -> pl.DataFrame:
    """The event view alone: what each plan would have made on its own; arguments and columns as in `simulate`."""
    inside = _decided_within(to_plan_rows(plans), first, last)
    markets = open_markets(inside, bars, actions, exchanges, first, last)
    fills = fill_each(inside, markets, costs).fills
    return conform(one_share_each(fills, inside, markets.grid, costs), TRADES)


def _decided_within(plans: pl.DataFrame, first: date | None, last: date | None) -> pl.DataFrame:
    """The plans of the range; one without a date stays, to be counted as invalid."""
    day = pl.col("signal_date")
    if first is not None:
        plans = plans.filter((day >= first).fill_null(value=True))
    if last is not None:
        plans = plans.filter((day <= last).fill_null(value=True))
    return plans


def _not_traded(plans: pl.DataFrame, outcome: Outcomes, account: Account) -> pl.DataFrame:
    numbered = plans.with_row_index("plan").with_columns(pl.col("plan").cast(pl.Int64), code=outcome.code)
    refused = numbered.with_columns(
        status=pl.col("code").replace_strict(plan_status.STATUS, return_dtype=pl.String)
    ).filter(pl.col("status") != "filled")
    skipped = numbered.drop("code").join(account.skipped, on="plan").with_columns(status=pl.lit("skipped"))
    return (
        pl.concat([refused, skipped], how="diagonal")
        .sort("plan")
        .with_columns(reason=pl.col("code").replace_strict(plan_status.REASONS, return_dtype=pl.String))
        .pipe(conform, NOT_TRADED)
    )


def _counts(outcome: Outcomes, account: Account, grid: BarGrid) -> Counts:
    status = outcome.code.replace_strict(plan_status.STATUS, return_dtype=pl.String)
    return Counts(
        plans=len(status),
        filled=int((status == "filled").sum()),
        unfilled=int((status == "unfilled").sum()),
        invalid=int((status == "invalid").sum()),
        skipped_overlap=int((account.skipped["code"] == plan_status.OVERLAP).sum()),
        skipped_cash=int((account.skipped["code"] == plan_status.NO_CASH).sum()),
        open_trades=int((account.trades["exit_reason"] == "end").sum()),
        missing_bars=outcome.missing_bars,
        off_calendar_bars=grid.off_calendar,
    )
