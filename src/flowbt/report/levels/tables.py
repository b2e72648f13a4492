"""The tables of levels: a summary beside the null, then question by question."""

from collections.abc import Sequence
from typing import Final

from flowbt.report.kit.formats import count, hundredths, p_value, points
from flowbt.report.kit.significance import Document
from flowbt.report.kit.table import Table, numbers, texts
from flowbt.report.levels.barrier_tables import drift_table, held_table, touches_table
from flowbt.report.levels.cells import Write, share
from flowbt.report.levels.headline import first_placebo, level_groups, measure, told, verdict_on
from flowbt.report.levels.pin_tables import given_back_table, gravity_table, pull_table, sessions_to_go

PIN_QUESTIONS: Final[tuple[tuple[str, str, Write], ...]] = (
    ("ended nearer", "nearer", share),
    ("pinned", "within", share),
)
BARRIER_QUESTIONS: Final[tuple[tuple[str, str, Write], ...]] = (
    ("touched", "touched", share),
    ("closed past", "touched_by_close", share),
    ("held the day", "held", share),
    ("ran on in 3", "drift_3", hundredths),
)


def level_tables(levels: Document) -> list[Table]:
    """All tables of a section `levels`, those without rows left out."""
    gravity, touches = levels.get("gravity") or [], levels.get("touches") or []
    made = [
        summary_table(levels),
        _kinds_table(levels.get("kinds") or []),
        gravity_table(gravity),
        pull_table(gravity),
        given_back_table(gravity),
        touches_table(touches),
        held_table(touches),
        drift_table(touches),
    ]
    return [table for table in made if table.rows]


def summary_table(levels: Document) -> Table:
    """Of each group of levels the row that the answer speaks of, question by question."""
    rows = []
    for is_pin, row in level_groups(levels):
        name = f"{row['kind']} {row.get('side', '')}".strip()
        span = sessions_to_go(row) if is_pin else count(row["horizon"])
        asked = PIN_QUESTIONS if is_pin else BARRIER_QUESTIONS
        for question, key, write in asked:
            found = measure(row, key)
            if not found.get("n"):
                continue
            contrast = told(found)
            written = points if write is share else write
            rows.append(
                (
                    *(name, span, question, count(found["n"]), write(found.get("value"))),
                    write(found.get(first_placebo(found))),
                    *(written(contrast.get("difference")), p_value(contrast.get("p_value"))),
                    *(written(contrast.get("minimum_detectable")).lstrip("+"), verdict_on(contrast)),
                )
            )
    columns = (
        *texts("Level", "Sessions", "What"),
        *numbers("n", "Value", "Null", "Diff.", "p", "Visible"),
        *texts("Reading"),
    )
    note = (
        "Null: levels as far away on other days, or the mirrored level where the history is too short. Shares differ in "
        "points. Visible: the smallest true difference that would have been found four times in five."
    )
    return Table("Levels against levels that nobody drew", columns, tuple(rows), note)


def _kinds_table(kinds: Sequence[Document]) -> Table:
    rows = tuple(
        (str(row["kind"]), str(row["as"]), *(count(row.get(name)) for name in ("n", "dates", "symbols")))
        for row in kinds
    )
    columns = (*texts("Level", "Taken as"), *numbers("Levels", "Days", "Symbols"))
    return Table("What levels there are", columns, rows)
