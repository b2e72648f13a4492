import pytest
from tests.report.reading import PARSER, Seen, markdown_text

from flowbt.report.kit.formats import printable
from flowbt.report.kit.markdown import escaped, page_markdown
from flowbt.report.kit.section import Fact, Page, Section
from flowbt.report.kit.table import Table, numbers, texts

TABLE = Table("Prices", (*texts("Name"), *numbers("Price")), (("a|b", "1.00"),))


@pytest.mark.parametrize(
    "name",
    ["*x*", "_x_", "`x`", "``x`", "`flowbt x", "`flowbt <b>`", "[a](b)", "![a](b)", "<b>", "<https://x.y>", "&amp;", "&#42;",
     "a|b", "\\|", "\\", "~~x~~", "# x", "a\n# b", "a\n\n- b", "**", "x**", "x*", "\\`", "a\\", "]: x", "`a`b`"],
)  # fmt: skip
def test_no_name_is_markup_wherever_it_is(name: str) -> None:
    shown = printable(name)
    ours = {"ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    for markdown in (f"- **{escaped(name)}**: x", f"| a |\n|---|\n| {escaped(name)} |", f"- {escaped('x ' + name)}"):
        assert shown in markdown_text(markdown)
        assert Seen(PARSER.render(markdown)).tags() <= ours


def test_a_page_has_sections_folded_tables_parameters_and_method() -> None:
    section = Section("S", folded=(TABLE,))
    page = Page("T", "k", ("A.",), (section,), method=(Fact("m", "rule"),), parameters={"hold": 3})
    assert page_markdown(page) == (
        "# T\n\nA.\n\n## S\n\n### Prices\n\n| Name | Price |\n|---|---:|\n| a\\|b | 1.00 |\n\n## Parameters\n\n"
        "| Parameter | Value |\n|---|---|\n| hold | 3 |\n\n## Method\n\n- **m**: rule\n"
    )
