"""Run every benchmark."""

from benchmarks import core_metrics, implied_volatility

core_metrics.main()
implied_volatility.main()
