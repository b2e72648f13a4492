"""Direction: how often bearish and bullish verdicts together were right, and two tests of it."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.report.kit.formats import count, interval, p_value, percent, plain, points
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table

METHOD: Final = (
    Fact(
        "Direction",
        "Share expected: the share that would be right if verdicts and outcomes as frequent as these were independent. PT tests "
        "that (Pesaran and Timmermann 1992); HM timing is above 0 where verdicts distinguish rises from falls (Henriksson and "
        "Merton 1981): the shares right of rises and of falls less one.",
    ),
)
COLUMNS: Final[tuple[Column[HorizonEvaluation], ...]] = (
    Column("Sessions", lambda row: count(row.horizon)),
    Column("n", lambda row: count(row.direction.n)),
    Column("Share right", lambda row: percent(row.direction.share_right)),
    Column("Share expected", lambda row: percent(row.direction.share_expected)),
    Column("PT", lambda row: plain(row.direction.pesaran_timmermann.statistic), detail=True),
    Column("PT p", lambda row: p_value(row.direction.pesaran_timmermann.p_value)),
    Column("HM timing", lambda row: points(row.direction.henriksson_merton.timing, 1)),
    Column("95% CI", lambda row: interval(row.direction.henriksson_merton.ci, points), detail=True),
    Column("HM p", lambda row: p_value(row.direction.henriksson_merton.p_value)),
)
NOTE: Final = "PT: Pesaran-Timmermann test of independence. HM: Henriksson-Merton timing, in percentage points."


def section(horizons: Sequence[HorizonEvaluation]) -> Section:
    """Shares right and expected, and tests of them, by horizon."""
    rows = [each for each in horizons if each.direction.n]
    return Section("Direction", tables=(Table.of("Direction", COLUMNS, rows, NOTE),))
