"""Matching added puts with added calls that could form collars, one to one."""

import numpy as np
from numpy.typing import NDArray

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""Tolerance for the difference of two deltas, which binary arithmetic does not give exactly."""


@compiled
def collared(
    expiry: NDArray[np.int32],
    put_size: Floats,
    put_delta: Floats,
    call_size: Floats,
    call_delta: Floats,
    least_ratio: float,
    most_ratio: float,
    delta_within: float,
) -> float:
    """Number of put contracts that can be matched with calls of the same expiry; each put counts fully or not at all.

    Greedy matching: puts are processed from the largest down (ties: lowest strike first). Each takes the unmatched call
    nearest to it in size (ties: lowest strike first). A call is used once.

    Args:
        expiry: number of the expiry, by strike row; sorted, with strikes ascending within an expiry.
        put_size: contracts of the row's put; 0 or NaN where it is not to be matched.
        put_delta: delta of the put, negative.
        call_size: contracts of the row's call; 0 or NaN where it is not to be matched.
        call_delta: delta of the call, positive.
        least_ratio: smallest ratio of calls to puts.
        most_ratio: largest ratio of calls to puts.
        delta_within: largest difference of the two absolute deltas.

    Returns:
        Contracts of all matched puts.
    """
    matched = 0.0
    taken = np.zeros(len(expiry), dtype=np.bool_)
    puts = np.flatnonzero(put_size > 0)
    calls = np.flatnonzero(call_size > 0)
    expiry_of_call = expiry[calls]
    for put in puts[np.argsort(-put_size[puts], kind="mergesort")]:
        size = put_size[put]
        nearest = -1
        first = np.searchsorted(expiry_of_call, expiry[put])
        for call in calls[first:]:
            if expiry[call] != expiry[put]:
                break
            if taken[call] or not least_ratio <= call_size[call] / size <= most_ratio:
                continue
            # `not <=` instead of `>`, so that an unknown (NaN) delta never matches
            if not abs(call_delta[call] + put_delta[put]) <= delta_within + ROUNDING:
                continue
            if nearest < 0 or abs(call_size[call] - size) < abs(call_size[nearest] - size):
                nearest = call
        if nearest >= 0:
            taken[nearest] = True
            matched += size
    return matched
