from flowbt.report.kit.section import Fact, Item, Page, Section
from flowbt.report.kit.table import Table, numbers, texts
from flowbt.report.kit.text import WIDTH, page_text, table_text, wrapped

TABLE = Table("Prices", (*texts("Name"), *numbers("Price")), (("a", "1.00"), ("bb", "12.00")), note="In USD.")


def page(*sections: Section) -> Page:
    return Page("Title", "kind", ("The answer.",), sections, facts=("A fact", ""))


def test_the_answer_is_below_the_heading() -> None:
    assert page_text(page()) == "Title\nA fact\n\nThe answer.\n"


def test_a_section_has_sentences_facts_tables_and_items_in_this_order() -> None:
    section = Section(
        "S", sentences=("One.",), facts=(Fact("Name", "value"),), tables=(TABLE,), items=(Item("L", "text"),)
    )
    assert page_text(page(section)).partition("answer.\n\n")[2] == (
        "S\n-\nOne.\nName              value\nPrices\nName  Price\n----  -----\na      1.00\nbb    12.00\nIn USD.\n- L: text\n"
    )


def test_a_table_with_the_sections_title_has_no_heading_of_its_own() -> None:
    assert page_text(page(Section("Prices", tables=(TABLE,)))).count("Prices") == 1


def test_details_and_folded_tables_need_a_page() -> None:
    text = page_text(page(Section("D", sentences=("hidden",), detail=True), Section("F", folded=(TABLE,))))
    assert "hidden" not in text
    assert "12.00" not in text


def test_the_brief_text_has_the_brief_sections_only() -> None:
    text = page_text(page(Section("A", sentences=("a",), brief=True), Section("B", sentences=("b",))), brief=True)
    assert "\nA\n" in text
    assert "\nB\n" not in text


def test_lines_are_wrapped_and_a_p_value_stays_whole() -> None:
    text = wrapped("word " * 18 + "and so on p = 0.05")
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "p = 0.05" in text.splitlines()[-1]


def test_a_row_that_is_too_long_is_cut() -> None:
    row = table_text(Table("t", texts("a"), (("x" * 200,),))).splitlines()[2]
    assert (len(row), row[-1]) == (WIDTH, "…")


def test_no_text_controls_the_terminal() -> None:
    hostile = "a\x1b[2J\nb\u202e"
    section = Section(hostile, (hostile,), (Fact(hostile, hostile),), items=(Item(hostile, hostile),))
    text = page_text(Page(hostile, "k", (hostile,), (section,), facts=(hostile,)))
    assert all(letter.isprintable() or letter == "\n" for letter in text)
