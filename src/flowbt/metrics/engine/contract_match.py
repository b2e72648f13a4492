"""Which row of a neighbouring session is the same contract's, found by walking down two sorted snapshots at once."""

from typing import Any

import numpy as np

from flowbt.compiled import compiled


@compiled
def match(expiration: Any, root: Any, strike: Any, start: Any, rows: Any, neighbour: Any, first: int) -> Any:
    """The row of the same contract in the neighbouring snapshot, for each row of the snapshots from `first` on; -1: none.

    Args:
        expiration: by row, as are `root` and `strike`, all numbers; rows of a snapshot ascend by the three of them.
        root: as above.
        strike: as above.
        start: by snapshot, its first row.
        rows: by snapshot, how many.
        neighbour: by snapshot, which snapshot is that of the session before or after, -1 where there is none.
        first: the first snapshot whose rows are wanted; those of it and all after it lie together at the end.
    """
    offset = start[first]
    found = np.full(len(strike) - offset, -1, np.int64)
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
                found[row - offset] = other
    return found
