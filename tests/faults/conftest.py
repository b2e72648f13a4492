import os
from random import Random

import pytest

SEED = int(os.environ.get("FLOWBT_SEED", "20260821"))


@pytest.fixture
def random() -> Random:
    print(f"FLOWBT_SEED={SEED}")  # noqa: T201 (pytest shows it where a test fails)
    return Random(SEED)  # noqa: S311
