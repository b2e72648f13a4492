"""How results are judged: what is beyond luck, on how many verdicts, and at which horizon the answer is looked for.

An evaluation has a hit rate per horizon and verdict, and the best of many always looks good. So the answer is drawn
from one horizon, chosen without looking at results (`headline`), and all tests are counted (`tests`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from flowbt.evaluation.inference import FEWEST
from flowbt.report.kit.formats import known

Document: TypeAlias = Mapping[str, Any]

SIGNIFICANT: Final = 0.05
DIRECTIONS: Final = {"bearish": ("fall", "falls"), "bullish": ("rise", "rises")}
"""Verdicts that say where the price will go: noun and verb."""


MOST_LEFT_OUT: Final = 10
"""Of many symbols left out in turn, those that change the result most are shown."""


def number_of(cell: Document | None) -> int:
    """How many verdicts a cell of an evaluation holds."""
    return int((cell or {}).get("n") or 0)


def cells(horizons: Sequence[Document]) -> list[tuple[int, str, Document]]:
    """Every verdict that was given: its horizon, its name, its cell."""
    return [
        (int(horizon["horizon"]), name, cell)
        for horizon in horizons
        for name, cell in (horizon.get("verdicts") or {}).items()
        if number_of(cell)
    ]


def headline(horizons: Sequence[Document]) -> Document | None:
    """The horizon the answer is drawn from: the middle one (the lower of two) of those with a verdict to judge."""
    judged = sorted({horizon for horizon, name, _ in cells(horizons) if name in DIRECTIONS})
    if not judged:
        return None
    middle = judged[(len(judged) - 1) // 2]
    return next(horizon for horizon in horizons if int(horizon["horizon"]) == middle)


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
    return [
        p
        for _, name, cell in cells(horizons)
        if name in DIRECTIONS and number_of(cell) >= FEWEST and (p := known(cell.get("p_value"))) is not None
    ]


def named(rows: Sequence[Document] | None, horizon: Any) -> Document:
    """The row of a horizon; the first where there is none of it, nothing where there is no row."""
    return next((row for row in rows or [] if row.get("horizon") == horizon), (rows or [{}])[0])


def extremes(stability: Sequence[Document]) -> list[Document]:
    """The parts that the verdicts were split into; of many symbols left out, those without which it is most different."""
    without = [part for part in stability if part.get("by") == "without"]
    if len(without) <= MOST_LEFT_OUT:
        return list(stability)
    measured = [part for part in without if known(part.get("signed_excess")) is not None]
    ordered = sorted(measured, key=lambda part: float(part["signed_excess"]))
    kept = ordered[: MOST_LEFT_OUT // 2] + ordered[-(MOST_LEFT_OUT // 2) :]
    return [part for part in stability if part.get("by") != "without"] + kept
