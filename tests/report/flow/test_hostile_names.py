"""Names from outside stay text in every format."""

import re

import pytest
from tests.report.flow.hand_made import HOSTILE, hostile_report, make_report, unknown_report
from tests.report.reading import PARSER, Seen, markdown_text, on_one_line, seen_text, tokens

from flowbt.flow.report import FlowReport
from flowbt.report.flow import flow_page
from flowbt.report.kit.formats import printable
from flowbt.report.kit.html import ILLEGIBLE, page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report_files import render_report

OURS = {"h1", "h2", "h3", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td"}
NAMES = 6
"""How often the hostile report contains the name: a level and its trigger, both followed up, a cited contract, a run."""


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile"])
def test_markdown_has_no_markup_but_our_own(kind: str, april: FlowReport) -> None:
    reports = {"made by hand": make_report(follow=True), "full": april, "unknown": unknown_report()}
    markdown = page_markdown(flow_page(reports.get(kind) or hostile_report()))
    found = tokens(markdown)
    assert not {token.type for token in found} & {
        "html_block", "html_inline", "link_open", "image", "em_open", "code_block", "fence", "hr", "blockquote_open",
        "ordered_list_open", "lheading_open", "hardbreak",
    }  # fmt: skip
    assert all(token.content.startswith("flowbt ") for token in found if token.type == "code_inline")
    assert Seen(PARSER.render(markdown)).tags() <= OURS


def test_in_markdown_a_name_survives_as_text() -> None:
    text = markdown_text(page_markdown(flow_page(hostile_report())))
    assert text.count(on_one_line(printable(HOSTILE))) == NAMES


def test_in_markdown_a_table_keeps_its_rows_and_columns() -> None:
    html = Seen(PARSER.render(page_markdown(flow_page(hostile_report()))))
    rows = [tag for tag, _ in html.elements if tag in {"tr", "td", "th"}]
    widths = " ".join(rows).split("tr")[1:]
    assert {len(row.split()) for row in widths} == {4, 5, 6, 7}


def test_in_markdown_a_command_is_code() -> None:
    markdown = page_markdown(flow_page(make_report()))
    found = [token.content for token in tokens(markdown) if token.type == "code_inline"]
    assert "flowbt backtest strategies/option_play.py --symbols AAA" in found


def test_no_name_controls_the_terminal() -> None:
    for output in ("text", "md", "json"):
        shown = render_report(hostile_report(), output)
        assert all(letter.isprintable() or letter == "\n" for letter in shown)
    text = on_one_line(page_text(flow_page(hostile_report())))
    assert text.count(printable(HOSTILE)) == NAMES


def test_on_a_page_a_name_stays_text_that_can_be_read() -> None:
    page = page_html(flow_page(hostile_report()))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", page)
    page.encode("utf-8")
    text, name = seen_text(page), on_one_line(ILLEGIBLE.sub(" ", HOSTILE).replace("\ud800", "?"))
    # between backticks text is shown as code, so a name with backticks loses them there
    assert text.count(name) + text.count(name.replace("`", "")) == NAMES
    assert "49" not in Seen(page).texts
