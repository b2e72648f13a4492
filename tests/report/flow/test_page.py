import base64
import hashlib
import re

import pytest
from tests.report.flow.document import HOSTILE, Document, hostile_document, make_document, unknown_document
from tests.report.flow.reading import Seen, on_one_line, page_text

from flowbt.report.flow.page import Links, render_flow, render_index, summary
from flowbt.report.kit.page import ILLEGIBLE

AROUND = Links("AAA-2026-01-02.html", "AAA-2026-01-06.html", "index.html")
FORBIDDEN = {"script", "img", "iframe", "object", "form", "base", "embed", "video"}


def summaries() -> list[Document]:
    """Three days, the second without a verdict."""
    documents = [make_document(), unknown_document(), make_document(verdict="bullish", score=0.4)]
    days = ("2026-01-02", "2026-01-05", "2026-01-06")
    return [summary(document) | {"date": day} for document, day in zip(documents, days, strict=True)]


NAMES = [f"AAA-{row['date']}.html" for row in summaries()]


def links_of(page: str) -> list[tuple[str | None, str | None]]:
    """Where a page links to, with the relation."""
    return [(found["href"], found.get("rel")) for tag, found in Seen(page).elements if tag == "a"]


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile", "index"])
def test_a_page_loads_nothing_runs_nothing_and_allows_its_own_style_alone(kind: str, april: Document) -> None:
    documents = {"made by hand": make_document(follow=True), "full": april, "unknown": unknown_document()}
    page = (
        render_index(summaries(), NAMES)
        if kind == "index"
        else render_flow(documents.get(kind) or hostile_document(), AROUND)
    )
    assert not re.findall(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
    seen = Seen(page)
    assert not seen.tags() & FORBIDDEN
    for tag, attributes in seen.elements:
        assert not {name for name in attributes if name.startswith("on") or name in {"src", "style"}}
        assert tag in {"link", "a"} or "href" not in attributes
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for _, a in seen.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert (
        policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_a_hostile_name_stays_text_that_can_be_read() -> None:
    page = render_flow(hostile_document())
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", page)
    page.encode("utf-8")
    text, name = page_text(page), on_one_line(ILLEGIBLE.sub(" ", HOSTILE).replace("\ud800", "?"))
    assert text.count(name) == 4
    assert name.replace("`", "") in text
    assert "49" not in Seen(page).texts


def test_the_answer_comes_first_and_then_the_parts_in_order() -> None:
    page = render_flow(make_document(follow=True))
    order = [
        "<h1>AAA flow report, ", "Spot $100.00", 'class="answer bearish"', "BEARISH (score -0.62",
        "The flow in AAA is bearish", ">Flow summary<", ">Net premium and verdict<", ">Notable prints<", ">Blocks<",
        ">Contracts<", ">Institutional positioning<", ">Open interest by strike<", ">Gamma exposure over the price<",
        ">Max pain by expiry<", ">Signal vs noise<", ">Levels<", ">Trade ideas<", ">Watch next session<", ">Follow-up<",
        ">Conventions<",
    ]  # fmt: skip
    places = [page.index(piece) for piece in order]
    assert places == sorted(places)
    assert page.count("<svg") == 5
    assert "<code>flowbt backtest strategies/option_play.py --symbols AAA</code>" in page


def test_the_conclusions_stand_in_the_answer_and_nowhere_else() -> None:
    page = render_flow(make_document())
    assert ">Key conclusions<" not in page
    assert page_text(page).count("The flow in AAA is bearish by its own habit") == 1


@pytest.mark.parametrize(
    ("verdict", "tone"), [("bearish", "bearish"), ("bullish", "bullish"), ("neutral", "neutral"), (None, "unknown")]
)
def test_the_tone_is_that_of_the_verdict(verdict: str | None, tone: str) -> None:
    assert f'class="answer {tone}"' in render_flow(make_document(verdict=verdict))


def test_ids_are_unique_within_a_page(april: Document) -> None:
    ids = [found["id"] for _, found in Seen(render_flow(april)).elements if "id" in found]
    assert len(ids) == len(set(ids))


def test_the_same_document_gives_the_same_page_whatever_was_drawn_before() -> None:
    first = render_flow(make_document())
    render_flow(make_document(spot=91.0))
    render_flow(unknown_document())
    assert render_flow(make_document()) == first


def test_a_page_links_to_those_around_it() -> None:
    assert links_of(render_flow(make_document(), AROUND)) == 2 * [
        ("AAA-2026-01-02.html", "prev"),
        ("index.html", None),
        ("AAA-2026-01-06.html", "next"),
    ]
    assert links_of(render_flow(make_document(), Links(overview="index.html"))) == 2 * [("index.html", None)]
    assert links_of(render_flow(make_document())) == []


def test_a_link_cannot_leave_its_attribute() -> None:
    page = render_flow(make_document(), Links(before='"><script>alert(1)</script> \u202e%.html'))
    assert "script" not in Seen(page).tags()
    assert links_of(page)[0][0] == "%22%3E%3Cscript%3Ealert%281%29%3C/script%3E%20%E2%80%AE%25.html"


def test_the_index_tells_the_days_newest_first_each_with_its_page() -> None:
    page = render_index(summaries(), NAMES)
    assert [href for href, _ in links_of(page)] == NAMES[::-1]
    text = page_text(page)
    assert "AAA flow reports, 2026-01-02 to 2026-01-06" in text
    assert "3 sessions" in text
    assert (
        "1 bearish, 1 bullish, 1 no verdict. Whether they predict: flowbt evaluate flow_verdict --symbols AAA." in text
    )
    rows = page.split("<tbody>")[1].split("<tr>")[1:]
    cells = [[cell.partition("</td>")[0] for cell in row.split("<td")[1:]] for row in rows]
    assert [cell.partition(">")[2] for cell in cells[2][1:]] == [
        "bearish", "-0.62", "-$12.7M", "2.98", "2.51", "$100", "+2.0%", "-$12.5M",
    ]  # fmt: skip
    assert [cell.partition(">")[2] for cell in cells[1][1:]] == ["none", *7 * ["n/a"]]
    assert page.count("<svg") == 2


def test_an_index_of_days_without_premium_has_no_picture() -> None:
    page = render_index([summary(unknown_document())], ["AAA-2026-01-05.html"])
    assert "<svg" not in page
    assert "1 session" in page_text(page)
