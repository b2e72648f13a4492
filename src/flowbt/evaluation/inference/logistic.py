"""Probabilities from a score."""

import math

import numpy as np

from flowbt.evaluation.inference.hac import Floats

ROUNDS = 50


def logistic(score: Floats, outcome: Floats) -> tuple[float, float] | None:
    """Maximum likelihood of P(event) = 1 / (1 + exp(-(a + b score))), by Newton's method: (a, b).

    Args:
        score: one per case.
        outcome: from 0 to 1, one per case: whether the event came, or the share of it that counts (as Platt's targets).

    Returns:
        None where there is no maximum: the score does not vary, all outcomes are alike, or the score parts them perfectly.
    """
    if not len(score) or score.min() == score.max() or outcome.min() == outcome.max():
        return None
    centre, spread = float(score.mean()), float(score.std())
    if not spread > 1e-12 * abs(centre):
        return None
    design = np.column_stack([np.ones(len(score)), (score - centre) / spread])
    share = float(outcome.mean())
    fitted = np.array([math.log(share / (1 - share)), 0.0])
    for _ in range(ROUNDS):
        probability = _sigmoid(design @ fitted)
        weight = probability * (1 - probability)
        if weight.max() < 1e-10:
            return None
        slope = design.T @ (outcome - probability)
        curvature = design.T @ (design * weight[:, None])
        if np.linalg.cond(curvature) > 1e12:
            return None
        step = np.linalg.solve(curvature, slope)
        longest = float(np.abs(step).max())
        fitted += step * min(1.0, 5 / max(longest, 1e-300))  # a full step from far away may overshoot for good
        if longest < 1e-10:
            rate = float(fitted[1]) / spread
            return float(fitted[0]) - rate * centre, rate
    return None


def platt_targets(outcome: Floats) -> Floats:
    """Outcomes drawn in from 0 and 1 by the rule of succession, so that a fit always has a maximum (Platt 1999)."""
    came = float(outcome.sum())
    return np.where(outcome > 0, (came + 1) / (came + 2), 1 / (len(outcome) - came + 2))


def predicted(fitted: tuple[float, float], score: Floats) -> Floats:
    """The probabilities of a fit."""
    return _sigmoid(fitted[0] + fitted[1] * score)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))
