"""Many tests at once: p-values adjusted so that one can be held against the level one would hold a single test to.

All take p-values of one family in any order, none missing, and give them back adjusted in that order; a hypothesis is
rejected where its adjusted p-value is at most the level.
"""

import numpy as np

from flowbt.evaluation.inference.hac import Floats


def holm(p_values: Floats) -> Floats:
    """Controls the chance of any false rejection, whatever the dependence; never less powerful than Bonferroni (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * np.arange(len(p_values), 0, -1)
    return _in_place(np.maximum.accumulate(steps), order)


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Controls the share of false among the rejected, tests independent or positively dependent (1995)."""
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    return _in_place(np.minimum.accumulate(steps[::-1])[::-1], order)


def _in_place(adjusted: Floats, order: np.ndarray) -> Floats:
    placed = np.empty_like(adjusted)
    placed[order] = np.minimum(adjusted, 1.0)
    return placed
