"""What came after each session: when a level was reached, where the price closed, and what it did then.

All in standard deviations of the session's own log return, so that one level can be compared with every session's path.
Towards a level above, the direction is up; for one below, the path is mirrored.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import move_between

DIGITS: Final = 9
"""Decimals of a distance in standard deviations; the rest is rounding error."""


@dataclass(frozen=True)
class Paths:
    """One symbol's paths after some of its sessions, one row each, one column per session ahead.

    Attributes:
        row: the sessions they start at.
        reach: the farthest it had come in the level's direction by then.
        close: where it closed.
        side: 1 towards levels above, -1 towards those below.
    """

    row: Integers
    reach: Floats
    close: Floats
    side: int

    @property
    def sessions(self) -> int:
        """How many ahead."""
        return int(self.close.shape[1])

    def of(self, chosen: Bools | Integers) -> "Paths":
        """The chosen paths."""
        return Paths(self.row[chosen], self.reach[chosen], self.close[chosen], self.side)

    def first(self, distance: Floats) -> Integers:
        """On which session ahead (1, 2, ...) each level (down) is reached on each path (across); one beyond the last if never."""
        session = np.ones((len(distance), len(self.row)), np.int64)
        for reach in self.reach.T:
            session += reach[None, :] < distance[:, None]
        return session

    def first_own(self, distance: Floats) -> Integers:
        """The session ahead on which each path reaches its own level, one level a path; one beyond the last if never."""
        return np.asarray((self.reach < distance[:, None]).sum(axis=1) + 1, np.int64)

    def close_on(self, session: Integers) -> Floats:
        """The close on a session ahead, of which there is one a path, or one for each level (down) and path (across)."""
        place = np.minimum(session, self.sessions) - 1
        return np.asarray(self.close[np.arange(len(self.row)), place], np.float64)


def paths_of(prices: Prices, column: int, sessions: int, side: int, *, ranged: bool) -> Paths:
    """The paths of a symbol over so many sessions, where all of their prices are known; over a split they are carried.

    Args:
        prices: of all symbols.
        column: whose.
        sessions: how many ahead.
        side: 1 towards levels above, -1 towards those below.
        ranged: reach by highs and lows, both of which must be known; by closes, where not.
    """
    start = np.arange(max(len(prices) - sessions, 0))
    ahead = start[:, None] + np.arange(1, sessions + 1)[None, :]
    spot, sigma = prices.close[start, column][:, None], prices.sigma[start, column][:, None]
    above, below = (prices.high, prices.low) if ranged else (prices.close, prices.close)
    became = prices.became(column, start[:, None], ahead)
    with np.errstate(divide="ignore", invalid="ignore"):
        extremes = [
            in_sigmas(side * np.log(extreme[ahead, column] / spot * became), sigma) for extreme in (above, below)
        ]
        close = in_sigmas(side * np.log(prices.close[ahead, column] / spot * became), sigma)
    known = np.isfinite([*extremes, close]).all(axis=(0, 2))
    reach = extremes[0 if side > 0 else 1][known]
    return Paths(start[known], np.maximum.accumulate(reach, axis=1), close[known], side)


def in_sigmas(distance: Floats, sigma: Floats) -> Floats:
    """A log distance in standard deviations, rounded so that a level that is touched exactly is touched."""
    return np.asarray(np.round(distance / sigma, DIGITS), np.float64)


def moves_after(prices: Prices, column: int, sessions: int) -> Floats:
    """The move over the next sessions from each session's close, as a fraction; NaN where it is not known."""
    rows = np.arange(len(prices))
    return move_between(prices, np.full(len(rows), column), rows, rows + sessions)
