from typing import Any

from flowbt.report.kit.table import Table, facts_table, numbers


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
