"""Values in groups of about equal number that never part equal values.

Where the linear quantiles give as many groups as were asked for, they are the groups, with a value on an edge in the lower
one, as published studies and pandas' `qcut` have them. They do not where values repeat: with 70% zeros most quantiles are 0,
groups are left empty, and what lies below 0 falls into one group with the zeros. Then the groups are contiguous runs of the
distinct values, and of all such partitions the one with the least sum of squared sizes is taken (Fisher 1958, On grouping for
maximum homogeneity, finds it by the same recursion). So

- where there are no more distinct values than groups, each value is a group of its own;
- a value that fills groups by itself is alone in one.

Only the order of the values counts: -1, 0, 1 are grouped as 1, 2, 3 are.
"""

import numpy as np

from flowbt.compiled import compiled
from flowbt.evaluation.inference.hac import Floats, Integers


def even_groups(values: Floats, most: int, least: int = 1) -> Integers:
    """The group of each value, 1 for the lowest; `most` groups, or as many as there are distinct values.

    Args:
        values: finite, in any order.
        most: at least 1.
        least: values that a group should hold. Where there are enough values for that and repeated ones leave a group with
            fewer, there are fewer groups, as far as that makes the smallest one larger; at least two.
    """
    if not len(values):
        return np.zeros(0, np.int64)
    levels, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    most = min(most, len(levels))
    fewest = min(most, 2) if len(values) >= most * least else most
    chosen, smallest = np.zeros(len(levels), np.int64), -1.0
    for groups in range(most, fewest - 1, -1):
        group = _grouped(place.ravel(), counts, groups)
        size = float(np.bincount(group, counts).min())
        if size > smallest:
            chosen, smallest = group, size
        if smallest >= least:
            break
    return np.asarray(chosen[place.ravel()] + 1, np.int64)


def _grouped(place: Integers, counts: Integers, groups: int) -> Integers:
    """The group of each distinct value, from 0; `place` has that of each value among them."""
    levels = np.arange(len(counts))
    if len(levels) == groups:
        return levels
    # of places, not of values: rounding must not depend on how the values are written
    edges = np.quantile(place, np.linspace(0, 1, groups + 1)[1:-1])
    group = np.searchsorted(edges, levels, side="left")
    if len(np.unique(group)) < groups:
        starts = _even_starts(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), groups)
        group = np.searchsorted(starts, levels, side="right") - 1
    return np.asarray(group, np.int64)


@compiled
def _even_starts(total: Integers, groups: int) -> Integers:
    """The place of the first value of each group, by dynamic programming over the number of groups.

    The best last cut moves up with the values that are grouped, so each layer is solved by halving (Knuth 1971; Yao 1980).

    Args:
        total: how many values there are before each distinct one, and in all.
        groups: fewer than there are distinct values.
    """
    count = len(total) - 1
    cost = total * total
    cut = np.zeros((groups, count + 1), np.int64)
    spans = np.zeros((128, 4), np.int64)
    for layer in range(1, groups):
        found = cost.copy()
        spans[0, 0], spans[0, 1], spans[0, 2], spans[0, 3] = layer + 1, count, layer, count - 1
        open_spans = 1
        while open_spans:
            open_spans -= 1
            first, last, low, high = spans[open_spans]
            middle = (first + last) // 2
            best, place = -1, low
            for start in range(low, min(middle - 1, high) + 1):
                size = total[middle] - total[start]
                value = cost[start] + size * size
                if best < 0 or value < best:
                    best, place = value, start
            found[middle], cut[layer, middle] = best, place
            if first < middle:
                spans[open_spans, 0], spans[open_spans, 1] = first, middle - 1
                spans[open_spans, 2], spans[open_spans, 3] = low, place
                open_spans += 1
            if middle < last:
                spans[open_spans, 0], spans[open_spans, 1] = middle + 1, last
                spans[open_spans, 2], spans[open_spans, 3] = place, high
                open_spans += 1
        cost = found
    starts = np.zeros(groups, np.int64)
    end = count
    for layer in range(groups - 1, 0, -1):
        end = cut[layer, end]
        starts[layer] = end
    return starts
