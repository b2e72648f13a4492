"""Is a level reached: how often, and how often a placebo level is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.report.kit.formats import count, counted, percent, plain, points
from flowbt.report.kit.section import Figure
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import Write, cases_of, comparison, comparison_sentence, share, test_columns
from flowbt.report.levels.selection import reported

BY: Final = {"touched": "range", "touched_by_close": "close"}
NOTE: Final = (
    "Touched by the range of a day, or by a close at the level or beyond. Difference in points, from other days, or from the "
    "mirror where the history is too short. One less the share by closes is how often no close reached the level."
)


class Measured(NamedTuple):
    """A row of a table: one measure of a kind of level on one side."""

    of: Touches
    measure: TouchMeasure


def touched_sentence(row: Touches) -> str:
    """How often one kind of level on one side is reached, and placebo levels are; empty without cases."""
    measure, closed = reported(row), row.measure("touched_by_close")
    if measure is None or measure.value is None:
        return ""
    verb = "touched" if measure.measure == "touched" else "closed at or beyond"
    subject = f"{row.kind} {row.side} the price: {verb} within {counted(row.horizon, 'session')}"
    sentence = comparison_sentence(subject, measure, cases_of(measure))
    beside = comparison(closed).value
    if measure is closed or closed is None or closed.value is None or beside is None:
        return sentence
    return (
        f"{sentence} In {percent(1 - closed.value, 0)} of cases no close reached it; at the comparison levels in "
        f"{percent(1 - beside, 0)}."
    )


def touched_table(rows: Sequence[Touches]) -> Table:
    """How often a level is reached, beside chance and placebos."""
    columns = (
        *PLACE,
        Column("Distance, σ", lambda row: plain(row.of.mean_sigmas)),
        words("By", lambda row: BY[row.measure.measure]),
        Column("n", lambda row: count(row.measure.n)),
        Column("Touched", lambda row: share(row.measure.value)),
        Column("Formula", lambda row: share(row.measure.formula)),
        Column("Other days", lambda row: share(row.measure.elsewhere)),
        Column("Mirror", lambda row: share(row.measure.mirror)),
        *difference_columns(points),
    )
    return Table.of("Is the level reached?", columns, measured(rows, *BY), NOTE)


def touched_figure(rows: Sequence[Touches]) -> Figure | None:
    """How often levels are touched, beside chance and placebos; None where there is no case."""
    from flowbt.report.levels import touches_chart as charts  # noqa: PLC0415 (altair takes a second to import)

    closed = [row.measure("touched_by_close") for row in rows]
    if all(measure is None or measure.value is None for measure in closed):
        return None
    note = (
        "Dots: share of levels touched, with the 95% confidence interval of the difference from other days around them; ticks: "
        "levels as far away on other days, mirrored levels, and the formula for a random walk."
    )
    return Figure("Touches against chance", note, lambda width: charts.touches_chart(rows, width))


def measured(rows: Sequence[Touches], *names: str) -> list[Measured]:
    """The measures of these names that have cases."""
    return [
        Measured(row, measure) for row in rows for measure in row.measures if measure.measure in names and measure.n
    ]


def difference_columns(write: Write) -> tuple[Column[Measured], ...]:
    """The difference from the first placebo, its test and its reading."""
    return test_columns(
        lambda row: comparison(row.measure).contrast,
        lambda row: comparison(row.measure).contrast.difference,
        lambda _: write,
        "Difference",
    )


PLACE: Final[tuple[Column[Measured], ...]] = (
    words("Level", lambda row: row.of.kind),
    words("Side", lambda row: row.of.side),
    Column("Sessions", lambda row: count(row.of.horizon)),
)
"""The columns that identify a row."""
