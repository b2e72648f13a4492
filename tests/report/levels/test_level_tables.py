"""The tables of levels."""

from collections.abc import Callable

import pytest

from flowbt.evaluation.levels import LevelStudy
from flowbt.evaluation.levels.barriers import Touches
from flowbt.evaluation.levels.pins import Gravity
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.report.kit.table import Table
from flowbt.report.kit.text import WIDTH, table_text
from flowbt.report.levels.drift import drift_table
from flowbt.report.levels.gap_regression import gap_table
from flowbt.report.levels.gravity import gravity_table
from flowbt.report.levels.page import level_section
from flowbt.report.levels.reversal import reversal_table
from flowbt.report.levels.summary import summary_table

MakeBarrier = Callable[..., Touches]
MakeTouch = Callable[..., TouchMeasure]
Only = Callable[..., LevelStudy]


def tables(study: LevelStudy) -> list[Table]:
    section = level_section(study)
    return [*section.shown(), *section.folded]


def test_a_table_a_question(study: LevelStudy) -> None:
    assert [table.title for table in tables(study)] == [
        "Levels against placebo levels",
        "Kinds of levels",
        "Is the price drawn to the level?",
        "How much of the gap is closed",
        "What was given back afterwards",
        "Is the level reached?",
        "Does it hold?",
        "Does the price run on?",
    ]


def test_no_heading_occurs_twice(study: LevelStudy) -> None:
    for table in tables(study):
        headings = [column.heading for column in table.columns]
        assert len(set(headings)) == len(headings)


def test_the_summary_fits_a_terminal(study: LevelStudy) -> None:
    text = table_text(summary_table(study))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "…" not in text


def test_a_row_of_the_summary(only: Only, pin: Gravity, make_barrier: MakeBarrier) -> None:
    rows = summary_table(only(make_barrier(), gravity=(pin,))).rows
    assert rows[0] == (
        "max pain", "3-5 to expiry", "ended nearer", "97", "43%", "36%", "+7", "0.27", "21", "not significant"
    )  # fmt: skip
    assert rows[2] == ("call wall above", "3", "touched", "96", "41%", "34%", "+7", "0.48", "21", "not significant")


def test_shares_differ_in_points_and_moves_in_percent(make_barrier: MakeBarrier) -> None:
    assert drift_table([make_barrier()]).rows[1][6:10] == ("+0.40%", "+0.10%", "0.00%", "+0.30%")


def test_rows_of_a_pin(pin: Gravity) -> None:
    assert gravity_table([pin]).rows[0][2:] == (
        "ended nearer", "97", "43%", "36%", "27%", "46%", "40%", "+7", "−8 to +22", "0.27", "21", "not significant"
    )  # fmt: skip
    assert [row[3] for row in gap_table([pin]).rows] == [
        "none", "prior close", "prior close, mean close of 20 sessions"
    ]  # fmt: skip
    assert gap_table([pin]).rows[2][4:] == ("−14%", "−74% to 46%", "0.70", "80%", "not significant")
    assert reversal_table([pin]).rows[0][2:8] == ("1", "54", "+0.03%", "41", "+0.13%", "−0.10%")


def test_what_is_not_known_is_left_out(
    only: Only, make_barrier: MakeBarrier, make_touch: MakeTouch, empty: LevelStudy
) -> None:
    unknown = {name: make_touch(name, None, None, n=0) for name in ("touched", "held", "held_after")}
    by_title = {table.title: table for table in tables(only(make_barrier(**unknown)))}
    assert "Does it hold?" not in by_title
    assert [row[4] for row in by_title["Is the level reached?"].rows] == ["close"]
    assert tables(empty) == []


@pytest.mark.parametrize("name", ["gravity", "touches"])
def test_every_measured_row_is_in_a_table(name: str, study: LevelStudy) -> None:
    """Each kind of a study is in the table of its question."""
    title = {"gravity": "Is the price drawn to the level?", "touches": "Is the level reached?"}[name]
    table = next(table for table in tables(study) if table.title == title)
    assert {row[0] for row in table.rows} == {row.kind for row in getattr(study, name)}
