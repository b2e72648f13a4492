"""Three classes: fell, flat or rose after each verdict."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from flowbt.evaluation.classification import ThreeClasses
from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.verdicts import VERDICTS
from flowbt.report.evaluation.rows import headline
from flowbt.report.kit.formats import count, percent, plain
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table, words

METHOD: Final = (
    Fact(
        "Three classes",
        "A move is flat within the dead band times the volatility known at the verdict times the root of the horizon.",
    ),
)


class Scores(NamedTuple):
    """The scores of one dead band at one horizon in sessions."""

    horizon: int
    classes: ThreeClasses


class Counts(NamedTuple):
    """What followed one verdict at one horizon in sessions, for one dead band; `after` is fell, flat, rose."""

    horizon: int
    dead_band: float
    verdict: str
    after: tuple[int, ...]

    def share(self, place: int) -> str:
        """A count with its share of the verdict's."""
        number, total = self.after[place], sum(self.after)
        return f"{count(number)} ({percent(number / total, 0)})" if total else count(number)


SCORES: Final[tuple[Column[Scores], ...]] = (
    Column("Sessions", lambda row: count(row.horizon)),
    Column("Dead band", lambda row: plain(row.classes.dead_band)),
    Column("n", lambda row: count(row.classes.n)),
    Column("MCC", lambda row: plain(row.classes.mcc, 3, signed=True)),
    Column("RPS", lambda row: plain(row.classes.rps, 4)),
    Column("RPS of base rates", lambda row: plain(row.classes.rps_climatology, 4)),
    Column("Skill", lambda row: percent(row.classes.rps_skill, signed=True)),
)
COUNTS: Final[tuple[Column[Counts], ...]] = (
    Column("Sessions", lambda row: count(row.horizon)),
    Column("Dead band", lambda row: plain(row.dead_band)),
    words("Verdict", lambda row: row.verdict),
    Column("Fell", lambda row: row.share(0)),
    Column("Flat", lambda row: row.share(1)),
    Column("Rose", lambda row: row.share(2)),
)
NOTE: Final = (
    "Dead band: a move within so many standard deviations, as expected beforehand, is flat. MCC: the correlation of verdict and "
    "outcome. RPS: ranked probability score, lower is better; skill: its improvement on the frequencies of the classes."
)


def section(horizons: Sequence[HorizonEvaluation]) -> Section:
    """Scores and counts of the three classes at the headline horizon; all other horizons are folded."""
    chosen = headline(horizons)
    shown = [chosen] if chosen else list(horizons)
    folded = _tables(horizons) if len(horizons) > len(shown) else ()
    every = tuple(replace(table, title=f"{table.title} at all horizons") for table in folded)
    return Section("Three classes", tables=_tables(shown), folded=every, detail=True)


def _tables(horizons: Sequence[HorizonEvaluation]) -> tuple[Table, Table]:
    scores = [Scores(each.horizon, classes) for each in horizons for classes in each.three_classes]
    counts = [
        Counts(row.horizon, row.classes.dead_band, name, after)
        for row in scores
        for name, after in zip(VERDICTS, row.classes.confusion, strict=True)
    ]
    return (
        Table.of("Fell, flat or rose: scores", SCORES, scores, NOTE),
        Table.of("Fell, flat or rose: counts", COUNTS, counts),
    )
