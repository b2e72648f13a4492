"""What the price had done by the close of a verdict's session: momentum and volatility, from closes of that day and before.

All are matrices like the panel's, sessions down and symbols across, and look back over every bar there is, not just over
the panel's sessions.
"""

import numpy as np

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.evaluation.forward_returns import Outcomes
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel

FEWEST_RETURNS = 20
"""Daily returns below which no volatility is estimated."""


def past_return(panel: Panel, count: int) -> Floats:
    """Total return over the `count` sessions up to the session's close; NaN where either close is missing."""
    return _rows(panel, panel.outcomes.past(count))


def ewma_volatility(panel: Panel, decay: float = 0.94) -> Floats:
    """Daily volatility: root of the exponentially weighted mean of squared daily log returns (RiskMetrics 1996).

    The weights of the returns seen sum to 1, and a missing return counts for nothing. NaN before 20 returns.
    """
    squares = _log_returns(panel.outcomes) ** 2
    # a date on which the symbol's exchange is closed has no return, and so leaves all as it is
    total, weight, seen = (np.zeros(squares.shape[1]) for _ in range(3))
    volatility = np.full_like(squares, np.nan)
    for row, square in enumerate(squares):
        there = np.isfinite(square)
        total = np.where(there, decay * total + (1 - decay) * square, total)
        weight = np.where(there, decay * weight + (1 - decay), weight)
        seen += there
        enough = seen >= FEWEST_RETURNS
        volatility[row, enough] = np.sqrt(total[enough] / weight[enough])
    return _rows(panel, volatility)


def realised_volatility(panel: Panel, count: int = 20) -> Floats:
    """Root mean square of the last `count` daily log returns, per year; NaN where one of them is missing."""
    squares = _log_returns(panel.outcomes) ** 2
    return _rows(panel, panel.outcomes.by_session(squares, lambda own: _root_mean(own, count)))


def _root_mean(squares: Floats, count: int) -> Floats:
    """Root mean square of the last `count` rows, per year."""
    known = np.where(np.isfinite(squares), squares, 0.0)
    zero = np.zeros((1, squares.shape[1]))
    sums, there = (np.vstack([zero, np.cumsum(values, axis=0)]) for values in (known, np.isfinite(squares)))
    volatility = np.full_like(squares, np.nan)
    if len(squares) >= count:
        full = there[count:] - there[:-count] == count
        # a difference of long sums: rounding may leave a little below zero
        mean = np.maximum(sums[count:] - sums[:-count], 0.0) / count
        volatility[count - 1 :] = np.where(full, np.sqrt(mean * SESSIONS_PER_YEAR), np.nan)
    return volatility


def _log_returns(outcomes: Outcomes) -> Floats:
    return np.asarray(np.log1p(outcomes.past(1)))


def _rows(panel: Panel, values: Floats) -> Floats:
    return values[panel.first : panel.first + len(panel.dates)]
