import base64
import hashlib
import re
from dataclasses import replace
from datetime import date

import pytest
from tests.report.flow.hand_made import hostile_report, make_report, unknown_report
from tests.report.reading import Seen, seen_text

from flowbt.flow.report import FlowReport
from flowbt.report.flow import flow_page
from flowbt.report.flow.index import DaySummary, index_page, summary_of
from flowbt.report.kit.html import page_html
from flowbt.report.kit.section import Links

AROUND = Links("AAA-2026-01-02.html", "AAA-2026-01-06.html", "index.html")
FORBIDDEN = {"script", "img", "iframe", "object", "form", "base", "embed", "video"}


def summaries() -> list[DaySummary]:
    """Three days, the second without a verdict."""
    reports = [make_report(), unknown_report(), make_report(verdict="bullish", score=0.4)]
    days = (date(2026, 1, 2), date(2026, 1, 5), date(2026, 1, 6))
    return [summary_of(replace(report, date=day), f"AAA-{day}.html") for report, day in zip(reports, days, strict=True)]


NAMES = [row.page for row in summaries()]


def html_of(report: FlowReport, links: Links | None = None) -> str:
    return page_html(flow_page(report, links or Links()))


def links_of(page: str) -> list[tuple[str | None, str | None]]:
    """Where a page links to, with the relation."""
    return [(found["href"], found.get("rel")) for tag, found in Seen(page).elements if tag == "a"]


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile", "index"])
def test_a_page_loads_nothing_runs_nothing_and_allows_its_own_style_alone(kind: str, april: FlowReport) -> None:
    reports = {"made by hand": make_report(follow=True), "full": april, "unknown": unknown_report()}
    page = (
        page_html(index_page(summaries()))
        if kind == "index"
        else html_of(reports.get(kind) or hostile_report(), AROUND)
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


def test_the_answer_comes_first_and_then_the_parts_in_order() -> None:
    page = html_of(make_report(follow=True))
    order = [
        "<h1>AAA flow report, ", "Spot $100.00", 'class="answer bearish"', "BEARISH (score −0.62",
        "AAA flow was bearish", ">Reasons<", ">Flow summary<", ">Net premium and verdict<", ">Notable prints<", ">Blocks<",
        ">Contracts<", ">Positioning<", ">Open interest by strike<", ">Gamma exposure by price<",
        ">Max pain by expiry<", ">Noise<", ">Levels<", ">Trade ideas<", ">Watch next session<", ">Follow-up<",
        ">Method<",
    ]  # fmt: skip
    places = [page.index(piece) for piece in order]
    assert places == sorted(places)
    assert page.count("<svg") == 5
    assert "<code>flowbt backtest strategies/option_play.py --symbols AAA</code>" in page


def test_the_conclusions_stand_in_the_answer_and_nowhere_else() -> None:
    page = html_of(make_report())
    assert seen_text(page).count("AAA flow was bearish relative to its own history") == 1


@pytest.mark.parametrize(
    ("verdict", "tone"), [("bearish", "bearish"), ("bullish", "bullish"), ("neutral", "neutral"), (None, "unknown")]
)
def test_the_tone_is_that_of_the_verdict(verdict: str | None, tone: str) -> None:
    assert f'class="answer {tone}"' in html_of(make_report(verdict=verdict))


def test_ids_are_unique_within_a_page(april: FlowReport) -> None:
    ids = [found["id"] for _, found in Seen(html_of(april)).elements if "id" in found]
    assert len(ids) == len(set(ids))


def test_the_same_document_gives_the_same_page_whatever_was_drawn_before() -> None:
    first = html_of(make_report())
    html_of(make_report(spot=91.0))
    html_of(unknown_report())
    assert html_of(make_report()) == first


def test_a_page_links_to_those_around_it() -> None:
    assert links_of(html_of(make_report(), AROUND)) == 2 * [
        ("AAA-2026-01-02.html", "prev"),
        ("index.html", None),
        ("AAA-2026-01-06.html", "next"),
    ]
    assert links_of(html_of(make_report(), Links(overview="index.html"))) == 2 * [("index.html", None)]
    assert links_of(html_of(make_report())) == []


def test_a_link_cannot_leave_its_attribute() -> None:
    page = html_of(make_report(), Links(before='"><script>alert(1)</script> \u202e%.html'))
    assert "script" not in Seen(page).tags()
    assert links_of(page)[0][0] == "%22%3E%3Cscript%3Ealert%281%29%3C/script%3E%20%E2%80%AE%25.html"


def test_the_index_lists_the_days_newest_first_each_with_its_page() -> None:
    page = page_html(index_page(summaries()))
    assert [href for href, _ in links_of(page)] == NAMES[::-1]
    text = seen_text(page)
    assert "AAA flow reports, 2026-01-02 to 2026-01-06" in text
    assert "3 sessions" in text
    assert (
        "1 bearish, 1 bullish, 1 no verdict. flowbt evaluate flow_verdict --symbols AAA tests whether they predict."
        in text
    )
    rows = page.split("<tbody>")[1].split("<tr>")[1:]
    cells = [[cell.partition("</td>")[0] for cell in row.split("<td")[1:]] for row in rows]
    assert [cell.partition(">")[2] for cell in cells[2][1:]] == [
        "bearish", "−0.62", "−$12.7M", "2.98", "2.51", "$100", "+2.0%", "−$12.5M",
    ]  # fmt: skip
    assert [cell.partition(">")[2] for cell in cells[1][1:]] == ["none", *7 * ["n/a"]]
    assert page.count("<svg") == 2


def test_an_index_of_days_without_premium_has_no_picture() -> None:
    page = page_html(index_page([summary_of(unknown_report(), "AAA-2026-01-05.html")]))
    assert "<svg" not in page
    assert "1 session" in seen_text(page)
