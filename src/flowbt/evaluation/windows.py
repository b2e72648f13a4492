"""The window of a verdict's outcome: how the return came about within it, and when it is known."""

import numpy as np

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.outcomes import SIDES
from flowbt.evaluation.panel import Panel


def path_of(panel: Panel, horizon: int) -> Floats:
    """Total returns from the entry to 0, 1, ... `horizon` sessions after it: layers of sessions by symbols."""
    return np.stack([panel.between(0, day) for day in range(horizon + 1)])


def known_after(panel: Panel, horizon: int) -> int:
    """How many sessions after a verdict its outcome is known at the close."""
    return horizon + SIDES[panel.outcomes.entry][1]
