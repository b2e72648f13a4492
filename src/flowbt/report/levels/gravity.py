"""Is the price drawn to a level: how often it ended nearer to it, and how often a placebo level does as well."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.levels.gravity import GravityMeasure
from flowbt.evaluation.levels.pins import Gravity
from flowbt.report.kit.formats import count, counted, hundredths, points
from flowbt.report.kit.section import Figure
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import Write, cases_of, comparison, comparison_sentence, share, test_columns
from flowbt.report.levels.selection import window

MEASURES: Final = {"nearer": "ended nearer", "distance": "distance gained", "within": "pinned"}
NOTE: Final = (
    "Ended nearer: to the level than to the price before. Distance gained: distance of the end from the level less its distance "
    "from the price before, below zero if drawn, as a share of the price. Pinned: within a quarter of a standard deviation. The "
    "difference is from other days, or from the mirror where the history is too short; shares differ in points."
)


class Measured(NamedTuple):
    """A row of the table: one measure of a kind of level."""

    of: Gravity
    measure: GravityMeasure


def gravity_sentence(row: Gravity) -> str:
    """How often the price ended nearer to one kind of level, and at placebo levels; empty without cases."""
    nearer = row.measure("nearer")
    if nearer is None or nearer.value is None:
        return ""
    low, high = row.sessions
    last = "the last session" if high == 1 else f"the last {high if low == high else f'{low} to {high}'} sessions"
    when = f"over {last} before an expiry" if row.by == "expiry" else f"over {counted(high, 'session')}"
    subject = f"{row.kind}: {when} the price ended nearer to it than it had been"
    return comparison_sentence(subject, nearer, cases_of(nearer))


def gravity_table(rows: Sequence[Gravity]) -> Table:
    """Whether the price ended nearer to a level, and was pinned to it, beside the placebos."""
    columns: tuple[Column[Measured], ...] = (
        words("Level", lambda row: row.of.kind),
        words("Sessions", lambda row: window(row.of)),
        words("Measure", lambda row: MEASURES[row.measure.measure]),
        Column("n", lambda row: count(row.measure.n)),
        Column("Value", lambda row: _write(row)(row.measure.value)),
        Column("Other days", lambda row: _write(row)(row.measure.elsewhere)),
        Column("Mirror", lambda row: _write(row)(row.measure.mirror)),
        Column("Round strike", lambda row: _write(row)(row.measure.round_strike)),
        Column("Prior close", lambda row: _write(row)(row.measure.prior_close)),
        *test_columns(
            lambda row: comparison(row.measure).contrast,
            lambda row: comparison(row.measure).contrast.difference,
            _write_difference,
            "Difference",
        ),
    )
    measured = [Measured(row, measure) for row in rows for measure in row.measures]
    return Table.of("Is the price drawn to the level?", columns, measured, NOTE)


def gravity_figure(rows: Sequence[Gravity]) -> Figure | None:
    """The differences from the placebos; None where there is none."""
    from flowbt.report.levels import gravity_chart as charts  # noqa: PLC0415 (altair takes a second to import)

    nearer = [measure for row in rows if (measure := row.measure("nearer")) is not None]
    if all(measure.against.mirror.difference is None for measure in nearer):
        return None
    note = (
        "Dots: how much more often the price ended nearer to the level than to each placebo, with 95% confidence intervals; "
        "where an interval includes zero, the difference is not significant. Only a level that beats all four attracts the price."
    )
    return Figure("Gravity against placebo", note, lambda width: charts.gravity_chart(rows, width))


def _write(row: Measured) -> Write:
    return hundredths if row.measure.measure == "distance" else share


def _write_difference(row: Measured) -> Write:
    return hundredths if row.measure.measure == "distance" else points
