"""Which rows of a level study the answer mentions: chosen by the number of cases, never by the results."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.report.levels.comparison import comparison

Row = TypeVar("Row", Gravity, Touches)
LevelRow: TypeAlias = Gravity | Touches

BREAKING: Final = ("trigger", "breakout")
"""Kinds of levels that are expected to break, not to hold."""


def selected_rows(study: LevelStudy) -> list[LevelRow]:
    """Kinds of pins, kinds of barriers on their usual side, then those on the other; each at its middle horizon."""
    pins = [_middle(rows, "nearer", lambda row: row.sessions[1]) for rows in pin_groups(study.gravity)]
    sides = barrier_groups(row for row in study.touches if row.has_cases())
    most: dict[str, int] = {}
    for rows in sides:
        most[rows[0].kind] = max(most.get(rows[0].kind, 0), rows[0].levels)
    sides = sorted(sides, key=lambda rows: rows[0].levels < most[rows[0].kind])
    return [*pins, *(_middle(rows, touched_by(rows), lambda row: row.horizon) for rows in sides)]


def pin_groups(rows: Sequence[Gravity]) -> list[list[Gravity]]:
    """Rows of one kind whose windows end alike, in their order."""
    groups: dict[tuple[str, str], list[Gravity]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.by), []).append(row)
    return list(groups.values())


def barrier_groups(rows: Iterable[Touches]) -> list[list[Touches]]:
    """Rows of one kind on one side of the price, in their order."""
    groups: dict[tuple[str, str], list[Touches]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.side), []).append(row)
    return list(groups.values())


def touched_by(rows: Sequence[Touches]) -> str:
    """The measure of touches to report: by the ranges of days, or by closes where no range is known."""
    ranged = any(measure.n for row in rows if (measure := row.measure("touched")) is not None)
    return "touched" if ranged else "touched_by_close"


def level_tests(study: LevelStudy) -> list[float]:
    """The p-values of all tests of a level study."""
    p_values: list[float | None] = []
    for pin in study.gravity:
        p_values += [contrast.p_value for each in pin.measures for contrast in vars(each.against).values()]
        p_values += [each.p_value for each in pin.pull]
        p_values += [each.p_value for each in pin.given_back]
    for barrier in study.touches:
        p_values += [contrast.p_value for each in barrier.measures for contrast in vars(each.against).values()]
    return [p_value for p_value in p_values if p_value is not None]


def _middle(rows: Sequence[Row], name: str, length: Callable[[Row], int]) -> Row:
    """Of the rows whose measure can be tested, or of all, the one of middle length (the lower of two)."""
    tested = [row for row in rows if comparison(row.measure(name)).contrast.p_value is not None]
    ordered = sorted(tested or rows, key=length)
    return ordered[(len(ordered) - 1) // 2]


def window(row: Gravity) -> str:
    """A class of sessions to an expiry, or a horizon."""
    low, high = row.sessions
    span = f"{high}" if low == high else f"{low}-{high}"
    return f"{span} to expiry" if row.by == "expiry" else span


def reported(row: Touches) -> TouchMeasure | None:
    """The measure of touches to report: by the ranges of days, or by closes where no range is known."""
    touched = row.measure("touched")
    return touched if touched is not None and touched.n else row.measure("touched_by_close")
