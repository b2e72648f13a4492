"""The metric engine: how metrics are defined, how their expressions become a plan of work, and how it is computed over a lake."""
