"""Does a verdict predict? Hit rates per verdict and horizon against the base rate.

A hit is an outcome in the verdict's direction. In a rising market a bearish call is wrong more often than not, so a hit
rate is never compared with one half but with the *base rate*: how often the symbol moved that way after any session that has a verdict. The
difference is the **lift**. Each symbol is compared with its own base rate, so that a verdict which merely picks a symbol
gains nothing by it.

Errors: what each date adds to the error of a lift (its influence, base rate included) is summed over the symbols, and the
long-run variance of that daily series gives the interval (`flowbt.evaluation.inference`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from flowbt.evaluation.inference import DETECTABLE, FEWEST, Estimate, Floats, estimate_from_influence, wilson_interval

Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

VERDICTS = {"bearish": -1, "neutral": 0, "bullish": 1}


@dataclass(frozen=True)
class Cell:
    """One verdict at one horizon; None where it cannot be said. A neutral verdict has no direction and no hit rate."""

    n: int
    effective_n: float | None = None
    hit_rate: float | None = None
    hit_ci: tuple[float, float] | None = None
    base_rate: float | None = None
    lift: float | None = None
    lift_ci: tuple[float, float] | None = None
    t: float | None = None
    p_value: float | None = None
    minimum_detectable: float | None = None
    mean_return: float | None = None
    mean_excess_return: float | None = None
    mean_excess_ci: tuple[float, float] | None = None
    return_p_value: float | None = None


def evaluate_verdicts(verdicts: pl.DataFrame, outcomes: pl.DataFrame, horizons: Sequence[int]) -> list[dict[str, Any]]:
    """Hit rate, base rate, lift and mean return per horizon and verdict.

    Args:
        verdicts: `symbol, date, verdict` (-1, 0, 1 or null; null days are not evaluated).
        outcomes: `symbol, date, return_H` for each horizon H.
        horizons: in sessions.

    Returns:
        Per horizon: `horizon`, `sessions` (symbol-days evaluated), `base_rate_up`, and `verdicts` by name.
    """
    panel = verdicts.filter(pl.col("verdict").is_not_null()).join(outcomes, on=["symbol", "date"], how="left")
    return [_horizon(panel, horizon) for horizon in horizons]


def _horizon(panel: pl.DataFrame, horizon: int) -> dict[str, Any]:
    rows = panel.select("symbol", "date", "verdict", pl.col(f"return_{horizon}").alias("outcome")).drop_nulls()
    rows = rows.sort("date", "symbol")
    up = rows["outcome"] > 0
    return {
        "horizon": horizon,
        "sessions": rows.height,
        "base_rate_up": up.mean() if rows.height else None,
        "verdicts": {name: asdict(_cell(rows, side, horizon)) for name, side in VERDICTS.items()},
    }


def _cell(rows: pl.DataFrame, side: int, horizon: int) -> Cell:
    chosen = (rows["verdict"] == side).to_numpy()
    n = int(chosen.sum())
    if n == 0:
        return Cell(n=0)
    outcome = rows["outcome"].to_numpy()
    symbol = _codes(rows["symbol"])
    date = _codes(rows["date"])
    excess, moved = _difference(outcome, chosen, symbol, date)
    returns = _estimate(excess, moved, horizon, n)
    effective = n / _inflation(moved, outcome[chosen], n, horizon)
    common = {
        "n": n,
        "effective_n": effective,
        "mean_return": float(outcome[chosen].mean()),
        "mean_excess_return": excess,
        "mean_excess_ci": returns.interval if returns else None,
        "return_p_value": returns.p_value if returns else None,
    }
    if side == 0:
        return Cell(**common)  # type: ignore[arg-type]
    hits = (np.sign(outcome) == side).astype(np.float64)
    lift, influence = _difference(hits, chosen, symbol, date)
    estimate = _estimate(lift, influence, horizon, n)
    hit_rate = float(hits[chosen].mean())
    return Cell(
        **common,  # type: ignore[arg-type]
        hit_rate=hit_rate,
        hit_ci=wilson_interval(hit_rate * effective, effective),
        base_rate=hit_rate - lift,
        lift=lift,
        lift_ci=estimate.interval if estimate else None,
        t=estimate.t if estimate else None,
        p_value=estimate.p_value if estimate else None,
        minimum_detectable=DETECTABLE * estimate.standard_error if estimate else None,
    )


def _estimate(value: float, influence: Floats, horizon: int, n: int) -> Estimate | None:
    return estimate_from_influence(value, influence, horizon) if n >= FEWEST else None


def _difference(values: Floats, chosen: Bools, symbol: Codes, date: Codes) -> tuple[float, Floats]:
    """Mean of the chosen values above their symbols' own means, and each date's influence on it."""
    symbols = int(symbol.max()) + 1
    per_symbol = np.bincount(symbol, minlength=symbols)
    own_mean = (np.bincount(symbol, values, symbols) / per_symbol)[symbol]
    above = values - own_mean
    n = chosen.sum()
    difference = float(above[chosen].mean())
    chosen_share = (np.bincount(symbol, chosen, symbols) / per_symbol)[symbol]
    influence = (chosen * (above - difference) - chosen_share * above) / n
    return difference, np.bincount(date, influence).astype(np.float64)


def _codes(values: pl.Series) -> Codes:
    return np.asarray(values.rank("dense").to_numpy(), np.int64) - 1


def _inflation(influence: Floats, chosen_values: Floats, n: int, horizon: int) -> float:
    """How many times larger the variance of the mean is than it were for independent observations; at least 1."""
    estimate = estimate_from_influence(0.0, influence, horizon)
    independent = float(chosen_values.var()) / n
    if estimate is None or independent <= 0:
        return float(min(horizon, n))
    return max(estimate.standard_error**2 / independent, 1.0)
