"""What a strategy's hit rate must beat: the same trade on every session on which its signal could be judged."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from flowbt.backtest import Costs, Exchanges, trade_each
from flowbt.documents import Result
from flowbt.strategy import Plan


def base_trades(
    plan: Plan,
    decided: pl.DataFrame,
    bars: pl.DataFrame,
    costs: Costs,
    first: date | None = None,
    last: date | None = None,
    *,
    actions: pl.DataFrame | None = None,
    exchanges: Exchanges = MappingProxyType({}),
) -> pl.DataFrame:
    """The plan's trade, long and short, on every session on which its `when` is known (`schema.TRADES`).

    Entry, levels and exits are the plan's own; a session on which the trade could not be placed or filled has none.

    Args:
        plan: the strategy's.
        decided: its columns, per `symbol, date`.
        bars: `schema.PRICE_BARS`.
        costs: per fill.
        first: the first day on which a plan may be decided.
        last: the last day looked at.
        actions: `schema.CORPORATE_ACTIONS`, over which trades are carried as the strategy's own are.
        exchanges: each symbol's, as a MIC; New York where not given.
    """
    judged = decided.filter(pl.col("when").is_not_null())
    every = [judged.with_columns(when=pl.lit(value=True), side=pl.lit(side)) for side in (1, -1)]
    plans = plan.rows(pl.concat(every))
    return trade_each(plans, bars, costs=costs, first=first, last=last, actions=actions, exchanges=exchanges)


@dataclass(frozen=True)
class BaseRate(Result):
    """How the same trade does on every session.

    Attributes:
        base_n: trades of the base that have ended, in the symbols and on the sides of the strategy's own.
        base_rate: share of them that made money; None where there is too little to compare with.
        base_return: their mean return, as a fraction; None likewise.
    """

    base_n: int
    base_rate: float | None = None
    base_return: float | None = None


def compare_with_base(own: pl.DataFrame, base: pl.DataFrame, fewest: int) -> BaseRate:
    """How often the same trade made money, and its mean return.

    Symbols and sides are weighted as among the strategy's own events. None where fewer than `fewest` trades are not the
    strategy's own, so that there is nothing to compare with.

    Args:
        own: the strategy's events, `schema.TRADES`.
        base: `base_trades`.
        fewest: as above.
    """
    closed = pl.col("exit_reason") != "end"
    own = own.filter(closed)
    weights = own.group_by("symbol", "side").agg(pl.len().alias("weight"))
    base = base.filter(closed).join(weights, on=["symbol", "side"], how="semi")
    per_kind = base.group_by("symbol", "side").agg((pl.col("return") > 0).mean().alias("won"), pl.col("return").mean())
    weighted = weights.join(per_kind, on=["symbol", "side"])
    total = weighted["weight"].sum()
    if not total or base.height - own.height < fewest:
        return BaseRate(base.height)
    won, mean = weighted.select((pl.col("won", "return") * pl.col("weight")).sum() / total).row(0)
    return BaseRate(base.height, won, mean)


def base_rate(own: pl.DataFrame, base: pl.DataFrame, fewest: int) -> dict[str, Any]:
    """The document of `compare_with_base`."""
    return compare_with_base(own, base, fewest).document()
