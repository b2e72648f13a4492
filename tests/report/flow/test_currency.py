"""A report of an exchange outside the United States has no dollar in it, in any format."""

from collections.abc import Callable

import pytest
from tests.report.flow.hand_made import make_report

from flowbt.report.flow import flow_page
from flowbt.report.flow.index import index_page, summary_of
from flowbt.report.kit.html import page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.section import Page
from flowbt.report.kit.text import page_text

RUPEES = make_report(exchange="XNSE", follow=True)


@pytest.mark.parametrize("write", [page_text, lambda page: page_text(page, brief=True), page_markdown, page_html])
def test_a_report_of_the_nse_is_in_rupees(write: Callable[[Page], str]) -> None:
    text = write(flow_page(RUPEES))
    assert "₹" in text
    assert "$" not in text
    assert "USD" not in text


def test_so_is_the_index_of_its_days() -> None:
    text = page_html(index_page([summary_of(RUPEES, "AAA-2026-01-05.html")]))
    assert "₹" in text
    assert "$" not in text
