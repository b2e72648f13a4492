"""The metric engine: documented, named polars expressions over option chains, one file per theme."""

from flowbt.metrics.catalogue import SHIPPED, Catalogue, Metric, MetricKey, collecting, current_catalogue, metric
from flowbt.metrics.decision import DECISIONS, Decision, decision_named
from flowbt.metrics.engine import Request, compute
from flowbt.metrics.failures import FailedMetric, Failures, Lost
from flowbt.metrics.own_files import load_metrics, run_file
from flowbt.metrics.resolve import held_at_open, on_tape, prior
from flowbt.metrics.stored import Tally, compute_stored

with collecting(SHIPPED):
    from flowbt.metrics import (
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
