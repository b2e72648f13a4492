from typing import Any

import pytest

from flowbt.report.kit.table import Column, Table, facts_table, numbers, words


def test_nested_facts_are_named_in_full() -> None:
    facts: dict[str, Any] = {"data_version": {"chains": 3}, "entry": None, "share": float("nan"), "list": []}
    assert facts_table("", facts).rows == (
        ("data_version.chains", "3"),
        ("entry", "none"),
        ("share", "n/a"),
        ("list", "none"),
    )


def test_columns_can_be_left_out_and_empty_ones_go() -> None:
    table = Table("", numbers("a", "b", "c"), (("1", "n/a", "3"), ("4", "n/a", "n/a")))
    assert table.without("a").rows == (("n/a", "3"), ("n/a", "n/a"))
    assert [column.heading for column in table.without_missing("b", "c").columns] == ["a", "c"]
    assert table.without_missing("c") == table


COLUMNS: list[Column[tuple[str, int]]] = [
    words("Name", lambda row: row[0]),
    Column("Count", lambda row: str(row[1])),
    Column("Share", lambda _: "n/a", if_any=True),
    Column("Detail", lambda _: "x", detail=True),
]


def test_columns_are_applied_to_typed_rows() -> None:
    table = Table.of("t", COLUMNS, [("a", 1), ("b", 2)])
    assert [column.heading for column in table.columns] == ["Name", "Count", "Detail"]
    assert table.rows == (("a", "1", "x"), ("b", "2", "x"))


def test_a_brief_table_has_no_columns_of_detail() -> None:
    assert Table.of("t", COLUMNS, [("a", 1)]).brief().rows == (("a", "1"),)


def test_rows_are_linked_one_by_one() -> None:
    table = Table.of("t", COLUMNS, [("a", 1), ("b", 2)]).linked("a.html", "b.html")
    assert table.brief().links == ("a.html", "b.html")
    with pytest.raises(ValueError, match="1 links for 2 rows"):
        table.linked("a.html")
