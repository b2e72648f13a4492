"""Side-by-side measurements, apart from the tests: `python -m benchmarks`. Ratios, measured in one run, never limits."""
