"""Intake: what happens to vendor files between their first byte and a commit, or the reason why they are refused."""
