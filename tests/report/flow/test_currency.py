"""A report of an exchange outside the United States has no dollar in it, whatever it is written as."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.report.flow.document import PARAMETERS, make_document

from flowbt.report.flow import flow_brief, flow_markdown, flow_text
from flowbt.report.flow.page import render_flow, render_index, summary

Document = dict[str, Any]


@pytest.fixture(scope="module")
def rupees() -> Document:
    found: Document = make_document(exchange="XNSE", parameters=PARAMETERS, follow=True)
    return found


@pytest.mark.parametrize("write", [flow_text, flow_brief, flow_markdown, render_flow])
def test_a_report_of_the_nse_is_in_rupees(write: Callable[[Document], str], rupees: Document) -> None:
    said = write(rupees)
    assert "₹" in said
    assert "$" not in said
    assert "USD" not in said


def test_so_is_the_index_of_its_days(rupees: Document) -> None:
    said = render_index([summary(rupees)], ["AAA-2026-01-05.html"])
    assert "₹" in said
    assert "$" not in said
