"""What the returns of an evaluation are, and where a price jumped in a way that no action explains."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from flowbt.documents import Result
from flowbt.evaluation.forward_returns import Outcomes
from flowbt.lake.flags import JUMP


@dataclass(frozen=True)
class Jump(Result):
    """Two neighbouring closes of a symbol, far apart, with neither a split nor a dividend on file to explain it.

    Attributes:
        symbol: whose.
        previous: the session of the first close.
        date: the session of the second.
        close_before: as traded.
        close: as traded.
    """

    symbol: str
    previous: date
    date: date
    close_before: float
    close: float


@dataclass(frozen=True)
class ReturnDefinition(Result):
    """Which returns were used: symbols by where their adjustments come from.

    Attributes:
        adjusted_closes: total returns, from adjusted closes.
        actions: total returns, from the splits and dividends on file.
        price: price returns, without dividends.
        jumps: price jumps within outcome windows that no action on file explains.
    """

    adjusted_closes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    jumps: tuple[Jump, ...] = ()


def jumps(outcomes: Outcomes) -> list[Jump]:
    """The sessions on which a price rose by more than 35%, or fell by as much as undoes that, after all adjustments."""
    found: list[Jump] = []
    for column, symbol in enumerate(outcomes.symbols):
        rows = np.flatnonzero(np.isfinite(outcomes.close[:, column]))
        closes, factor = outcomes.close[rows, column], outcomes.factor[rows, column]
        moved = np.abs(np.log(closes[1:] / closes[:-1] * (factor[1:] / factor[:-1]))) > np.log1p(JUMP)
        found += [
            Jump(
                symbol, outcomes.dates[rows[at]], outcomes.dates[rows[at + 1]], float(closes[at]), float(closes[at + 1])
            )
            for at in np.flatnonzero(moved).tolist()
        ]
    return found


def return_definition(
    outcomes: Outcomes, bars: pl.DataFrame, actions: pl.DataFrame | None, first: date, last: date
) -> ReturnDefinition:
    """Which symbols have total and which price returns, and the jumps within outcome windows.

    Args:
        outcomes: of all symbols.
        bars: `flowbt.schema.PRICE_BARS`, as given to `outcomes_of`.
        actions: `flowbt.schema.CORPORATE_ACTIONS`, likewise.
        first: the first day from which an outcome is counted.
        last: the last day up to which one is.
    """
    paid = set() if actions is None else set(actions.filter(pl.col("kind") == "dividend")["symbol"])
    adjusted = set(bars.filter(pl.col("adj_close").is_not_null())["symbol"])
    by_closes = tuple(symbol for symbol in outcomes.symbols if symbol in adjusted)
    by_actions = tuple(symbol for symbol in outcomes.symbols if symbol in paid - adjusted)
    price = tuple(symbol for symbol in outcomes.symbols if symbol not in adjusted | paid)
    return ReturnDefinition(
        by_closes, by_actions, price, tuple(jump for jump in jumps(outcomes) if first < jump.date <= last)
    )
