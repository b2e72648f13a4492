from flowbt.report.kit.section import Fact, Figure, Item, Page, Section
from flowbt.report.kit.table import Table, texts

EMPTY = Table("Empty", texts("a"), ())
FULL = Table("Full", texts("a"), (("1",),))


def test_a_section_without_content_is_empty() -> None:
    assert Section("x").is_empty()
    assert Section("x", tables=(EMPTY,), folded=(EMPTY,)).is_empty()


def test_any_content_makes_a_section_shown() -> None:
    figure = Figure("f", "", lambda width: {"width": width})
    for section in (
        Section("x", sentences=("a",)), Section("x", facts=(Fact("a", "b"),)), Section("x", items=(Item("", "a"),)),
        Section("x", tables=(FULL,)), Section("x", folded=(FULL,)), Section("x", figures=(figure,)),
    ):  # fmt: skip
        assert not section.is_empty()


def test_tables_without_rows_are_not_shown() -> None:
    assert Section("x", tables=(EMPTY, FULL)).shown() == (FULL,)


def test_empty_sections_are_not_on_the_page() -> None:
    full = Section("full", sentences=("a",))
    assert Page("t", "k", ("a",), (Section("empty"), full)).shown() == (full,)
