"""The information coefficient: does a higher score go with a higher return?"""

from typing import Any

import numpy as np

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.ranks import information_coefficient
from flowbt.evaluation.panel import Panel


def information(panel: Panel, horizon: int) -> dict[str, Any]:
    """Spearman's correlation of the score (of the verdict, where there are no scores) and the return that followed.

    Returns:
        `information_coefficient, ic_ci, ic_p_value, icir` (mean over standard deviation of the dates' coefficients), and
        `ic_method`: "across_symbols" or "over_time"; None where it cannot be said.
    """
    found = information_coefficient(score_of(panel), panel.following(horizon), horizon)
    estimate = found.estimate
    interval = (max(estimate.interval[0], -1.0), min(estimate.interval[1], 1.0)) if estimate else None
    return {
        "information_coefficient": found.value,
        "ic_ci": interval,
        "ic_p_value": estimate.p_value if estimate else None,
        "icir": found.ratio,
        "ic_method": found.method,
    }


def score_of(panel: Panel) -> Floats:
    """The scores, or the verdicts where there is not a single score."""
    return panel.score if np.isfinite(panel.score).any() else panel.verdict
