"""Matching puts with the calls that would make collars of them, one to one."""

import numpy as np
from numpy.typing import NDArray

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""A difference of two deltas of two digits is exact only up to this."""


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
    """The puts' contracts that calls of the same expiry make collars of; a put counts whole or not at all.

    The largest put chooses first, of puts of one size that in the lowest strike; it takes the call nearest to it in size
    that is left, of calls equally near that in the lowest strike. A call is taken once.

    Args:
        expiry: of each strike row, sorted; within an expiry the strikes ascend.
        put_size: contracts of the row's put; 0 or NaN where it is not to be matched.
        put_delta: its delta, negative.
        call_size: contracts of the row's call; 0 or NaN where it is not to be matched.
        call_delta: its delta, positive.
        least_ratio: of calls to puts, at least.
        most_ratio: at most.
        delta_within: how far the two deltas, without sign, may be apart.
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
            # an unknown delta is not within either
            if not abs(call_delta[call] + put_delta[put]) <= delta_within + ROUNDING:
                continue
            if nearest < 0 or abs(call_size[call] - size) < abs(call_size[nearest] - size):
                nearest = call
        if nearest >= 0:
            taken[nearest] = True
            matched += size
    return matched
