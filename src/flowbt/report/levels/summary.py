"""The rows of a level study that the answer mentions, question by question."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.report.kit.formats import count, hundredths, p_value, points
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import Measure, Write, comparison, reading, share
from flowbt.report.levels.selection import LevelRow, selected_rows, window

PIN_QUESTIONS: Final = {"nearer": "ended nearer", "within": "pinned"}
BARRIER_QUESTIONS: Final = {
    "touched": "touched",
    "touched_by_close": "closed past",
    "held": "held the day",
    "drift_3": "ran on in 3",
}
NOTE: Final = (
    "Null: levels as far away on other days, or the mirrored level where the history is too short. Shares differ in points. "
    "MDE: minimum detectable effect, the smallest true difference that would be found significant in four cases of five."
)


class Summarised(NamedTuple):
    """A row of the table: one question about one kind of level."""

    of: LevelRow
    question: str
    measure: Measure


def summary_table(study: LevelStudy) -> Table:
    """Of each group of levels the row that the answer mentions, question by question."""
    columns: tuple[Column[Summarised], ...] = (
        words("Level", _name),
        words("Sessions", _sessions),
        words("What", lambda row: row.question),
        Column("n", lambda row: count(row.measure.n)),
        Column("Value", lambda row: _write(row)(row.measure.value)),
        Column("Null", lambda row: _write(row)(comparison(row.measure).value)),
        Column(
            "Difference", lambda row: _write_difference(row)(comparison(row.measure).contrast.difference), detail=True
        ),
        Column("p", lambda row: p_value(comparison(row.measure).contrast.p_value)),
        Column("MDE", _minimum_detectable),
        words("Reading", _reading),
    )
    rows = [row for level in selected_rows(study) for row in _questions(level)]
    return Table.of("Levels against placebo levels", columns, rows, NOTE)


def _questions(level: LevelRow) -> Iterator[Summarised]:
    for name, question in (PIN_QUESTIONS if isinstance(level, Gravity) else BARRIER_QUESTIONS).items():
        measure = level.measure(name)
        if measure is not None and measure.n:
            yield Summarised(level, question, measure)


def _name(row: Summarised) -> str:
    return row.of.kind if isinstance(row.of, Gravity) else f"{row.of.kind} {row.of.side}"


def _sessions(row: Summarised) -> str:
    return window(row.of) if isinstance(row.of, Gravity) else count(row.of.horizon)


def _reading(row: Summarised) -> str:
    contrast = comparison(row.measure).contrast
    return reading(contrast.difference, contrast)


def _minimum_detectable(row: Summarised) -> str:
    return _write_difference(row)(comparison(row.measure).contrast.minimum_detectable).lstrip("+")


def _write(row: Summarised) -> Write:
    return hundredths if row.measure.measure.startswith("drift") else share


def _write_difference(row: Summarised) -> Write:
    return hundredths if row.measure.measure.startswith("drift") else points
