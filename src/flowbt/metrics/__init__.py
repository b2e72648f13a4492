"""The metric engine: documented, named polars expressions over option chains, one file per theme."""

from flowbt.metrics.engine.cache import Tally, compute_stored
from flowbt.metrics.engine.compute import Request, compute
from flowbt.metrics.engine.definition import (
    SHIPPED,
    Catalogue,
    Metric,
    MetricKey,
    collecting,
    current_catalogue,
    metric,
)
from flowbt.metrics.engine.failures import FailedMetric, Failures, Lost
from flowbt.metrics.engine.known_open_interest import DECISIONS, Decision, decision_named
from flowbt.metrics.engine.resolve import held_at_open, on_tape, prior
from flowbt.metrics.engine.user_module import load_metrics, run_file

with collecting(SHIPPED):
    from flowbt.metrics.catalogue import (
        carry,
        clusters,
        dividend_plays,
        exposure,
        flow,
        greeks,
        hedging,
        levels,
        max_pain,
        open_interest,
        pivots,
        tape,
        technical,
        unusual,
        volatility,
        zero_gamma,
    )

__all__ = [
    "DECISIONS",
    "SHIPPED",
    "Catalogue",
    "Decision",
    "FailedMetric",
    "Failures",
    "Lost",
    "Metric",
    "MetricKey",
    "Request",
    "Tally",
    "carry",
    "clusters",
    "collecting",
    "compute",
    "compute_stored",
    "current_catalogue",
    "decision_named",
    "dividend_plays",
    "exposure",
    "flow",
    "greeks",
    "hedging",
    "held_at_open",
    "levels",
    "load_metrics",
    "max_pain",
    "metric",
    "on_tape",
    "open_interest",
    "pivots",
    "prior",
    "run_file",
    "tape",
    "technical",
    "unusual",
    "volatility",
    "zero_gamma",
]
