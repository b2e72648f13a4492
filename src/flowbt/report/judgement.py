"""How results are judged: what is beyond luck, on how many verdicts, and at which horizon the answer is looked for.

An evaluation has a hit rate per horizon and verdict, and the best of many always looks good. So the answer is drawn
from one horizon, chosen without looking at results (`headline`), and all tests are counted (`tests`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from flowbt.evaluation.inference import FEWEST
from flowbt.report.notation import known

Document: TypeAlias = Mapping[str, Any]

SIGNIFICANT: Final = 0.05
DIRECTIONS: Final = {"bearish": ("fall", "falls"), "bullish": ("rise", "rises")}
"""Verdicts that say where the price will go: noun and verb."""


def number_of(cell: Document | None) -> int:
    """How many verdicts a cell of an evaluation holds."""
    return int((cell or {}).get("n") or 0)


def headline(horizons: Sequence[Document]) -> Document | None:
    """The horizon the answer is drawn from: the middle one (the lower of two) of those with a verdict to judge."""
    judged = sorted(
        (horizon for horizon in horizons if any(number_of(horizon["verdicts"].get(name)) for name in DIRECTIONS)),
        key=lambda horizon: int(horizon["horizon"]),
    )
    return judged[(len(judged) - 1) // 2] if judged else None


def reading(cell: Document) -> str:
    """What one verdict at one horizon says, in a word or two: for tables."""
    n, p = number_of(cell), known(cell.get("p_value"))
    if not n:
        return "no verdicts"
    if known(cell.get("hit_rate")) is None:
        return "no direction"
    if n < FEWEST:
        return "too few"
    if p is None:
        return "not testable"
    if p >= SIGNIFICANT:
        return "within luck"
    return "beyond luck" if (known(cell.get("lift")) or 0) > 0 else "wrong way"


def tests(horizons: Sequence[Document]) -> list[float]:
    """The p-values of every test an evaluation makes of a direction."""
    cells = [horizon["verdicts"].get(name) or {} for horizon in horizons for name in DIRECTIONS]
    return [p for cell in cells if number_of(cell) >= FEWEST and (p := known(cell.get("p_value"))) is not None]
