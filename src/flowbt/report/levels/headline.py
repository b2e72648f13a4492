"""Which numbers of the levels are told first, and what they say: chosen by how much there is, never by how it came out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from flowbt.report.kit.formats import known
from flowbt.report.kit.significance import SIGNIFICANT, Document

PLACEBOS: Final[dict[str, str]] = {
    "elsewhere": "other days",
    "mirror": "mirror",
    "round_strike": "round strike",
    "prior_close": "prior close",
}
"""What a level is set against, in the order in which it counts: by the key of the document, its words."""


def measure(row: Document, name: str) -> Document:
    """A measure of a kind; empty where there is none."""
    return next((found for found in row.get("measures") or [] if found.get("measure") == name), {})


def against(row: Document, placebo: str) -> Document:
    """The difference of a measure from a placebo."""
    found: Mapping[str, Any] = (row.get("against") or {}).get(placebo) or {}
    return found


def first_placebo(row: Document) -> str:
    """The placebo that the answer is drawn from: the other days, or the mirror where the history is too short for them."""
    return "elsewhere" if known(row.get("elsewhere")) is not None else "mirror"


def told(row: Document) -> Document:
    """The difference of a measure that is told: that from its first placebo."""
    return against(row, first_placebo(row))


def middle(rows: Sequence[Document], name: str, order: str) -> Document:
    """Of the rows whose measure can be tested, or of all, the middle one by `order` (the lower of two)."""
    tested = [row for row in rows if _testable(measure(row, name))]
    ordered = sorted(tested or rows, key=lambda row: _place(row, order))
    return ordered[(len(ordered) - 1) // 2] if ordered else {}


def grouped(rows: Sequence[Document], *keys: str) -> list[list[Document]]:
    """Rows that share these keys, in the order in which they come."""
    groups: dict[tuple[Any, ...], list[Document]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    return list(groups.values())


class Group(NamedTuple):
    """Levels that are spoken of together, and the row of them that is told."""

    is_pin: bool
    row: Document


def level_groups(levels: Document) -> list[Group]:
    """The kinds of pins, the kinds of barriers on their usual side, then those on the other; each at its middle horizon."""
    pins = [
        Group(True, middle(rows, "nearer", "sessions")) for rows in grouped(levels.get("gravity") or [], "kind", "by")
    ]
    sides = grouped([row for row in levels.get("touches") or [] if has_case(row)], "kind", "side")
    most: dict[Any, int] = {}
    for rows in sides:
        most[rows[0]["kind"]] = max(most.get(rows[0]["kind"], 0), int(rows[0]["levels"]))
    sides = sorted(sides, key=lambda rows: int(rows[0]["levels"]) < most[rows[0]["kind"]])
    return [*pins, *(Group(False, middle(rows, _reached(rows), "horizon")) for rows in sides)]


def has_case(row: Document) -> bool:
    """Whether a row has any level that something can be said of."""
    return any(found.get("n") for found in row.get("measures") or [])


def _reached(rows: Sequence[Document]) -> str:
    """By the ranges of days, or by closes where no range is known."""
    return "touched" if any(measure(row, "touched").get("n") for row in rows) else "touched_by_close"


def level_tests(levels: Document) -> list[float]:
    """The p-values of every test that is made of levels."""
    found = []
    for row in [*(levels.get("gravity") or []), *(levels.get("touches") or [])]:
        tests = [contrast for each in row["measures"] for contrast in (each.get("against") or {}).values()]
        tests += [*(row.get("pull") or []), *(row.get("given_back") or [])]
        found += [p for test in tests if (p := known(test.get("p_value"))) is not None]
    return found


def verdict_on(contrast: Document) -> str:
    """What a difference says, in a word or two: for tables."""
    p, difference = known(contrast.get("p_value")), known(contrast.get("difference", contrast.get("coefficient")))
    if difference is None:
        return "no data"
    if p is None:
        return "too few"
    return "within luck" if p >= SIGNIFICANT else "beyond luck"


def _testable(row: Document) -> bool:
    return known(told(row).get("p_value")) is not None


def _place(row: Document, order: str) -> float:
    value = row.get(order)
    return float(value[-1]) if isinstance(value, Sequence) else float(value or 0)
