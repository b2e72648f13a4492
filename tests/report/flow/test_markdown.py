import pytest
from flowbt.report.flow.markdown import escaped
from tests.report.flow.document import HOSTILE, Document, hostile_document, make_document, unknown_document
from tests.report.flow.reading import PARSER, Seen, markdown_text, on_one_line, tokens

from flowbt.report.flow import flow_markdown
from flowbt.report.kit.formats import printable

USUAL = {"h1", "h2", "h3", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile"])
def test_there_is_no_markup_but_our_own(kind: str, april: Document) -> None:
    documents = {"made by hand": make_document(follow=True), "full": april, "unknown": unknown_document()}
    markdown = flow_markdown(documents.get(kind) or hostile_document())
    found = tokens(markdown)
    assert not {token.type for token in found} & {
        "html_block", "html_inline", "link_open", "image", "em_open", "code_block", "fence", "hr", "blockquote_open",
        "ordered_list_open", "lheading_open", "hardbreak",
    }  # fmt: skip
    assert all(token.content.startswith("flowbt ") for token in found if token.type == "code_inline")
    assert Seen(PARSER.render(markdown)).tags() <= USUAL


def test_a_name_survives_as_text() -> None:
    text = markdown_text(flow_markdown(hostile_document()))
    assert text.count(on_one_line(printable(HOSTILE))) == 6


@pytest.mark.parametrize(
    "name",
    ["*x*", "_x_", "`x`", "``x`", "`flowbt x", "`flowbt <b>`", "[a](b)", "![a](b)", "<b>", "<https://x.y>", "&amp;", "&#42;",
     "a|b", "\\|", "\\", "~~x~~", "# x", "a\n# b", "a\n\n- b", "**", "x**", "x*", "\\`", "a\\", "]: x", "`a`b`"],
)  # fmt: skip
def test_no_name_is_markup_wherever_it_stands(name: str) -> None:
    shown = printable(name)
    for markdown in (f"- **{escaped(name)}**: x", f"| a |\n|---|\n| {escaped(name)} |", f"- {escaped('x ' + name)}"):
        assert shown in markdown_text(markdown)
        assert Seen(PARSER.render(markdown)).tags() <= {
            "ul",
            "li",
            "strong",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        }


def test_a_command_is_code() -> None:
    found = [token.content for token in tokens(flow_markdown(make_document())) if token.type == "code_inline"]
    assert "flowbt backtest strategies/option_play.py --symbols AAA" in found


def test_a_table_keeps_its_rows_and_columns() -> None:
    html = Seen(PARSER.render(flow_markdown(hostile_document())))
    rows = [tag for tag, _ in html.elements if tag in {"tr", "td", "th"}]
    widths = " ".join(rows).split("tr")[1:]
    assert {len(row.split()) for row in widths} == {4, 5, 6, 7}


def test_several_tables_bear_their_titles() -> None:
    markdown = flow_markdown(make_document())
    assert "\n### Blocks\n\n| Contract |" in markdown
    assert "###" not in flow_markdown(make_document(prints=[]))
