"""Does a verdict say how far the price will move, if not where?"""

from typing import Any

import numpy as np

from flowbt.evaluation.effects import effect_where
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.verdicts import VERDICTS


def swings(panel: Panel) -> list[dict[str, Any]]:
    """The next session's range and absolute return after each verdict, against the symbol's usual."""
    rows = []
    for outcome, values in {"next_range": panel.next_range(), "absolute_return": np.abs(panel.between(0, 1))}.items():
        known = np.isfinite(panel.verdict) & np.isfinite(values)
        for name, side in VERDICTS.items():
            chosen = known & (panel.verdict == side)
            found = effect_where(chosen, known, values, 1)
            rows.append(
                {
                    "outcome": outcome,
                    "verdict": name,
                    "n": int(chosen.sum()),
                    "mean": float(values[chosen].mean()) if chosen.any() else None,
                    "excess": found.value if found else None,
                    "ci": found.interval if found else None,
                    "p_value": found.p_value if found else None,
                }
            )
    return rows
