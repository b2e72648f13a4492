"""How often the same was right before: the day's verdict and the trade ideas, on what had come out by then.

Everything is computed once over all that is known, and a day is shown only what had ended by its close: what has ended does
not change with what comes later, which the tests of the backtest hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from flowbt.backtest import Costs, Exchanges, trade_each
from flowbt.backtest.jumps import across, find_jumps
from flowbt.documents import Result
from flowbt.evaluation.baseline_trades import base_rate, base_trades
from flowbt.evaluation.forward_returns import outcomes_of
from flowbt.evaluation.inference import FEWEST
from flowbt.flow.ideas import Idea
from flowbt.schema import TRADES

HORIZON: Final = 3
COSTS: Final = Costs(slippage_bp=1.0)


@dataclass(frozen=True, kw_only=True)
class VerdictRecord(Result):
    """How often earlier verdicts of this kind were right, up to a day.

    Attributes:
        verdict: the day's: -1, 0, 1 or None.
        horizon: sessions over which a verdict is judged.
        n: earlier verdicts of this kind whose outcome is known.
        hit_rate: share of them that were right: a bearish verdict where the price fell over the horizon, a bullish one where
            it rose. None where there are none, or of a neutral verdict.
        base_rate: the same share over all sessions with a verdict.
        base_n: number of those sessions.
    """

    verdict: int | None
    horizon: int
    n: int
    hit_rate: float | None
    base_rate: float | None
    base_n: int


@dataclass(frozen=True, kw_only=True)
class IdeaRecord(Result):
    """How earlier trades of an idea ended, up to a day; total returns after costs, as fractions.

    Attributes:
        n: trades.
        hit_rate: share of them with a positive return; None where there are none.
        mean_return: per trade; None where there are none.
        base_n: the same trade on all sessions that allowed it.
        base_rate: share of those with a positive return; None where too few are not the idea's own.
        base_return: their mean return; None likewise.
        jumps: how many of the `n` trades span a price move that no split or dividend on file explains.
    """

    n: int
    hit_rate: float | None
    mean_return: float | None
    base_n: int
    base_rate: float | None
    base_return: float | None
    jumps: int


@dataclass(frozen=True)
class Record:
    """A symbol's past verdicts with their outcomes, and the ideas' past trades.

    Attributes:
        verdicts: `date, verdict, return, known_on`: the return over `HORIZON` sessions from the next open and the session at
            whose close it was known; null while it is not.
        trades: by idea, `schema.TRADES` of its plans, each on its own.
        base: by idea, the same trade on every session that could be judged.
        jumps: moves of the bars that no split or dividend on file explains (`backtest.jumps`).
    """

    verdicts: pl.DataFrame
    trades: dict[str, pl.DataFrame]
    base: dict[str, pl.DataFrame]
    jumps: pl.DataFrame = field(default_factory=pl.DataFrame)

    def of_verdict(self, day: date) -> VerdictRecord:
        """The record of the day's verdict up to it."""
        of_day = self.verdicts.filter(pl.col("date") == day)["verdict"].to_list()
        verdict = of_day[0] if of_day else None
        known = self.verdicts.filter((pl.col("known_on") <= day) & pl.col("verdict").is_not_null())
        right = known["return"] * (verdict or 0) > 0
        same = known["verdict"] == verdict if verdict else pl.Series([], dtype=pl.Boolean)
        return VerdictRecord(
            verdict=verdict,
            horizon=HORIZON,
            n=int(same.sum()) if verdict else 0,
            hit_rate=_mean(right.filter(same)) if verdict else None,
            base_rate=_mean(right) if verdict else None,
            base_n=known.height,
        )

    def of_idea(self, name: str, day: date) -> IdeaRecord:
        """The record of an idea up to the day."""
        ended = (pl.col("exit_date") <= day) & (pl.col("exit_reason") != "end")
        own, base = self.trades[name].filter(ended), self.base[name].filter(ended)
        compared = base_rate(own, base, FEWEST)
        return IdeaRecord(
            n=own.height,
            hit_rate=_mean(own["return"] > 0),
            mean_return=_mean(own["return"]),
            base_n=int(compared["base_n"] or 0),
            base_rate=compared["base_rate"],
            base_return=compared["base_return"],
            jumps=self._spanning_a_jump(own),
        )

    def _spanning_a_jump(self, trades: pl.DataFrame) -> int:
        spanning = [across(trades, symbol, on) for symbol, on in self.jumps.iter_rows()]
        return pl.concat(spanning).unique().height if spanning else 0


def record_of(
    history: pl.DataFrame,
    ideas: Sequence[Idea],
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    exchanges: Exchanges = MappingProxyType({}),
) -> Record:
    """The record over all that these frames know.

    Args:
        history: the metrics' rows, with `verdict` and the ideas' columns.
        ideas: whose trades.
        bars: of the symbol; none since the history began: an empty record.
        actions: of the symbol.
        exchanges: the symbol's, as a MIC.
    """
    first = history.item(0, "date")
    if bars.filter(pl.col("date") >= first).is_empty():
        verdicts = history.select(
            "date", "verdict", pl.lit(None, pl.Float64).alias("return"), pl.lit(None, pl.Date).alias("known_on")
        )
        return Record(
            verdicts, {idea.name: _no_trades() for idea in ideas}, {idea.name: _no_trades() for idea in ideas}
        )
    trades, base = {}, {}
    for idea in ideas:
        decided = idea.decided(history)
        plans = idea.plan.rows(decided)
        trades[idea.name] = trade_each(plans, bars, costs=COSTS, first=first, actions=actions, exchanges=exchanges)
        base[idea.name] = base_trades(idea.plan, decided, bars, COSTS, first, actions=actions, exchanges=exchanges)
    jumps = find_jumps(bars.filter(pl.col("date") >= first), actions, exchanges).select("symbol", "date")
    return Record(_verdicts(history, bars, actions, exchanges), trades, base, jumps)


def _verdicts(history: pl.DataFrame, bars: pl.DataFrame, actions: pl.DataFrame, exchanges: Exchanges) -> pl.DataFrame:
    outcomes = outcomes_of(bars, "next_open", actions, exchanges)
    after = outcomes.known_after(HORIZON)
    moved = outcomes.following(HORIZON)[:, 0]
    known_on = [*outcomes.dates[after:], *[None] * min(after, len(outcomes.dates))]
    found = pl.DataFrame(
        {"date": outcomes.dates, "return": np.where(np.isfinite(moved), moved, np.nan), "known_on": known_on},
        schema={"date": pl.Date, "return": pl.Float64, "known_on": pl.Date},
    ).with_columns(pl.col("return").fill_nan(None))
    found = found.with_columns(known_on=pl.when(pl.col("return").is_not_null()).then("known_on"))
    return history.select("date", "verdict").join(found, on="date", how="left", maintain_order="left")


def _no_trades() -> pl.DataFrame:
    return pl.DataFrame(schema=TRADES)


def _mean(values: pl.Series) -> float | None:
    mean = values.mean()
    return float(mean) if isinstance(mean, int | float) else None
