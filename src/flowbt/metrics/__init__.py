"""The metric engine: documented, named polars expressions over option chains, one file per theme."""

from flowbt.metrics.catalogue import SHIPPED, Catalogue, Metric, MetricKey, collecting, current_catalogue, metric
from flowbt.metrics.engine import Request, compute
from flowbt.metrics.resolve import prior

with collecting(SHIPPED):
    from flowbt.metrics import exposure, flow, levels, max_pain, open_interest, technical

__all__ = [
    "SHIPPED",
    "Catalogue",
    "Metric",
    "MetricKey",
    "Request",
    "collecting",
    "compute",
    "current_catalogue",
    "exposure",
    "flow",
    "levels",
    "max_pain",
    "metric",
    "open_interest",
    "prior",
    "technical",
]
