"""Run every benchmark."""

from benchmarks import core_metrics

core_metrics.main()
