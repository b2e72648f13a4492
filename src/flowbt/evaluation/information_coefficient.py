"""The information coefficient: does a higher score go with a higher return?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.documents import Result, keyed
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.inference.ranks import rank_correlation
from flowbt.evaluation.panel import Panel


@dataclass(frozen=True, kw_only=True)
class InformationCoefficient(Result):
    """Spearman's correlation of the score and the return that followed; None where it cannot be computed.

    Attributes:
        value: mean over dates, or over symbols.
        ci: its 95% interval, within -1 and 1; None, like the p-value, where it cannot be tested.
        p_value: two-sided.
        ratio: ICIR: mean over standard deviation of the dates' coefficients; None over time.
        method: each date across symbols, or each symbol over time.
    """

    value: float | None = keyed("information_coefficient")
    ci: tuple[float, float] | None = keyed("ic_ci")
    p_value: float | None = keyed("ic_p_value")
    ratio: float | None = keyed("icir")
    method: Literal["across_symbols", "over_time"] | None = keyed("ic_method")


def information_coefficient(panel: Panel, horizon: int) -> InformationCoefficient:
    """Correlate the ranks of the score (of the verdict, where there are no scores) and of the return that followed."""
    correlation = rank_correlation(score_of(panel), panel.following(horizon), horizon)
    estimate = correlation.estimate
    interval = (max(estimate.interval[0], -1.0), min(estimate.interval[1], 1.0)) if estimate else None
    return InformationCoefficient(
        value=correlation.value,
        ci=interval,
        p_value=estimate.p_value if estimate else None,
        ratio=correlation.ratio,
        method=correlation.method,
    )


def score_of(panel: Panel) -> Floats:
    """The scores, or the verdicts where there is not a single score."""
    return panel.score if np.isfinite(panel.score).any() else panel.verdict
