"""A series in buckets: what followed its lowest values, and what its highest.

A series of few distinct values has one bucket for each of them. Otherwise the buckets are quantiles of the whole sample, as
published studies have them: on the day it was not known in which bucket a value would fall. What is tested is a statement about
the sample, not a rule that could have been traded. Equal values are never separated (`flowbt.evaluation.inference.partition`).
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from flowbt.documents import Result
from flowbt.errors import FlowbtError
from flowbt.evaluation.effects import effect
from flowbt.evaluation.inference import FEWEST, Bools, Floats, Integers, estimate_from_influence
from flowbt.evaluation.inference.partition import even_groups
from flowbt.evaluation.inference.ranks import rank_correlation
from flowbt.evaluation.panel import Panel

MOST: Final = 50
"""More buckets than this are refused."""


@dataclass(frozen=True)
class Bucket(Result):
    """What followed the values of one bucket.

    Attributes:
        bucket: 1 holds the lowest values.
        n: days with a value of the bucket and a known return.
        low: the bucket's lowest value.
        high: its highest.
        mean_value: the mean of its values.
        mean_return: mean return that followed, as a fraction.
        return_ci: its 95% interval; None, like the other interval, for fewer than ten days.
        mean_abs_return: mean absolute return that followed.
        abs_return_ci: its 95% interval.
        up_rate: share of the days followed by a rise.
    """

    bucket: int
    n: int
    low: float
    high: float
    mean_value: float
    mean_return: float
    return_ci: tuple[float, float] | None
    mean_abs_return: float
    abs_return_ci: tuple[float, float] | None
    up_rate: float


@dataclass(frozen=True)
class BucketTest(Result):
    """The highest bucket against the lowest, and the rank correlation over all values.

    Attributes:
        outcome: `return` or `absolute_return`.
        spread: mean outcome of the highest less that of the lowest bucket, as a fraction; None, like the two below, where
            there is one bucket or too few days.
        ci: its 95% interval, for dependent days.
        p_value: two-sided.
        rank_correlation: of value and outcome; None where either never varies.
        rank_ci: its 95% interval; None where it cannot be tested.
        rank_p_value: two-sided; None likewise.
    """

    outcome: Literal["return", "absolute_return"]
    spread: float | None
    ci: tuple[float, float] | None
    p_value: float | None
    rank_correlation: float | None
    rank_ci: tuple[float, float] | None
    rank_p_value: float | None


@dataclass(frozen=True)
class BucketTests(Result):
    """The tests of the buckets.

    Attributes:
        horizon: in sessions.
        cut: `values`: a bucket for each distinct value, rare ones together; `quantiles`: of the whole sample.
        outcomes: of the return and of its size.
    """

    horizon: int
    cut: Literal["values", "quantiles"]
    outcomes: tuple[BucketTest, ...]


def bucket_numbers(values: Floats, buckets: int) -> Integers:
    """The bucket of each value, 1 for the lowest; 0 where unknown.

    There are as many as were asked for, or as there are distinct values where these are fewer. Values that are too rare for
    a bucket of their own to be tested share one with their neighbours.
    """
    known = np.isfinite(values)
    number = np.zeros(values.shape, np.int64)
    number[known] = even_groups(values[known], buckets, FEWEST)
    return number


def evaluate_buckets(panel: Panel, horizon: int, buckets: int) -> tuple[tuple[Bucket, ...], BucketTests]:
    """What followed the scores of a panel, in at most so many buckets, lowest values first, and the tests of it.

    Raises:
        FlowbtError: fewer than 2 buckets, or more than `MOST`.
    """
    if not 2 <= buckets <= MOST:
        raise FlowbtError(f"{buckets} buckets: give 2 to {MOST}")
    moves = panel.following(horizon)
    values = np.where(np.isfinite(moves), panel.score, np.nan)
    number = bucket_numbers(values, buckets)
    count = int(number.max(initial=0))
    rows = tuple(_bucket(values, moves, number, bucket, horizon) for bucket in range(1, count + 1))
    tests = (
        _test("return", values, moves, number, horizon),
        _test("absolute_return", values, np.abs(moves), number, horizon),
    )
    few = len(np.unique(values[np.isfinite(values)])) <= buckets
    return rows, BucketTests(horizon, "values" if few else "quantiles", tests)


def _bucket(values: Floats, moves: Floats, number: Integers, bucket: int, horizon: int) -> Bucket:
    chosen = number == bucket
    return Bucket(
        bucket=bucket,
        n=int(chosen.sum()),
        low=float(values[chosen].min()),
        high=float(values[chosen].max()),
        mean_value=float(values[chosen].mean()),
        mean_return=float(moves[chosen].mean()),
        return_ci=_interval(moves, chosen, horizon),
        mean_abs_return=float(np.abs(moves[chosen]).mean()),
        abs_return_ci=_interval(np.abs(moves), chosen, horizon),
        up_rate=float((moves[chosen] > 0).mean()),
    )


def _interval(values: Floats, chosen: Bools, horizon: int) -> tuple[float, float] | None:
    """The interval of a bucket's mean, with the errors of dependent dates."""
    n = int(chosen.sum())
    if n < FEWEST:
        return None
    mean = float(values[chosen].mean())
    influence = np.where(chosen, values - mean, 0.0).sum(axis=1) / n
    estimate = estimate_from_influence(mean, influence, horizon)
    return estimate.interval if estimate else None


def _test(
    name: Literal["return", "absolute_return"], values: Floats, outcome: Floats, number: Integers, horizon: int
) -> BucketTest:
    buckets = int(number.max(initial=0))
    top, bottom = number == buckets, number == 1
    known = number > 0
    spread = None
    if buckets > 1 and min(top.sum(), bottom.sum()) >= FEWEST:
        # the sum of this contrast times the outcome, over all days, is the difference of the two means
        contrast = np.where(known, known.sum() * (top / top.sum() - bottom / bottom.sum()), np.nan)
        spread = effect(contrast, outcome, horizon, unit=float(known.sum()))
    correlation = rank_correlation(values, outcome, horizon)
    ranks = correlation.estimate
    return BucketTest(
        outcome=name,
        spread=spread.value if spread else None,
        ci=spread.interval if spread else None,
        p_value=spread.p_value if spread else None,
        rank_correlation=correlation.value,
        rank_ci=ranks.interval if ranks else None,
        rank_p_value=ranks.p_value if ranks else None,
    )
