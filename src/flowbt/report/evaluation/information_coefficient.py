"""The information coefficient: the rank correlation of score and return."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.information_coefficient import InformationCoefficient
from flowbt.report.kit.formats import MISSING, count, interval, p_value, plain
from flowbt.report.kit.section import Section
from flowbt.report.kit.table import Column, Table, words

Row = tuple[int, InformationCoefficient]

COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("Sessions", lambda row: count(row[0])),
    Column("IC", lambda row: plain(row[1].value, 3, signed=True)),
    Column("95% CI", lambda row: interval(row[1].ci, lambda bound: plain(bound, 3, signed=True))),
    Column("p", lambda row: p_value(row[1].p_value)),
    Column("ICIR", lambda row: plain(row[1].ratio), if_any=True),
    words("Method", lambda row: (row[1].method or MISSING).replace("_", " ")),
)
NOTE: Final = "IC: Spearman's rank correlation of score and return. ICIR: its mean over its standard deviation by date."


def section(rows: Sequence[Row]) -> Section:
    """The information coefficient by horizon in sessions."""
    shown = [row for row in rows if row[1].value is not None]
    title = "Information coefficient"
    return Section(title, tables=(Table.of(title, COLUMNS, shown, NOTE),))
