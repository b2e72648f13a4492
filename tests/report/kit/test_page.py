import base64
import hashlib
import math
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from flowbt.report import render_evaluation

Document = dict[str, Any]
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
def pages(whole: Document, series: Document) -> list[str]:
    return [render_evaluation(whole), render_evaluation(series)]


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


def test_hostile_strings_stay_text(evaluation: Document) -> None:
    said = dict.fromkeys(("run", "strategy", "signal", "description", "report", "answer", "from", "to"), HOSTILE)
    names = {"symbols": [HOSTILE, HOSTILE], "parameters": {HOSTILE: HOSTILE}, "manifest": {"a": {HOSTILE: HOSTILE}}}
    horizons = evaluation["horizons"]
    for horizon in horizons:
        horizon["verdicts"][HOSTILE] = horizon["verdicts"]["neutral"]
    for page in (render_evaluation(evaluation | said | names),):
        seen = Seen(page)
        assert "49" not in seen.texts
        assert not {tag for tag, _ in seen.elements} & {"script", "img"}
        assert HOSTILE in seen.texts
        assert page.count("</style>") == 1


@pytest.mark.parametrize("missing", [None, math.nan])
def test_what_is_not_known_is_never_printed_as_nan_or_none(evaluation: Document, missing: float | None) -> None:
    for horizon in evaluation["horizons"]:
        for cell in horizon["verdicts"].values():
            cell.update(dict.fromkeys(cell.keys() - {"n"}, missing))
    for page in (render_evaluation(evaluation),):
        words = " ".join(Seen(page).texts)
        assert not re.search(r"\b(nan|NaN|None|null|inf)\b", words)
        assert "NaN" not in page


def test_an_evaluation_without_verdicts() -> None:
    page = render_evaluation({"signal": "s", "symbols": ["IWM"], "sessions": 0, "horizons": []})
    assert "There is no verdict in IWM with a price to follow it" in page
    assert "<svg" not in page


def test_the_same_run_gives_the_same_page(evaluation: Document) -> None:
    assert render_evaluation(evaluation) == render_evaluation(evaluation)


def test_importing_the_package_loads_neither_altair_nor_jinja() -> None:
    heavy = "{'altair', 'jinja2', 'vl_convert', 'pandas', 'vectorbt'} & set(sys.modules)"
    code = f"import sys, flowbt.report; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
