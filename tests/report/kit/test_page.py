import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.report.evaluation.page import series_page, signal_page
from flowbt.report.kit.html import page_html

Document = dict[str, Any]
MakeTrades = Callable[[int], pl.DataFrame]
HOSTILE = """</title></style><script>alert(1)</script>"><img src=x onerror='alert(2)'>{{ 7 * 7 }}&amp;"""


class Seen(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] != "style":
            self.texts.append(data)


@pytest.fixture
def pages(signal: SignalEvaluation, series: SeriesEvaluation) -> list[str]:
    return [page_html(signal_page(signal)), page_html(series_page(series))]


def test_a_page_loads_nothing_and_runs_nothing(pages: list[str]) -> None:
    for page in pages:
        assert not re.findall(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
        seen = Seen(page)
        assert not {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "object", "form", "base"}
        for tag, attributes in seen.elements:
            assert not {name for name in attributes if name.startswith("on") or name in {"src", "style"}}
            assert tag == "link" or "href" not in attributes
        assert [attributes for tag, attributes in seen.elements if tag == "link"] == [{"rel": "icon", "href": "data:,"}]


def test_the_policy_allows_the_pages_own_style_and_nothing_else(pages: list[str]) -> None:
    for page in pages:
        style = page.split("<style>")[1].split("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = next(a["content"] for _, a in Seen(page).elements if a.get("http-equiv") == "Content-Security-Policy")
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
        )


def test_importing_the_package_loads_neither_altair_nor_jinja() -> None:
    heavy = "{'altair', 'jinja2', 'vl_convert', 'pandas', 'vectorbt'} & set(sys.modules)"
    code = f"import sys, flowbt.report; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
