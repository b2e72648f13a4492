"""Metrics: `engine` computes documented, named polars expressions over option chains; `catalogue` defines them by theme."""

from flowbt.metrics import catalogue
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
    "catalogue",
    "collecting",
    "compute",
    "compute_stored",
    "current_catalogue",
    "decision_named",
    "held_at_open",
    "load_metrics",
    "metric",
    "on_tape",
    "prior",
    "run_file",
]
