"""The report of an evaluation: one file per question."""
