"""Matching the contracts of two adjacent sessions by one merge pass over two sorted snapshots."""

from typing import Any

import numpy as np

from flowbt.compiled import compiled


@compiled
def match(expiration: Any, root: Any, strike: Any, start: Any, rows: Any, neighbour: Any, first: int) -> Any:
    """The row of the same contract in the adjacent snapshot, for each row of the snapshots from `first` on; -1: none.

    Args:
        expiration: by row, as are `root` and `strike`, all as numbers; the rows of a snapshot ascend by the three of
            them.
        root: see `expiration`.
        strike: see `expiration`.
        start: by snapshot, its first row.
        rows: by snapshot, its number of rows.
        neighbour: by snapshot, the number of the adjacent session's snapshot, -1 where there is none.
        first: the first snapshot to match; its rows and those of all later snapshots are at the end.
    """
    offset = start[first]
    matched = np.full(len(strike) - offset, -1, np.int64)
    for snapshot in range(first, len(start)):
        if neighbour[snapshot] < 0:
            continue
        other = start[neighbour[snapshot]]
        end = other + rows[neighbour[snapshot]]
        for row in range(start[snapshot], start[snapshot] + rows[snapshot]):
            while other < end and (
                expiration[other] < expiration[row]
                or (expiration[other] == expiration[row] and root[other] < root[row])
                or (expiration[other] == expiration[row] and root[other] == root[row] and strike[other] < strike[row])
            ):
                other += 1
            if (
                other < end
                and expiration[other] == expiration[row]
                and root[other] == root[row]
                and strike[other] == strike[row]
            ):
                matched[row - offset] = other
    return matched
