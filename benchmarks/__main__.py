"""Run every benchmark."""

from benchmarks import core_metrics, implied_volatility, whole_catalogue

core_metrics.main()
whole_catalogue.main()
implied_volatility.main()
