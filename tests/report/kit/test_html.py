import base64
import hashlib
import re

from tests.report.reading import Seen, seen_text

from flowbt.report.kit.html import page_html
from flowbt.report.kit.section import Fact, Item, Links, Page, Section
from flowbt.report.kit.table import Table, texts

HOSTILE = """</title></style><script>alert(1)</script>"><img src=x onerror='alert(2)'>{{ 7 * 7 }}&amp;"""


def page(text: str, links: Links | None = None) -> Page:
    table = Table(text, texts(text), ((text,),), note=text)
    section = Section(text, (text,), (Fact(text, text),), tables=(table,), items=(Item(text, text),), folded=(table,))
    return Page(
        text, text, (text,), (section,), facts=(text,), description=text, run=text, tone="bearish",
        method=(Fact(text, text),), parameters={text: text}, provenance={text: text}, links=links or Links(),
    )  # fmt: skip


def test_hostile_text_stays_text() -> None:
    html = page_html(page(HOSTILE))
    seen = Seen(html)
    assert "49" not in seen.texts
    assert not seen.tags() & {"script", "img"}
    assert HOSTILE in seen.texts
    assert html.count("</style>") == 1


def test_control_characters_and_lone_surrogates_are_replaced() -> None:
    html = page_html(page("a\x1b\u202e\ud800b"))
    html.encode("utf-8")
    assert not re.search("[\x1b\u202e]", html)


def test_the_policy_allows_the_pages_own_style_alone() -> None:
    html = page_html(page("x"))
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for _, a in Seen(html).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_commands_are_code() -> None:
    assert "<code>flowbt x</code>" in page_html(page("`flowbt x`"))


def test_links_cannot_leave_their_attribute() -> None:
    html = page_html(page("x", Links(before='"><script>alert(1)</script>.html')))
    assert "script" not in Seen(html).tags()


def test_rows_of_a_table_link_to_their_pages() -> None:
    table = Table("T", texts("a", "b"), (("1", "2"),)).linked('a"b.html')
    html = page_html(Page("t", "k", ("a",), (Section("S", tables=(table,)),)))
    assert [found["href"] for tag, found in Seen(html).elements if tag == "a"] == ["a%22b.html"]
    assert "1" in seen_text(html)
