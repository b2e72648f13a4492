"""Coverage: how many verdicts there were, and how large an edge they could detect."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.coverage import Coverage
from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.report.evaluation.rows import VerdictRow, verdict_rows
from flowbt.report.kit.formats import count, percent, points
from flowbt.report.kit.section import Section
from flowbt.report.kit.table import Column, Table, words


class Count(NamedTuple):
    """A number of the coverage, with its meaning."""

    name: str
    number: int | None
    meaning: str


COUNTS: Final[tuple[Column[Count], ...]] = (
    words("Count", lambda row: row.name),
    Column("Number", lambda row: count(row.number)),
    words("Meaning", lambda row: row.meaning, prose=True),
)
POWER: Final[tuple[Column[VerdictRow], ...]] = (
    Column("Sessions", lambda row: count(row.horizon.horizon)),
    words("Verdict", lambda row: row.verdict),
    Column("n", lambda row: count(row.cell.n)),
    Column("Effective n", lambda row: count(row.cell.effective_n)),
    Column("Base rate up", lambda row: percent(row.horizon.verdicts.base_rate_up)),
    Column("No move", lambda row: percent(row.horizon.verdicts.no_move_share)),
    Column("Minimum detectable lift", lambda row: points(row.cell.minimum_detectable).lstrip("+")),
    Column("Minimum detectable return", lambda row: percent(row.cell.return_minimum_detectable, 2)),
)


def section(coverage: Coverage, horizons: Sequence[HorizonEvaluation]) -> Section:
    """The number of verdicts of each kind, and the smallest edge that would have been significant."""
    table = Table.of("Coverage", COUNTS, [row for row in _counts(coverage) if row.number is not None])
    power = Table.of(
        "Statistical power", POWER, verdict_rows(horizons), "Minimum detectable lift in percentage points."
    )
    return Section("Coverage", tables=(table,), folded=(power,), detail=True)


def _counts(coverage: Coverage) -> tuple[Count, ...]:
    given = coverage.verdicts
    return (
        Count("Symbol-days", coverage.symbol_days, "Sessions of the period, counted once for each symbol."),
        Count("Bearish verdicts", given["bearish"], "Days on which a fall was predicted."),
        Count(
            "Neutral verdicts",
            given["neutral"],
            "Days without a prediction either way; they have no direction to judge.",
        ),
        Count("Bullish verdicts", given["bullish"], "Days on which a rise was predicted."),
        Count(
            "No verdict",
            coverage.abstentions,
            "Days with too little data for a verdict; they are in none of the numbers.",
        ),
        Count(
            "Active dates",
            coverage.active_dates,
            "Dates with a bearish or bullish verdict in any symbol: the sample size of tests by date.",
        ),
    )
