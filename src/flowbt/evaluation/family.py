"""All tests of an evaluation together: the best of many lifts always looks good, so it is judged among all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.evaluation.inference.circular_shift import family_p_values
from flowbt.evaluation.inference.multiple import benjamini_hochberg
from flowbt.evaluation.verdicts import HorizonVerdicts


@dataclass(frozen=True)
class Survivor(Result):
    """A lift that is significant with all tests of the family counted.

    Attributes:
        horizon: in sessions.
        verdict: whose lift remains significant after correction for all tests.
    """

    horizon: int
    verdict: str


@dataclass(frozen=True)
class Family(Result):
    """All tests of lifts together: what the strongest is worth, given that so many were made.

    Attributes:
        tests: how many lifts were tested.
        smallest_p_value: of one test by itself; None where there is none.
        max_t_p_value: how often chance makes the largest |t| of all as large (max-t over joint shifts); None likewise.
        survivors: the lifts that are significant at 5% in the family, with step-down.
        benjamini_hochberg: discoveries at a false discovery rate of 5%.
    """

    tests: int
    smallest_p_value: float | None
    max_t_p_value: float | None
    survivors: tuple[Survivor, ...]
    benjamini_hochberg: int


def family(horizons: Sequence[HorizonVerdicts]) -> Family:
    """Judge all lifts at all horizons together, by the largest |t| under joint shifts (Romano & Wolf 2005)."""
    tested = [(each.horizon, name, lift) for each in horizons for name, lift in each.lifts.items()]
    p_values = [lift.p_value for _, _, lift in tested]
    adjusted = family_p_values([lift for _, _, lift in tested])
    survivors = tuple(
        Survivor(horizon, name) for (horizon, name, _), p in zip(tested, adjusted, strict=True) if p <= SIGNIFICANT
    )
    return Family(
        tests=len(tested),
        smallest_p_value=min(p_values, default=None),
        max_t_p_value=min(adjusted, default=None),
        survivors=survivors,
        benjamini_hochberg=int((benjamini_hochberg(np.array(p_values)) <= SIGNIFICANT).sum()) if tested else 0,
    )
