"""The effect of a signal on the outcome, within each symbol: the estimate behind every section of an evaluation.

Each symbol is compared with its own mean, so that a verdict which merely picks a symbol gains nothing by it. Days on which
either side is unknown count for nothing. The error and the p-value are those of `flowbt.evaluation.inference.circular_shift`.
"""

import numpy as np

from flowbt.evaluation.inference import FEWEST, Bools, Floats
from flowbt.evaluation.inference.circular_shift import Association, association
from flowbt.evaluation.panel import Panel, above_universe


def centred(values: Floats) -> Floats:
    """Each symbol's values less their own mean, 0 where unknown."""
    there = np.isfinite(values)
    mean = np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(there, values - mean, 0.0)


def effect(signal: Floats, outcome: Floats, horizon: int, unit: float | None = None) -> Association | None:
    """The slope of an outcome on a signal within each symbol; see `association` for `unit` and for when there is none.

    Args:
        signal: sessions down, symbols across; NaN on days without one.
        outcome: the same; NaN where unknown. Days without a signal count only where a shifted signal meets them.
        horizon: sessions over which the outcome runs.
        unit: of the value.
    """
    there = np.isfinite(outcome)
    rows = np.flatnonzero(there.any(axis=1) & np.isfinite(signal).any(axis=1))
    if not len(rows):
        return None
    span = slice(int(rows[0]), int(rows[-1]) + 1)
    centred_signal = centred(np.where(there, signal, np.nan)[span])
    return association(centred_signal, centred(outcome[span]), horizon, unit, there[span])


def effect_where(chosen: Bools, known: Bools, outcome: Floats, horizon: int) -> Association | None:
    """The mean outcome of the chosen days above that of all days, within each symbol; None for fewer than `FEWEST` days.

    Args:
        chosen: days whose mean it is.
        known: days that are compared, the chosen ones among them.
        outcome: NaN where unknown.
        horizon: sessions over which the outcome runs.
    """
    count = int((chosen & known & np.isfinite(outcome)).sum())
    if count < FEWEST:
        return None
    return effect(np.where(known, chosen, np.nan), outcome, horizon, unit=count)


def signed_effect(panel: Panel, start: int, end: int) -> Association | None:
    """Mean return in the verdict's direction, per directional verdict, above what holding its average position gives.

    Over the sessions from `start` to `end` after the entry, above the universe where there is one.
    """
    moves = above_universe(panel.between(start, end))
    directional = int((np.abs(panel.verdict) == 1)[np.isfinite(moves)].sum())
    if directional < FEWEST:
        return None
    return effect(panel.verdict, moves, max(abs(end - start), 1), unit=directional)
