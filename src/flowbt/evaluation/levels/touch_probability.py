"""How often a price reaches a level by chance: the reflection principle, exact for a random walk in logs without drift.

A path that reaches a level and ends below it mirrors one that ends above it, so it is reached twice as often as the price
ends beyond it: P(touch) = 2 [1 - Phi(|ln(K/S)| / (sigma sqrt(tau)))] (Harrison 1985, Brownian Motion and Stochastic Flow
Systems, ch. 1). A price looked at once a day passes over levels between two looks: the barrier is moved away by
0.5826 sigma sqrt(dt) (Broadie, Glasserman & Kou 1997, A continuity correction for discrete barrier options;
0.5826 = -zeta(1/2)/sqrt(2 pi)).
"""

from typing import Final

import numpy as np
from scipy.special import ndtr

from flowbt.evaluation.inference import Floats

SHIFT: Final = 0.5826


def touch_probability(distance: Floats, sessions: int, *, looks: bool = False) -> Floats:
    """Probability that the price reaches a level within some sessions.

    Args:
        distance: |ln(K/S)| in standard deviations of one session.
        sessions: how long it has.
        looks: whether only the close of each session is seen, not what lies between.
    """
    away = np.abs(distance) + (SHIFT if looks else 0.0)
    return np.asarray(2.0 * ndtr(-away / np.sqrt(sessions)), np.float64)
