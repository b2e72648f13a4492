"""A report in every format: the sections and their order, and that all formats contain the same."""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.report.flow.hand_made import FACTS, FLOW, LEVELS, PEAKS, hostile_report, make_report, unknown_report
from tests.report.reading import markdown_text, on_one_line, seen_text, texts_of, unquoted

from flowbt.flow.report import FlowReport
from flowbt.report.flow import flow_page
from flowbt.report.flow.money import Money
from flowbt.report.flow.page import newer_line, price_line
from flowbt.report.kit.html import page_html
from flowbt.report.kit.markdown import page_markdown
from flowbt.report.kit.section import Section
from flowbt.report.kit.text import WIDTH, page_text
from flowbt.workflows.flow_report_files import render_report
from flowbt.workflows.runs import to_json

ORDER = [
    "Warnings", "Reasons", "Flow summary", "Notable prints", "Positioning", "Noise", "Levels", "Trade ideas", "Watch next session",
    "Follow-up", "Method",
]  # fmt: skip


def text_of(report: FlowReport) -> str:
    return page_text(flow_page(report))


def section(title: str, **changes: Any) -> Section:
    return next(each for each in flow_page(make_report(**changes)).shown() if each.title == title)


def test_the_sections_in_order() -> None:
    assert [each.title for each in flow_page(make_report(follow=True)).shown()] == ORDER
    assert [each.title for each in flow_page(make_report()).shown()] == [name for name in ORDER if name != "Follow-up"]


def test_the_verdict_is_given_once_and_first() -> None:
    page = flow_page(make_report())
    assert page.answer[0] == "BEARISH (score −0.62, from −1 bearish to +1 bullish)"
    assert text_of(make_report()).count("BEARISH") == 1


def test_the_brief_report_has_the_answer_the_warnings_and_the_reasons() -> None:
    brief = page_text(flow_page(make_report(follow=True)), brief=True)
    assert [line for line in brief.splitlines() if line in ORDER] == ["Warnings", "Reasons"]
    assert "AAA flow was bearish" in brief


def test_the_price_and_a_newer_report() -> None:
    usd = Money.on("XNYS")
    assert price_line(FACTS, usd) == "Spot $100.00 at 16:15 New York time; close $100.40 (+1.33% on the day)"
    assert newer_line(FACTS) == "A newer report is available for 6 Jan 2026"
    bare = replace(FACTS, spot_time=None, close=None, change=None, newer_report=None)
    assert price_line(bare, usd) == "Spot $100.00 (the source gives no time)"
    assert newer_line(bare) == ""
    assert price_line(replace(FACTS, spot=None, change=None), usd) == "Spot unknown; close $100.40"
    assert price_line(replace(FACTS, spot_source="bar", close=None), usd) == "Spot $100.00 (close of the price bar)"


def test_a_percentile_at_an_end_is_called_unusual() -> None:
    facts = dict(section("Flow summary").facts)
    assert facts["Net premium"] == "−$12.7M on $60.0M gross, bearish (36th percentile of 25 sessions)"
    assert facts["P/C volume ratio"] == "2.98 (at or above all 25 earlier sessions, unusually high)"
    assert facts["P/C OI ratio"] == "2.51 (below all 25 earlier sessions, unusually low)"


def test_an_unknown_number_is_not_blamed_on_a_short_history() -> None:
    flow = replace(FLOW, put_call_oi_ratio=None, put_call_oi_percentile=None)
    assert dict(section("Flow summary", flow=flow).facts)["P/C OI ratio"] == "unknown"


def test_without_a_tape_nothing_is_called_a_print() -> None:
    shown = section("Notable contract days", prints=())
    assert shown.sentences == (
        "Contract days, not prints: an end-of-day chain does not show the number of trades, or who bought.",
    )
    assert len(shown.shown()) == 1
    assert "\nContracts\n" not in text_of(make_report(prints=()))


def test_a_contract_that_is_cited_and_notable_is_listed_once() -> None:
    rows = section("Notable prints").shown()[1].rows
    assert [row[0] for row in rows] == ["16 Jan 2026 $95 put", "9 Jan 2026 $105 call", "16 Jan 2026 $90 put"]


def test_the_spot_is_among_the_levels_by_price() -> None:
    rows = section("Levels").shown()[0].rows
    assert [row[:3] for row in rows] == [
        ("$105.00", "+5.00%", "call wall"),
        ("$102.50", "+2.50%", "my level"),
        ("$100.00", "0.00%", "the spot"),
        ("$98.50", "−1.50%", "SMA 30"),
    ]


def test_unknown_levels_are_listed_with_what_they_lack() -> None:
    assert dict(section("Levels").facts)["Unknown"] == "SMA 200 (too few price bars); call wall (not in the chain)"


@pytest.mark.parametrize(
    ("expires", "name", "text"),
    [
        (date(2026, 1, 9), "This Friday", "9 Jan 2026, out of the money"),
        (date(2026, 4, 2), "This Thursday", "2 Apr 2026, out of the money"),
        (None, "This Friday", "not listed"),
    ],
)
def test_the_weekly_expiry_has_its_weekday(expires: date | None, name: str, text: str) -> None:
    peaks = replace(PEAKS, expiration=expires, expires_on=expires or date(2026, 1, 9))
    assert section("Levels", peaks=peaks).facts[0] == (name, text)


