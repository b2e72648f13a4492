"""How much of the gap to a level is closed, alone and after accounting for past prices."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.levels.gap_regression import GapRegression
from flowbt.evaluation.levels.pins import Gravity
from flowbt.report.kit.formats import count, interval, percent
from flowbt.report.kit.table import Column, Table, words
from flowbt.report.levels.comparison import reading, share, test_columns
from flowbt.report.levels.selection import window

CONTROLS: Final = {"prior_close": "prior close", "mean_close_20": "mean close of 20 sessions"}
NOTE: Final = (
    "The coefficient of the gap to the level in a regression of the move: 100% would end at the level, 0% ignores it. "
    "Controls: other regressors."
)


class Regressed(NamedTuple):
    """A row of the table: one regression of a kind of level."""

    of: Gravity
    regression: GapRegression


def gap_sentence(row: Gravity) -> str:
    """The share of the gap that was closed, with all controls; empty where it cannot be tested."""
    if not row.pull:
        return ""
    last = row.pull[-1]
    if last.coefficient is None or last.p_value is None:
        return ""
    bounds = interval(last.ci, share)
    return (
        f"After accounting for past prices, {percent(last.coefficient, 0)} of the gap was closed (95% CI {bounds}): "
        f"{reading(last.coefficient, last)}."
    )


def gap_table(rows: Sequence[Gravity]) -> Table:
    """The share of the gap that is closed, by controls."""
    columns: tuple[Column[Regressed], ...] = (
        words("Level", lambda row: row.of.kind),
        words("Sessions", lambda row: window(row.of)),
        Column("n", lambda row: count(row.regression.n)),
        words("Controls", lambda row: ", ".join(CONTROLS[name] for name in row.regression.beside) or "none"),
        *test_columns(
            lambda row: row.regression, lambda row: row.regression.coefficient, lambda _: share, "Gap closed"
        ),
    )
    regressed = [Regressed(row, regression) for row in rows for regression in row.pull]
    return Table.of("How much of the gap is closed", columns, regressed, NOTE)
