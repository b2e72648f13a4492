"""The tables of levels."""

from collections.abc import Callable
from typing import Any

from flowbt.report.kit.text import WIDTH, to_text
from flowbt.report.levels.tables import level_tables, summary_table

Document = dict[str, Any]
Make = Callable[..., Document]


def test_a_table_a_question(section: Document) -> None:
    assert [table.title for table in level_tables(section)] == [
        "Levels against levels that nobody drew",
        "What levels there are",
        "Is the price drawn to the level?",
        "How much of the gap is closed",
        "What was given back afterwards",
        "Is the level reached?",
        "Does it hold?",
        "Does the price run on?",
    ]


def test_every_row_has_a_cell_for_every_column(section: Document) -> None:
    for table in level_tables(section):
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_summary_fits_a_terminal(section: Document) -> None:
    assert all(len(line) <= WIDTH for line in to_text(summary_table(section)).splitlines())
    assert "…" not in to_text(summary_table(section))


def test_a_row_of_the_summary(section: Document) -> None:
    rows = summary_table(section).rows
    assert rows[0] == (
        "max pain", "3-5 to expiry", "ended nearer", "97", "43%", "36%", "+7", "0.27", "21", "within luck"
    )  # fmt: skip
    assert rows[2] == ("call wall above", "3", "touched", "96", "41%", "34%", "+7", "0.48", "21", "within luck")


def test_shares_differ_in_points_and_moves_in_percent(section: Document) -> None:
    drift = level_tables(section)[7].rows[1]
    assert drift[6:10] == ("+0.40%", "+0.10%", "0.00%", "+0.30%")


def test_what_is_not_known_is_left_out(make_barrier: Make, make_measure: Make) -> None:
    empty = {name: make_measure(name, None, None, n=0) for name in ("touched", "held", "held_after")}
    tables = {table.title: table for table in level_tables({"touches": [make_barrier(**empty)]})}
    assert "Does it hold?" not in tables
    assert [row[4] for row in tables["Is the level reached?"].rows] == ["close"]
    assert level_tables({}) == []
