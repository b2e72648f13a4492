"""The placebo: what the same verdicts would have shown had they been given at other times."""

from typing import Any

import numpy as np

from flowbt.evaluation.effects import signed_effect
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel

BINS = 24


def placebo(panel: Panel, horizon: int) -> dict[str, Any] | None:
    """The mean return in the verdicts' direction, beside that of the whole matrix of verdicts moved round the calendar.

    All symbols are moved by the same number of sessions, which keeps what days and symbols share; plain shuffles would
    call luck too rarely what it is.

    Returns:
        `statistic`, `p_value` (share of all places, the real one among them, at least as far from zero, studentised), `shifts`, `low`,
        `high` (where 95% of the shifts lie), `histogram` of the shifts; None for too few verdicts or sessions.
    """
    found = signed_effect(panel, 0, horizon)
    if found is None:
        return None
    others = found.shifted[1:]
    low, high = np.quantile(others, [0.025, 0.975])
    return {
        "statistic": found.value,
        "p_value": float((np.abs(found.shifted_t) >= abs(found.t) * (1 - 1e-12)).mean()),
        "shifts": len(others),
        "low": float(low),
        "high": float(high),
        "histogram": _histogram(others),
    }


def _histogram(values: Floats) -> list[dict[str, Any]]:
    counts, edges = np.histogram(values, BINS)
    return [
        {"from": float(start), "to": float(end), "count": int(count)}
        for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
