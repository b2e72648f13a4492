"""Levels evaluated: each kind as a pin (`gravity.py`, `gap_regression.py`, `reversal.py`) or as a barrier (`touches.py`).

1. `place` puts each level beside the close of its day; what nothing can be said of is counted.
2. Pins with an expiry are judged by sessions to go (`windows.CLASSES`), others over each horizon.
3. Barriers are told apart by the side of the price they lie on, and judged over each horizon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from flowbt.evaluation.levels.align import UNDATED, Placed, place, placed_of
from flowbt.evaluation.levels.gap_regression import pull
from flowbt.evaluation.levels.gravity import gravity_measures
from flowbt.evaluation.levels.level_types import is_known, is_pin, spelled
from flowbt.evaluation.levels.prices import Prices, prices_of, with_implied
from flowbt.evaluation.levels.reversal import given_back
from flowbt.evaluation.levels.touches import distances, touch_measures
from flowbt.evaluation.levels.windows import CLASSES, Windows, over, until_expiry

SIDES = {"above": 1, "below": -1}
LONGEST = 15
"""Sessions from a level to the end of what is looked at around an expiry."""


def evaluate_level_rows(
    levels: pl.DataFrame,
    bars: pl.DataFrame,
    horizons: Sequence[int],
    *,
    actions: pl.DataFrame | None = None,
    implied: pl.DataFrame | None = None,
    exchanges: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """What became of levels, against what becomes of levels that mean nothing.

    Args:
        levels: `placing.LEVELS`: what was said to be a level on a day, known at its close.
        bars: `flowbt.schema.PRICE_BARS` of their symbols, the more history the better; `high` and `low` may be null.
        horizons: in sessions.
        actions: `flowbt.schema.CORPORATE_ACTIONS`: levels are carried over splits.
        implied: `symbol, date, iv`: implied volatility at the money, a year.
        exchanges: the MIC of each symbol, on whose sessions its levels are judged (`outcomes_of`).

    Returns:
        `horizons, from, to, symbols, kinds, left_out, volatility, jumps, gravity, touches`; see `interface.md`.
    """
    levels = levels.with_columns(kind=pl.col("kind").map_batches(_spelled, return_dtype=pl.String))
    prices = with_implied(prices_of(bars, actions, exchanges), implied, levels)
    placed, left_out = place(levels, prices)
    horizons = sorted(set(horizons))
    gravity, touches = [], []
    kinds = [kind for kind in levels["kind"].unique(maintain_order=True) if kind in set(placed["kind"])]
    for kind in kinds:
        rows = placed_of(placed.filter(pl.col("kind") == kind))
        if is_pin(kind):
            gravity += _gravity(kind, rows, prices, horizons)
        else:
            touches += _touches(kind, rows, prices, horizons)
    used = {symbol: prices.symbols.index(symbol) for symbol in placed["symbol"].unique().sort()}
    return {
        "horizons": horizons,
        "from": placed["date"].min(),
        "to": placed["date"].max(),
        "symbols": list(used),
        "kinds": _kinds(placed, kinds),
        "left_out": left_out,
        "volatility": {name: "implied" if prices.implied[column] else "realised" for name, column in used.items()},
        "jumps": _jumps(placed, prices, horizons),
        "gravity": gravity,
        "touches": touches,
    }


def _jumps(placed: pl.DataFrame, prices: Prices, horizons: Sequence[int]) -> list[dict[str, Any]]:
    """The unexplained jumps of the levels' symbols from the first level to the end of the last window."""
    if not placed.height:
        return []
    first, last = prices.dates.index(_day_of(placed["date"].min(), prices)), _day_of(placed["date"].max(), prices)
    end = min(prices.dates.index(last) + max(*horizons, LONGEST), len(prices.dates) - 1)
    symbols = set(placed["symbol"])
    within = prices.dates[first : end + 1]
    return [asdict(jump) for jump in prices.jumps if jump.symbol in symbols and within[0] < jump.date <= within[-1]]


def _day_of(day: Any, prices: Prices) -> date:
    """The last date of the prices up to a day."""
    return max(known for known in prices.dates if known <= day)


def _spelled(kinds: pl.Series) -> pl.Series:
    known = kinds.unique().drop_nulls()
    return kinds.replace_strict(known, [spelled(kind) for kind in known], default=None, return_dtype=pl.String)


def _kinds(placed: pl.DataFrame, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The kinds, in the order in which they came."""
    counts = placed.group_by("kind").agg(
        pl.len().alias("n"), pl.col("date").n_unique().alias("dates"), pl.col("symbol").n_unique().alias("symbols")
    )
    return [
        {**row, "as": "pin" if is_pin(row["kind"]) else "barrier", "recognised": is_known(row["kind"])}
        for row in sorted(counts.to_dicts(), key=lambda row: kinds.index(row["kind"]))
    ]


def _gravity(kind: str, placed: Placed, prices: Prices, horizons: Sequence[int]) -> list[dict[str, Any]]:
    """One row per class of sessions to go, and per horizon for levels without an expiry."""
    has_expiry = placed.expiry != UNDATED
    dated = [("expiry", until_expiry(placed, prices, *bounds)) for bounds in CLASSES] if has_expiry.any() else []
    undated = [("horizon", over(placed.of(~has_expiry), prices, horizon)) for horizon in horizons]
    return [_gravity_row(kind, by, windows, prices) for by, windows in [*dated, *undated] if len(windows)]


def _gravity_row(kind: str, by: str, windows: Windows, prices: Prices) -> dict[str, Any]:
    return {
        "kind": kind,
        "by": by,
        "sessions": [windows.shortest, windows.longest],
        "n": len(windows),
        "ends": len(np.unique(windows.day)),
        "mean_gap": float(np.abs(windows.gap).mean()),
        "measures": gravity_measures(windows, prices),
        "pull": pull(windows, prices),
        "given_back": given_back(windows, prices),
    }


def _touches(kind: str, placed: Placed, prices: Prices, horizons: Sequence[int]) -> list[dict[str, Any]]:
    """One row per side of the price and horizon."""
    rows = []
    for side, sign in SIDES.items():
        chosen = placed.of(np.sign(placed.gap) == sign)
        if not len(chosen):
            continue
        distance = distances(chosen, prices)
        known = np.isfinite(distance)
        rows += [
            {
                "kind": kind,
                "side": side,
                "horizon": horizon,
                "levels": len(chosen),
                "mean_distance": float(np.abs(chosen.gap).mean()),
                "mean_sigmas": float(distance[known].mean() / np.sqrt(horizon)) if known.any() else None,
                "measures": touch_measures(chosen, prices, sign, horizon),
            }
            for horizon in horizons
        ]
    return rows
