"""The tables of pins: was the price drawn to the level, how much of the gap was closed, what was given back afterwards."""

from collections.abc import Sequence
from typing import Final

from flowbt.report.kit.formats import count, hundredths, interval, p_value, percent, points
from flowbt.report.kit.significance import Document
from flowbt.report.kit.table import Table, numbers, texts
from flowbt.report.levels.cells import contrast, difference, share
from flowbt.report.levels.headline import verdict_on

GRAVITY: Final = {"nearer": "ended nearer", "distance": "distance gained", "within": "pinned"}


def gravity_table(gravity: Sequence[Document]) -> Table:
    """Whether the price ended nearer to a level, and was pinned to it, beside the placebos."""
    rows = []
    for row in gravity:
        for found in row["measures"]:
            name = found["measure"]
            write = hundredths if name == "distance" else share
            rows.append(
                (
                    *(str(row["kind"]), sessions_to_go(row), GRAVITY.get(name, name), count(found.get("n"))),
                    write(found.get("value")),
                    *(write(found.get(placebo)) for placebo in ("elsewhere", "mirror", "round_strike", "prior_close")),
                    *difference(found, hundredths if name == "distance" else points),
                )
            )
    columns = (
        *texts("Level", "Sessions", "Measure"),
        *numbers(
            "n", "Level's", "Other days", "Mirror", "Round strike", "Prior close", "Difference", "95%", "p", "Visible"
        ),
        *texts("Reading"),
    )
    note = (
        "Ended nearer: to the level than to the price before. Distance gained: of the end from the level less that from the "
        "price before, below zero if drawn, as a share of the price. Pinned: within a quarter of a standard deviation. The "
        "difference is from other days, or from the mirror where the history is too short; shares differ in points."
    )
    return Table("Is the price drawn to the level?", columns, tuple(rows), note)


def pull_table(gravity: Sequence[Document]) -> Table:
    """The share of the gap that is closed, alone and beside what past prices explain."""
    names = {"prior_close": "prior close", "mean_close_20": "mean close of 20 sessions"}
    rows = [
        (
            *(str(row["kind"]), sessions_to_go(row), count(found.get("n"))),
            ", ".join(names.get(name, name) for name in found.get("beside") or []) or "nothing",
            percent(found.get("coefficient")),
            interval(found.get("ci"), lambda bound: percent(bound, 0)),
            *(p_value(found.get("p_value")), percent(found.get("minimum_detectable"), 0), verdict_on(found)),
        )
        for row in gravity
        for found in row.get("pull") or []
    ]
    columns = (
        *texts("Level", "Sessions"),
        *numbers("n"),
        *texts("Beside"),
        *numbers("Gap closed", "95%", "p", "Visible"),
        *texts("Reading"),
    )
    note = "The coefficient of the gap to the level in a regression of the move: 100% would end at the level, 0% takes no notice."
    return Table("How much of the gap is closed", columns, tuple(rows), note)


def given_back_table(gravity: Sequence[Document]) -> Table:
    """The move after the end against the move into it, for windows towards and away from the level."""
    rows = [
        (
            *(str(row["kind"]), sessions_to_go(row), count(found["sessions"])),
            *(count(found["toward"]["n"]), hundredths(found["toward"]["mean"])),
            *(count(found["away"]["n"]), hundredths(found["away"]["mean"])),
            *contrast(found, hundredths),
        )
        for row in gravity
        for found in row.get("given_back") or []
    ]
    columns = (
        *texts("Level", "Sessions"),
        *numbers("After", "n towards", "Given back", "n away", "Given back there", "Difference", "95%", "p", "Visible"),
        *texts("Reading"),
    )
    note = "Given back: the move after the end, against the direction of the move into it."
    return Table("What was given back afterwards", columns, tuple(rows), note)


def sessions_to_go(row: Document) -> str:
    """A class of sessions to an expiry, or a horizon."""
    low, high = row["sessions"]
    span = f"{high}" if low == high else f"{low}-{high}"
    return f"{span} to expiry" if row["by"] == "expiry" else span
