"""Numbers of contracts that add up to published totals and are otherwise as ordinary as can be.

`fit` takes ordinary numbers and finds those nearest to them in relative entropy under which every total holds. With A the
weights of the totals, b the totals and g how readily each number gives way, they are x = ordinary * exp(g * A'l), which
keeps them positive, and l minimizes the convex sum(x / g) - b'l (Csiszar 1975, "I-divergence geometry of probability
distributions"; the g weigh the divergence). Totals that contradict each other have no such l, which is an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STEPS = 400
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Total:
    """A statement that numbers times weights add up to `value`."""

    weight: Floats
    value: float

    @classmethod
    def of(cls, counted: Mask, value: float) -> "Total":
        """So many contracts where `counted`."""
        return cls(counted.astype(np.float64), value)


def fit(ordinary: Floats, totals: Sequence[Total], give: Floats | float = 1.0) -> Floats:
    """The numbers nearest to the ordinary ones under which all totals hold; where those are 0, 0."""
    size = [float(np.abs(total.weight) @ ordinary) for total in totals]
    weights = np.array([total.weight / scale for total, scale in zip(totals, size, strict=True)])
    wanted = np.array([total.value / scale for total, scale in zip(totals, size, strict=True)])
    scale = np.abs(weights).max(axis=1, keepdims=True)
    weights, wanted = weights / scale, wanted / scale[:, 0]
    multiplier = np.zeros(len(totals))

    def at(place: Floats) -> tuple[Floats, float]:
        numbers = ordinary * np.exp(np.minimum(give * (place @ weights), 50.0))
        return numbers, float((numbers / give).sum() - wanted @ place)

    numbers, height = at(multiplier)
    for _ in range(STEPS):
        slope = weights @ numbers - wanted
        if np.all(np.abs(slope) <= TOLERANCE * (np.abs(weights) @ numbers)):
            return numbers
        step = np.linalg.solve((weights * numbers * give) @ weights.T, slope)
        length, descent = 1.0, float(slope @ step)
        while (tried := at(multiplier - length * step))[1] > height - 1e-4 * length * descent and length > 1e-12:
            length /= 2
        multiplier = multiplier - length * step
        numbers, height = tried
    raise AssertionError(f"no such numbers: totals miss by {slope / (np.abs(weights) @ numbers)}")


def whole(numbers: Floats, exact: Sequence[Total] = ()) -> Ints:
    """The numbers as whole contracts, those of `exact` totals corrected at their largest so that these hold exactly.

    It is the running sum that is rounded, so that fractions of neighbours make a contract together and are not lost. Single
    contracts are corrected first, so that a total of several is corrected at none of them.
    """
    rounded = np.diff(np.rint(np.cumsum(numbers)), prepend=0.0).astype(np.int64)
    open_to_change = np.ones(numbers.size, dtype=bool)
    for total in sorted(exact, key=lambda total: np.count_nonzero(total.weight)):
        largest = np.argmax(np.where(open_to_change & (total.weight > 0), numbers, -1.0))
        rounded[largest] += round(total.value) - int(total.weight @ rounded)
        open_to_change[largest] = False
    return rounded