def test_a_long_name_of_a_level_leaves_room_for_its_row() -> None:
    first, *rest = LEVELS.labelled
    levels = replace(LEVELS, labelled=(replace(first, level="x" * 300), *rest))
    row = next(line for line in text_of(make_report(levels=levels)).splitlines() if "xxx" in line)
    assert row.endswith("…  resistance   chain")


@pytest.mark.parametrize(
    ("decision", "text"),
    [
        ("close", "interest as known at this close."),
        ("pre_open", "interest of this close, published before the next open."),
    ],
)
def test_which_open_interest_is_reported(decision: str, text: str) -> None:
    assert section("Positioning", decision=decision).sentences[0].endswith(text)


def test_sections_without_content_are_left_out() -> None:
    report = make_report(notable=(), cited=(), prints=(), noise=(), watch=(), trade_ideas=())
    titles = {each.title for each in flow_page(report).shown()}
    assert not titles & {"Notable prints", "Notable contract days", "Noise", "Watch next session", "Trade ideas"}


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown"])
def test_text_markdown_and_page_contain_the_same(kind: str, april: FlowReport) -> None:
    report = {"made by hand": make_report(follow=True), "full": april, "unknown": unknown_report()}[kind]
    page = flow_page(report)
    text, markdown, html = on_one_line(page_text(page)), markdown_text(page_markdown(page)), seen_text(page_html(page))
    for sentence in texts_of(page):
        assert sentence in text
        assert unquoted(sentence) in unquoted(markdown)
        assert unquoted(sentence) in html


@pytest.mark.parametrize("follow", [False, True])
def test_what_is_not_known_is_reported_as_unknown_and_nothing_is_made_up(follow: bool) -> None:
    report = unknown_report(follow=follow)
    page = flow_page(report)
    made_up = re.compile(r"\b(None|nan|NaN|null|NULL|inf)\b|\(\s*\)|\[\s*\]|[;:,] ?\.|; ;|\$n/a|n/a%|  of the")
    texts = (page_text(page), page_markdown(page), seen_text(page_html(page)), *strings(report.document()))
    for shown in texts:
        assert not made_up.search(shown), made_up.search(shown)
    text = on_one_line(page_text(page))
    for sentence in (
        "Spot unknown",
        "NO VERDICT",
        "unknown on this day",
        "net premium unknown",
        "Net premium unknown",
        "GEX unknown; DEX unknown.",
        "Call additions: Not known",
        "OI clusters: Unknown.",
        "Hedging: Not known",
        "Max pain: Unknown.",
    ):
        assert sentence in text


def strings(value: Any) -> list[str]:
    """All texts of a document."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_json_has_the_keys_of_the_interface(april: FlowReport) -> None:
    for report in (april, make_report()):
        found = json.loads(to_json(report.document()))
        assert found.keys() >= {
            "symbol", "date", "spot", "spot_time", "verdict", "score", "reasons", "flow", "notable", "positioning", "max_pain",
            "max_pain_flat", "levels", "noise", "watch", "trade_ideas", "conclusions", "conventions", "newer_report",
        }  # fmt: skip
        inner = {
            "flow": {"net_premium", "put_call_volume_ratio", "put_call_volume_percentile", "put_call_oi_ratio",
                     "put_call_oi_percentile"},
            "notable": {"contract", "expiration", "strike", "option_type", "dte", "premium", "volume", "open_interest",
                        "oi_change", "read_through"},
            "positioning": {"call_additions", "put_additions", "gex", "gex_status", "dex_net", "dex_gross", "consistency",
                            "oi_clusters", "hedging"},
            "max_pain": {"expiration", "max_pain", "low", "high", "gap"},
            "levels": {"call_wall", "put_wall", "zero_gamma", "contention_strike", "next_call_peak", "put_floors", "bollinger",
                       "sma_30", "sma_200", "pivot"},
            "noise": {"what", "why"},
            "watch": {"trigger", "known_at", "then"},
            "trade_ideas": {"idea", "instrument", "entry", "target", "stop", "horizon"},
        }  # fmt: skip
        for name, keys in inner.items():
            for row in found[name] if isinstance(found[name], list) else [found[name]]:
                assert row.keys() >= keys
        assert found["positioning"]["oi_clusters"].keys() >= {"calls", "puts", "put_band"}
        assert found["positioning"]["hedging"].keys() >= {"collar_share", "reading", "confidence"}


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown", "hostile"])
def test_nothing_is_wider_than_the_terminal(kind: str, april: FlowReport) -> None:
    reports = {"made by hand": make_report(follow=True), "full": april, "unknown": unknown_report()}
    lines = text_of(reports.get(kind) or hostile_report()).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert all(line == line.rstrip() for line in lines)


def test_nothing_is_cut_off(april: FlowReport) -> None:
    assert "…" not in text_of(april) + text_of(make_report(follow=True))


def test_names_and_their_values_are_in_columns() -> None:
    text = text_of(make_report())
    assert "\nSigned by tape    −$4.0M (80% of the tape's premium has a known side)\n" in text


def test_several_tables_have_their_titles() -> None:
    text = text_of(make_report())
    assert "\nBlocks\nContract" in text
    assert "\nContracts\nContract" in text
    assert "\n### Blocks\n\n| Contract |" in page_markdown(flow_page(make_report()))


def test_json_returns_every_name_unchanged() -> None:
    document = json.loads(render_report(hostile_report(), "json"))
    run = hostile_report().runs[0]
    assert document["runs"] == [{"run": run.run, "answer": run.answer}]
    assert document["levels"]["labelled"][1]["level"] == run.run
    assert document["cited"][-1]["contract"] == run.run
