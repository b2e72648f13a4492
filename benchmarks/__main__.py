"""Run every benchmark."""

from benchmarks import core_metrics, evaluation, flow_reports, implied_volatility, ingest, status, whole_catalogue

ingest.main()
core_metrics.main()
whole_catalogue.main()
implied_volatility.main()
evaluation.main()
flow_reports.main()
status.main()
