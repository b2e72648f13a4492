"""Other tests of the direction: placebo, direction and rank correlation, in one table and in detail."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.report.evaluation import direction, information_coefficient, placebo
from flowbt.report.kit.formats import MISSING, count, hundredths, p_value, percent, plain
from flowbt.report.kit.section import Section
from flowbt.report.kit.table import Column, Table

COLUMNS: Final[tuple[Column[HorizonEvaluation], ...]] = (
    Column("Sessions", lambda row: count(row.horizon)),
    Column("Signed excess", lambda row: hundredths(row.placebo.statistic) if row.placebo else MISSING, if_any=True),
    Column("Placebo p", lambda row: p_value(row.placebo_p_value), if_any=True),
    Column("Share right", lambda row: percent(row.direction.share_right), if_any=True),
    Column("Expected", lambda row: percent(row.direction.share_expected), if_any=True),
    Column("PT p", lambda row: p_value(row.direction.pesaran_timmermann.p_value), if_any=True),
    Column("HM p", lambda row: p_value(row.direction.henriksson_merton.p_value), if_any=True),
    Column("IC", lambda row: plain(row.information_coefficient.value, 3, signed=True), if_any=True),
    Column("IC p", lambda row: p_value(row.information_coefficient.p_value), if_any=True),
)
NOTE: Final = "PT: Pesaran-Timmermann test. HM: Henriksson-Merton test. IC: information coefficient."


def section(horizons: Sequence[HorizonEvaluation]) -> Section:
    """Placebo, direction and rank correlation by horizon: the p-values in one table, each test in a table behind it."""
    title = "Other tests"
    table = Table.of(title, COLUMNS, [each for each in horizons if _is_tested(each)], NOTE)
    correlations = [(each.horizon, each.information_coefficient) for each in horizons]
    parts = (placebo.section(horizons), direction.section(horizons), information_coefficient.section(correlations))
    return Section(
        title,
        figures=tuple(figure for part in parts for figure in part.figures),
        tables=(table,),
        folded=tuple(table for part in parts for table in part.tables),
    )


def _is_tested(horizon: HorizonEvaluation) -> bool:
    return bool(horizon.placebo or horizon.direction.n or horizon.information_coefficient.value is not None)
