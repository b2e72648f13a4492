"""Base rates as they were known on the day: the share of earlier outcomes, of those whose sessions had all passed.

An outcome of session s over H sessions is known at the close of s + H + 1 at the latest (`flowbt.evaluation.forward_returns`).
"""

import numpy as np

from flowbt.evaluation.forward_returns import Outcomes
from flowbt.evaluation.inference import Floats

LEAST = 20
"""A share of fewer outcomes is not used."""


def mean_known_then(values: Floats, horizon: int, outcomes: Outcomes) -> Floats:
    """Per symbol and session, the mean of the values known at its close; NaN before there are `LEAST`.

    Args:
        values: sessions down, symbols across, each on the row of the session it follows; NaN where unknown.
        horizon: sessions over which they run.
        outcomes: they define when a value is known.
    """
    there = np.isfinite(values)
    total, count = np.cumsum(np.where(there, values, 0.0), axis=0), np.cumsum(there, axis=0)
    mean = np.where(count >= LEAST, total / np.maximum(count, 1), np.nan)
    return delayed(mean, outcomes.known_after(horizon))


def delayed(values: Floats, by: int) -> Floats:
    """The values as known `by` sessions earlier."""
    late = np.full_like(values, np.nan)
    late[by:] = values[: max(len(values) - by, 0)]
    return late
