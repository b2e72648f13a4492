"""How much is tried: a part of it with each commit, all of it in `make test-faults-full` (FLOWBT_FULL=1)."""

import os

FULL = os.environ.get("FLOWBT_FULL", "") not in {"", "0"}


def tries(with_each_commit: int, in_full: int) -> int:
    """How many examples, kills or steps; a test that asks is marked `thorough`."""
    return in_full if FULL else with_each_commit
