"""What the returns of an evaluation are, and where a price jumped in a way that no action explains."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

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


def returns_of(
    outcomes: Outcomes, bars: pl.DataFrame, actions: pl.DataFrame | None, first: date, last: date
) -> dict[str, Any]:
    """Which symbols have total and which price returns, and the jumps within outcome windows.

    Args:
        outcomes: of all symbols.
        bars: `flowbt.schema.PRICE_BARS`, as given to `outcomes_of`.
        actions: `flowbt.schema.CORPORATE_ACTIONS`, likewise.
        first: the first day from which an outcome is counted.
        last: the last day up to which one is.

    Returns:
        Symbols by what makes their returns: `adjusted_closes` and `actions` (total returns), `price` (price returns); and
        `jumps`: `symbol, previous, date, close_before, close` each.
    """
    paid = set() if actions is None else set(actions.filter(pl.col("kind") == "dividend")["symbol"])
    adjusted = set(bars.filter(pl.col("adj_close").is_not_null())["symbol"])
    by: dict[str, list[str]] = {"adjusted_closes": [], "actions": [], "price": []}
    for symbol in outcomes.symbols:
        by["adjusted_closes" if symbol in adjusted else "actions" if symbol in paid else "price"].append(symbol)
    within = [asdict(jump) for jump in jumps(outcomes) if first < jump.date <= last]
    return {**by, "jumps": within}
