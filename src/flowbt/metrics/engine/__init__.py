"""The metric engine: what a metric is, how its expression becomes a plan of work, and how that is computed over a lake."""
