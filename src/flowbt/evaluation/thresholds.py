"""What other thresholds of the score would have given, and what the best of them is worth."""

from dataclasses import replace
from typing import Any

import numpy as np

from flowbt.evaluation.effects import signed_effect
from flowbt.evaluation.inference.circular_shift import Association, family_p_values
from flowbt.evaluation.panel import Panel

SHARES = np.linspace(0.05, 0.95, 19)
"""Quantiles of |score| that are tried: values that were there, above 0, each once."""


def thresholds(panel: Panel, horizon: int) -> dict[str, Any]:
    """The mean return in the score's direction where |score| reaches each of up to 19 thresholds, its quantiles in the sample.

    A threshold picked after seeing this is picked in-sample: `max_t_p_value` says how often the best of as many would look as
    good by luck alone.

    Returns:
        `horizon, max_t_p_value, rows: [{threshold, n, signed_excess, t}]`.
    """
    size = np.abs(panel.score)
    known = np.isfinite(size) & np.isfinite(panel.following(horizon))
    # a score of 0 has no direction: without those the quantiles of a score that is mostly 0 would be 0
    directed = size[known & (size > 0)]
    tried = np.unique(np.quantile(directed, SHARES, method="higher")) if len(directed) else np.empty(0)
    rows, tested = [], list[Association]()
    for threshold in tried:
        chosen = np.where(known, np.where(size >= threshold, np.sign(panel.score), 0.0), np.nan)
        found = signed_effect(replace(panel, verdict=chosen), 0, horizon)
        if found is not None:
            tested.append(found)
        rows.append(
            {
                "threshold": float(threshold),
                "n": int((np.abs(chosen) == 1).sum()),
                "signed_excess": found.value if found else None,
                "t": found.t if found else None,
            }
        )
    return {"horizon": horizon, "max_t_p_value": min(family_p_values(tested), default=None), "rows": rows}
