"""The tables of barriers: was the level reached, did it hold, did the price run on through it."""

from collections.abc import Sequence
from typing import Any, Final

from flowbt.report.kit.formats import count, hundredths, plain, points
from flowbt.report.kit.significance import Document
from flowbt.report.kit.table import Table, numbers, texts
from flowbt.report.levels.cells import difference, share

TOUCHED: Final = {"touched": "range", "touched_by_close": "close"}
HELD: Final = {"held": "that day's close", "held_after": "the last close"}
DRIFTS: Final = {"drift_1": 1, "drift_3": 3, "drift_5": 5}


def touches_table(touches: Sequence[Document]) -> Table:
    """How often a level is reached, beside chance and placebos."""
    rows = [
        (
            *_place(row),
            *(
                plain(row.get("mean_sigmas")),
                TOUCHED[found["measure"]],
                count(found.get("n")),
                share(found.get("value")),
            ),
            *(share(found.get(name)) for name in ("formula", "elsewhere", "mirror")),
            *difference(found, points),
        )
        for row, found in _measured(touches, TOUCHED)
    ]
    columns = (
        *texts("Level", "Side"),
        *numbers("Sessions", "Distance, σ"),
        *texts("By"),
        *numbers("n", "Touched", "Formula", "Other days", "Mirror", "Difference", "95%", "p", "Visible"),
        *texts("Reading"),
    )
    note = (
        "Touched by the range of a day, or by a close at the level or beyond. Difference in points, from other days, or from "
        "the mirror where the history is too short. One less the share by closes is how often the price stayed on its side."
    )
    return Table("Is the level reached?", columns, tuple(rows), note)


def held_table(touches: Sequence[Document]) -> Table:
    """Of levels touched, how many held, beside placebos."""
    rows = [
        (
            *_place(row),
            *(HELD[found["measure"]], count(found.get("n")), count(found.get("days")), share(found.get("value"))),
            *(share(found.get(name)) for name in ("elsewhere", "mirror")),
            *difference(found, points),
        )
        for row, found in _measured(touches, HELD)
    ]
    columns = (
        *texts("Level", "Side"),
        *numbers("Sessions"),
        *texts("At"),
        *numbers("Touched", "Days", "Held", "Other days", "Mirror", "Difference", "95%", "p", "Visible"),
        *texts("Reading"),
    )
    note = (
        "Of the levels touched, those that a close was not at or beyond. Days: different days on which one was touched."
    )
    return Table("Does it hold?", columns, tuple(rows), note)


def drift_table(touches: Sequence[Document]) -> Table:
    """What followed a touch, through the level positive, beside placebos."""
    rows = [
        (
            *_place(row),
            *(count(DRIFTS[found["measure"]]), count(found.get("n")), count(found.get("days"))),
            *(hundredths(found.get(name)) for name in ("value", "elsewhere", "mirror")),
            *difference(found, hundredths),
        )
        for row, found in _measured(touches, DRIFTS)
    ]
    columns = (
        *texts("Level", "Side"),
        *numbers(
            "Sessions", "After", "Touched", "Days", "Drift", "Other days", "Mirror", "Difference", "95%", "p", "Visible"
        ),
        *texts("Reading"),
    )
    note = "From the close of the day of the touch; positive: the price ran on through the level."
    return Table("Does the price run on?", columns, tuple(rows), note)


def _measured(rows: Sequence[Document], names: Any) -> list[tuple[Document, Document]]:
    """The measures of these names that have any case."""
    return [(row, found) for row in rows for found in row["measures"] if found["measure"] in names and found.get("n")]


def _place(row: Document) -> tuple[str, str, str]:
    return str(row["kind"]), str(row["side"]), count(row["horizon"])
