"""A series in buckets: what followed its lowest values, and what its highest.

A series of few distinct values has one bucket for each of them. Otherwise the buckets are quantiles of the whole sample, as
published studies have them: nobody knew on the day in which bucket it would fall. What is tested then is a statement about
the sample, not a rule that could have been traded. Equal values are never parted (`flowbt.evaluation.inference.partition`).
"""

from typing import Any

import numpy as np

from flowbt.errors import FlowbtError
from flowbt.evaluation.effects import effect
from flowbt.evaluation.inference import FEWEST, Bools, Floats, Integers, estimate_from_influence
from flowbt.evaluation.inference.partition import even_groups
from flowbt.evaluation.inference.ranks import information_coefficient
from flowbt.evaluation.panel import Panel

MOST = 50


def bucket_numbers(values: Floats, buckets: int) -> Integers:
    """The bucket of each value, 1 for the lowest; 0 where unknown.

    There are as many as were asked for, or as there are distinct values where these are fewer. Values that are too rare for
    a bucket of their own to be tested share one with their neighbours.
    """
    known = np.isfinite(values)
    number = np.zeros(values.shape, np.int64)
    number[known] = even_groups(values[known], buckets, FEWEST)
    return number


def evaluate_buckets(panel: Panel, horizon: int, buckets: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The `buckets` and `bucket_tests` of interface.md, of the scores of a panel over its moves.

    Returns:
        Each bucket, lowest values first: `bucket, n, low, high, mean_value, mean_return, return_ci, mean_abs_return, abs_return_ci,
        up_rate`. And `horizon`, `cut` ("values": a bucket for each distinct value but rare ones; "quantiles"), and for the return and
        its absolute value (`outcomes`): the `spread` of the highest above the lowest bucket, the rank correlation, and
        their intervals and p-values, which mind the dependence between days; None where there is one bucket.
    """
    if not 2 <= buckets <= MOST:
        raise FlowbtError(f"{buckets} buckets: give 2 to {MOST}")
    moves = panel.following(horizon)
    values = np.where(np.isfinite(moves), panel.score, np.nan)
    number = bucket_numbers(values, buckets)
    found = int(number.max(initial=0))
    rows = [_row(values, moves, number, bucket, horizon) for bucket in range(1, found + 1)]
    outcomes = {"return": moves, "absolute_return": np.abs(moves)}
    tests = [
        {"outcome": name, **_spread(values, outcome, number, found, horizon)} for name, outcome in outcomes.items()
    ]
    few = len(np.unique(values[np.isfinite(values)])) <= buckets
    return rows, {"horizon": horizon, "cut": "values" if few else "quantiles", "outcomes": tests}


def _row(values: Floats, moves: Floats, number: Integers, bucket: int, horizon: int) -> dict[str, Any]:
    chosen = number == bucket
    n = int(chosen.sum())
    mean, size = float(moves[chosen].mean()), float(np.abs(moves[chosen]).mean())
    return {
        "bucket": bucket,
        "n": n,
        "low": float(values[chosen].min()),
        "high": float(values[chosen].max()),
        "mean_value": float(values[chosen].mean()),
        "mean_return": mean,
        "return_ci": _interval(moves, chosen, horizon),
        "mean_abs_return": size,
        "abs_return_ci": _interval(np.abs(moves), chosen, horizon),
        "up_rate": float((moves[chosen] > 0).mean()),
    }


def _interval(values: Floats, chosen: Bools, horizon: int) -> tuple[float, float] | None:
    """The interval of a bucket's mean, with the errors of dependent dates."""
    n = int(chosen.sum())
    if n < FEWEST:
        return None
    mean = float(values[chosen].mean())
    influence = np.where(chosen, values - mean, 0.0).sum(axis=1) / n
    found = estimate_from_influence(mean, influence, horizon)
    return found.interval if found else None


def _spread(values: Floats, outcome: Floats, number: Integers, buckets: int, horizon: int) -> dict[str, Any]:
    top, bottom = number == buckets, number == 1
    known = number > 0
    spread = None
    if buckets > 1 and min(top.sum(), bottom.sum()) >= FEWEST:
        # the sum of this contrast times the outcome, over all days, is the difference of the two means
        contrast = np.where(known, known.sum() * (top / top.sum() - bottom / bottom.sum()), np.nan)
        spread = effect(contrast, outcome, horizon, unit=float(known.sum()))
    correlation = information_coefficient(values, outcome, horizon)
    ranks = correlation.estimate
    return {
        "spread": spread.value if spread else None,
        "ci": spread.interval if spread else None,
        "p_value": spread.p_value if spread else None,
        "rank_correlation": correlation.value,
        "rank_ci": ranks.interval if ranks else None,
        "rank_p_value": ranks.p_value if ranks else None,
    }
