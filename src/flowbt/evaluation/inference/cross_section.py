"""Across the symbols of a day: ranks, rank correlation and buckets, for all days at once.

Matrices hold days down and symbols across; NaN is unknown and takes part in nothing.
"""

import numpy as np

from flowbt.evaluation.inference.hac import Floats, Integers
from flowbt.evaluation.inference.ranking import mean_ranks

FEWEST_RANKED = 3
"""Two symbols always agree or disagree perfectly."""


def row_ranks(values: Floats) -> Floats:
    """Rank of each value within its row, from 1; ties share their mean rank; NaN stays NaN."""
    known = np.isfinite(values)
    # what is unknown is ranked last, where it shifts no other rank
    return np.where(known, mean_ranks(np.where(known, values, np.inf)), np.nan)


def row_spearman(first: Floats, second: Floats) -> Floats:
    """Spearman's rank correlation of each row of two matrices, over the symbols known in both.

    NaN where fewer than three are, or where one side is the same for all.
    """
    both = np.isfinite(first) & np.isfinite(second)
    count = both.sum(axis=1)
    centre = ((count + 1) / 2)[:, None]
    left, right = (np.where(both, row_ranks(np.where(both, side, np.nan)) - centre, 0.0) for side in (first, second))
    scale = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    told = (count >= FEWEST_RANKED) & (scale > 0)
    found: Floats = np.divide((left * right).sum(axis=1), scale, out=np.full(len(first), np.nan), where=told)
    return found


def row_buckets(values: Floats, buckets: int) -> Integers:
    """Bucket of each value by the quantiles of its row: 1 holds the lowest, `buckets` the highest; 0 where unknown.

    Quantiles are interpolated linearly (Hyndman & Fan 1996, type 7); a value at an edge belongs to the lower bucket. Ties across
    an edge stay together, so that a bucket may be empty.
    """
    known = np.isfinite(values)
    if not values.size:
        return np.zeros(values.shape, np.int64)
    ordered = np.sort(np.where(known, values, np.inf), axis=1)
    last = np.maximum(known.sum(axis=1, keepdims=True) - 1, 0)
    place = last * np.linspace(0, 1, buckets + 1)[None, 1:-1]
    low = np.floor(place).astype(np.int64)
    share = place - low
    lower, upper = (np.take_along_axis(ordered, at, axis=1) for at in (low, np.minimum(low + 1, last)))
    with np.errstate(invalid="ignore"):
        step = upper - lower
        # from the nearer end, as numpy's quantile does: equal to the last bit
        edges = np.where(share < 0.5, lower + step * share, upper - step * (1 - share))
    beyond = np.zeros(values.shape, np.int64)
    for edge in edges.T:
        beyond += values > edge[:, None]
    return np.where(known, beyond + 1, 0)


def bucket_means(bucket: Integers, values: Floats, buckets: int) -> Floats:
    """Mean of the known values of each row's buckets: days down, buckets across; NaN where a bucket has none."""
    days = len(bucket)
    told = (bucket > 0) & np.isfinite(values)
    at = (np.arange(days)[:, None] * buckets + bucket - 1)[told]
    count = np.bincount(at, minlength=days * buckets)
    sums = np.bincount(at, values[told], days * buckets)
    means: Floats = np.divide(sums, count, out=np.full(days * buckets, np.nan), where=count > 0)
    return means.reshape(days, buckets)


def above_row_mean(values: Floats) -> Floats:
    """Each value above the mean of its row's known ones."""
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    above: Floats = values - mean[:, None]
    return above
