"""Options far and wide, for the oracles."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest

Options = Mapping[str, Any]

SPOT = 250.0
MONEYNESS = (0.3, 0.6, 0.85, 0.97, 1.0, 1.04, 1.2, 1.7, 3.0)
DAYS = (1, 6, 30, 100, 365, 1095)
VOLATILITIES = (0.03, 0.12, 0.25, 0.7, 1.5, 4.0)
CARRY = ((0.0, 0.0), (0.04, 0.012), (0.02, 0.09), (-0.01, 0.0))


@pytest.fixture(scope="session")
def options() -> Options:
    """Every combination of the above, calls and puts, by the names of the parameters."""
    rows = list(product(MONEYNESS, DAYS, VOLATILITIES, CARRY, (True, False)))
    return {
        "spot": np.full(len(rows), SPOT),
        "strike": np.array([SPOT * row[0] for row in rows]),
        "years": np.array([row[1] / 365 for row in rows]),
        "volatility": np.array([row[2] for row in rows]),
        "rate": np.array([row[3][0] for row in rows]),
        "dividend_yield": np.array([row[3][1] for row in rows]),
        "is_call": np.array([row[4] for row in rows]),
    }
