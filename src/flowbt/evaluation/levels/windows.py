"""From the day of a level to the end of its window: an expiry, or so many sessions later.

A window counts where the price is known at both ends. Of an expiry there is one window per class of
sessions to go, the longest, so that the days of one expiry are not counted as so many observations.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.prices import Prices

CLASSES: Final = ((1, 1), (2, 2), (3, 5), (6, 10))
"""Sessions to go until an expiry."""


@dataclass(frozen=True)
class Windows:
    """Levels with what the price did by the end of their windows.

    Attributes:
        placed: the levels.
        end: the session at whose close the window ends, of the symbol's own.
        day: its place on the calendar of all symbols.
        gap: how far the level is above the price, as a fraction of it.
        move: what the price moved until the end, as a fraction.
        sigma: of one session's log return, as known on the level's day; NaN where it is not.
        shortest: sessions from a level's day to the end, at least.
        longest: and at most.
    """

    placed: Placed
    end: Integers
    day: Integers
    gap: Floats
    move: Floats
    sigma: Floats
    shortest: int
    longest: int

    def __len__(self) -> int:
        return len(self.end)

    @property
    def sessions(self) -> Integers:
        """From each level's day to the end."""
        return self.end - self.placed.row

    def within(self, column: int) -> Bools:
        """A mask of the windows of one symbol."""
        return np.asarray(self.placed.column == column, np.bool_)

    def of(self, chosen: Bools) -> "Windows":
        """The windows of some levels."""
        return replace(
            self,
            placed=self.placed.of(chosen),
            end=self.end[chosen],
            day=self.day[chosen],
            gap=self.gap[chosen],
            move=self.move[chosen],
            sigma=self.sigma[chosen],
        )


def until_expiry(placed: Placed, prices: Prices, shortest: int, longest: int) -> Windows:
    """One window per symbol and expiry: from the first day with no more than `longest` sessions to go."""
    to_go = placed.expiry - placed.row
    live = placed.of((placed.expiry >= 0) & (to_go >= shortest) & (to_go <= longest))
    key = np.stack([live.column, live.expiry], axis=1)
    order = np.lexsort((live.row, live.expiry, live.column))
    _, first = np.unique(key[order], axis=0, return_index=True)
    chosen = np.zeros(len(live), np.bool_)
    chosen[order[first]] = True
    kept = live.of(chosen)
    return _windows(kept, kept.expiry, prices, shortest, longest)


def over(placed: Placed, prices: Prices, sessions: int) -> Windows:
    """One window per level, over so many sessions."""
    kept = placed.of(placed.row + sessions < len(prices))
    return _windows(kept, kept.row + sessions, prices, sessions, sessions)


def move_between(prices: Prices, column: Integers, start: Integers, end: Integers) -> Floats:
    """The move from the close of one session to that of another, as a fraction, splits undone; NaN where unknown."""
    last = len(prices) - 1
    inside = (start >= 0) & (end <= last)
    first, final = np.clip(start, 0, last), np.clip(end, 0, last)
    moved = prices.close[final, column] / prices.close[first, column] * prices.became(column, first, final) - 1
    return np.where(inside, moved, np.nan)


def _windows(placed: Placed, end: Integers, prices: Prices, shortest: int, longest: int) -> Windows:
    move = move_between(prices, placed.column, placed.row, end)
    sigma = prices.sigma[placed.row, placed.column]
    day = prices.day[end, placed.column]
    windows = Windows(placed, end, day, placed.gap, move, sigma, shortest, longest)
    return windows.of(np.isfinite(move) & (windows.gap != 0))
