"""Everything an evaluation says of a panel, section by section (`interface.md`); each has a file of its own.

What the report's answer is drawn from is one horizon (`headline_horizon`), chosen without looking at results; sections that
need one horizon are of that one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from flowbt.evaluation.buckets import evaluate_buckets
from flowbt.evaluation.calendar_time import calendar_time
from flowbt.evaluation.calibration import calibration
from flowbt.evaluation.classification import direction, three_classes
from flowbt.evaluation.event_study import decay, delay, path
from flowbt.evaluation.incremental import controls_of, incremental
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.information_coefficient import information
from flowbt.evaluation.move_size import swings
from flowbt.evaluation.panel import UNIVERSE, Panel
from flowbt.evaluation.placebo import placebo
from flowbt.evaluation.rolling import rolling
from flowbt.evaluation.stability import stability
from flowbt.evaluation.thresholds import thresholds
from flowbt.evaluation.verdicts import VERDICTS, evaluate_verdicts, family

Progress = Callable[[str], None]


def headline_horizon(horizons: Sequence[int]) -> int:
    """The middle one, the lower of two."""
    return sorted(horizons)[(len(horizons) - 1) // 2]


def evaluate_panel(
    panel: Panel,
    horizons: Sequence[int],
    extra: Mapping[str, Floats] | None = None,
    exchanges: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Whether the verdicts of a panel predict: all sections of the document that need no words.

    Args:
        panel: verdicts, scores or both.
        horizons: in sessions, ascending.
        extra: what else was known on the day and could explain a move, by name: matrices like the panel's
            (`iv_30d`, the implied volatility at the money).
        exchanges: the MIC of each symbol; New York where it is not given.
    """
    chosen = headline_horizon(horizons)
    controls = controls_of(panel, extra or {}, exchanges)
    found = [evaluate_verdicts(panel, horizon) for horizon in horizons]
    told = {
        "excess_over": "universe" if len(panel.symbols) >= UNIVERSE else "own_mean",
        "coverage": coverage(panel),
        "horizons": [_horizon(panel, each.horizon, each.document()) for each in found],
        "family": family(found),
        "incremental": [incremental(panel, horizon, controls) for horizon in horizons],
        "calibration": calibration(panel, chosen),
    }
    if not (np.abs(panel.verdict) == 1).any():
        return told
    return told | {
        "decay": decay(panel),
        "path": path(panel),
        "delay": delay(panel, chosen),
        "calendar_time": calendar_time(panel, chosen),
        "stability": stability(panel, chosen),
        "volatility": swings(panel),
        "rolling": rolling(panel, chosen),
        "thresholds": thresholds(panel, chosen),
    }


def evaluate_series(
    panel: Panel, horizons: Sequence[int], buckets: int, exchanges: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What followed the low and the high values of a series: buckets at the first horizon, correlation and added value at all."""
    rows, tests = evaluate_buckets(panel, horizons[0], buckets)
    controls = controls_of(panel, {}, exchanges)
    return {
        "horizons": [{"horizon": horizon, **information(panel, horizon)} for horizon in horizons],
        "buckets": rows,
        "bucket_tests": tests,
        "incremental": [incremental(panel, horizon, controls) for horizon in horizons],
    }


def coverage(panel: Panel) -> dict[str, Any]:
    """How many symbol-days spoke, and what they said."""
    spoke = np.isfinite(panel.verdict) | np.isfinite(panel.score)
    directional = np.abs(panel.verdict) == 1
    return {
        "symbol_days": int(spoke.sum()),
        "verdicts": {name: int((panel.verdict == side).sum()) for name, side in VERDICTS.items()},
        "active_dates": int(directional.any(axis=1).sum()),
    }


def _horizon(panel: Panel, horizon: int, verdicts: dict[str, Any]) -> dict[str, Any]:
    drawn = placebo(panel, horizon)
    return verdicts | {
        **information(panel, horizon),
        "placebo_p_value": drawn["p_value"] if drawn else None,
        "placebo": drawn,
        "direction": direction(panel, horizon),
        "three_classes": three_classes(panel, horizon),
    }
