"""Decisions: a strategy and the lake's data in, plans out.

The first of the three steps of a backtest. The strategy's expressions are evaluated on every symbol and session; each row on
which `when` is true becomes a plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, FailedMetric, Failures, Lost, Request, compute, current_catalogue
from flowbt.strategy import Plan, Strategy, plan_of

CHAIN_PRICE: Final = "price in the chain"
"""The column of the decided rows with the price of the underlying; no metric can have this name."""


@dataclass(frozen=True)
class Decisions:
    """What a strategy decided.

    Attributes:
        strategy: with its thresholds.
        symbols: on which it could decide.
        decision: when it was decided: `close`, or `pre_open` of the next session.
        plan: the trade as expressions.
        rows: the plan's columns per `symbol, date`, with the price of the underlying in the chain (`CHAIN_PRICE`).
        plans: `schema.PLAN_ROWS`, one row per trade it asks for.
        failed_metrics: bundled metrics that could not be computed; what reads them is null on those days.
    """

    strategy: Strategy
    symbols: tuple[str, ...]
    decision: Decision
    plan: Plan
    rows: pl.DataFrame
    plans: pl.DataFrame
    failed_metrics: tuple[FailedMetric, ...] = ()

    @property
    def first(self) -> date | None:
        """The first day on which it could decide; None without data."""
        day: Any = self.rows["date"].min()
        return day if isinstance(day, date) else None


def decide(
    strategy: Strategy,
    lake: Lake,
    symbols: Sequence[str],
    *,
    catalogue: Catalogue | None = None,
    first: date | None = None,
    last: date | None = None,
    decision: Decision = "close",
    include_partial: bool = False,
) -> Decisions:
    """Evaluate a strategy on every session of these symbols.

    Args:
        strategy: with its thresholds.
        lake: chains and price bars.
        symbols: on which it decides.
        catalogue: where its metrics are defined; those known to the process by default.
        first: first day on which it may decide.
        last: last day on which it may decide.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: use snapshots that were taken before their session ended, too.

    Raises:
        DefinitionError: a column of the strategy's own fails; of bundled metrics, failures are listed in the result.
    """
    plan = plan_of(strategy)
    expressions = {**plan.columns(), CHAIN_PRICE: pl.col("spot")}
    request = Request(
        tuple(symbols), first, last, expressions=expressions, decision=decision, include_partial=include_partial
    )
    # the strategy's own columns are what was asked for: where one fails there is nothing to trade
    failures = Failures(only_shipped=True)
    known = current_catalogue() if catalogue is None else catalogue
    rows = compute(lake, request, known, lost=Lost(failures))
    return Decisions(strategy, tuple(symbols), decision, plan, rows, plan.rows(rows), tuple(failures.listed()))
