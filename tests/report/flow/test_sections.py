import json
import re
from datetime import date
from typing import Any

import pytest
from flowbt.report.flow.part import Part
from tests.report.flow.document import Document, make_document, make_facts, unknown_document
from tests.report.flow.reading import markdown_text, on_one_line, page_text, said, unquoted

from flowbt.report.flow import flow_markdown, flow_text, sections
from flowbt.report.flow.page import render_flow
from flowbt.workflows.runs import to_json

ORDER = [
    "Warnings", "Flow verdict: BEARISH (score -0.62, from -1 bearish to +1 bullish)", "Key conclusions", "Flow summary", "Notable prints",
    "Institutional positioning", "Signal vs noise", "Levels", "Trade ideas", "Watch next session", "Follow-up", "Conventions",
]  # fmt: skip


def part(name: str, **changes: Any) -> Part:
    return next(part for part in sections.parts(make_document(**changes)) if part.title == name)


def test_the_parts_in_order() -> None:
    assert [part.title for part in sections.parts(make_document(follow=True))] == ORDER
    assert [part.title for part in sections.parts(make_document())] == [name for name in ORDER if name != "Follow-up"]


def test_where_the_price_stood() -> None:
    assert sections.standing(make_document()) == [
        "Spot $100.00 at 16:15 New York time; close $100.40 (+1.33% on the day).",
        "A newer report is available for Jan 6, 2026.",
    ]
    nothing = make_document(spot_time=None, close=None, change=None, newer_report=None)
    assert sections.standing(nothing) == ["Spot $100.00 (the source gives no time)."]
    assert sections.standing(make_document(spot=None, spot_time=None, change=None, newer_report=None)) == [
        "Spot not known; close $100.40."
    ]


def test_a_percentile_at_an_end_is_called_unusual() -> None:
    facts = dict(part("Flow summary").facts)
    assert facts["Net premium"] == "-$12.7M bearish of $60.0M gross (at or above 36% of its 25 earlier sessions)"
    assert facts["P/C volume ratio"] == "2.98 (at or above all of its 25 earlier sessions, unusually high)"
    assert facts["P/C OI ratio"] == "2.51 (below all of its 25 earlier sessions, unusually low)"


def test_what_is_not_known_is_not_blamed_on_a_short_history() -> None:
    flow = make_facts()["flow"] | {"put_call_oi_ratio": None, "put_call_oi_percentile": None}
    assert dict(part("Flow summary", flow=flow).facts)["P/C OI ratio"] == "not known"


def test_without_a_tape_nothing_is_called_a_print() -> None:
    shown = part("Notable contract days", prints=[])
    assert shown.says == [
        "Contract days, not prints: an end-of-day chain does not say in how many trades, or who bought."
    ]
    assert [table.title for table in shown.shown()] == ["Contracts"]


def test_a_contract_that_is_cited_and_notable_stands_there_once() -> None:
    rows = part("Notable prints").shown()[1].rows
    assert [row[0] for row in rows] == ["Jan 16, 2026 $95 put", "Jan 9, 2026 $105 call", "Jan 16, 2026 $90 put"]


def test_the_spot_stands_among_the_levels_by_price() -> None:
    rows = part("Levels").shown()[0].rows
    assert [row[:3] for row in rows] == [
        ("$105.00", "+5.00%", "call wall"),
        ("$102.50", "+2.50%", "my level"),
        ("$100.00", "0.00%", "the spot"),
        ("$98.50", "-1.50%", "SMA 30"),
    ]


@pytest.mark.parametrize(
    ("expires", "name", "said"),
    [
        (date(2026, 1, 9), "This Friday", "Jan 9, 2026, out of the money"),
        (date(2026, 4, 2), "This Thursday", "Apr 2, 2026, out of the money"),
        (None, "This Friday", "not listed"),
    ],
)
def test_the_weeks_expiry_bears_its_weekday(expires: date | None, name: str, said: str) -> None:
    peaks = make_facts()["peaks"] | {"expiration": expires, "expires_on": expires or date(2026, 1, 9)}
    assert part("Levels", peaks=peaks).facts[0] == (name, said)


def test_a_long_name_of_a_level_leaves_room_for_its_row() -> None:
    levels = make_facts()["levels"]
    levels["labelled"][0]["level"] = "x" * 300
    text = flow_text(make_document(levels=levels))
    row = next(line for line in text.splitlines() if "xxx" in line)
    assert row.endswith("…  resistance   chain")


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("close", "interest as known at this close."),
        ("pre_open", "interest of this close, published before the next open."),
    ],
)
def test_which_open_interest_is_told(decision: str, said: str) -> None:
    assert part("Institutional positioning", decision=decision).says[0].endswith(said)


def test_a_day_with_nothing_to_tell_leaves_its_parts_out() -> None:
    document = make_document(notable=[], cited=[], prints=[], noise=[], watch=[], trade_ideas=[])
    titles = {part.title for part in sections.parts(document)}
    assert not titles & {
        "Notable prints",
        "Notable contract days",
        "Signal vs noise",
        "Watch next session",
        "Trade ideas",
    }


@pytest.mark.parametrize("kind", ["made by hand", "full", "unknown"])
def test_text_markdown_and_page_say_the_same(kind: str, april: Document) -> None:
    document = {"made by hand": make_document(follow=True), "full": april, "unknown": unknown_document()}[kind]
    text, markdown = on_one_line(flow_text(document)), markdown_text(flow_markdown(document))
    page = page_text(render_flow(document))
    for sentence in said(document):
        assert sentence in text
        assert unquoted(sentence) in unquoted(markdown)
        assert unquoted(sentence) in page or sentence == "Key conclusions"


@pytest.mark.parametrize("follow", [False, True])
def test_what_is_not_known_is_said_so_and_nothing_is_made_up(follow: bool) -> None:
    document = unknown_document(follow=follow)
    made_up = re.compile(r"\b(None|nan|NaN|null|NULL|inf)\b|\(\s*\)|\[\s*\]|[;:,] ?\.|; ;|\$n/a|n/a%|  of the")
    for shown in (flow_text(document), flow_markdown(document), page_text(render_flow(document)), *strings(document)):
        assert not made_up.search(shown), made_up.search(shown)
    text = on_one_line(flow_text(document))
    for sentence in (
        "Spot not known.",
        "NO VERDICT",
        "not known on this day",
        "net premium not known",
        "Net premium not known",
        "GEX is not known; DEX is not known.",
        "Call additions: Not known",
        "OI clusters: Not known.",
        "Hedging evidence: Not known",
        "Max pain context: Not known.",
    ):
        assert sentence in text


def strings(value: Any) -> list[str]:
    """All sentences of a document."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_json_holds_what_the_interface_names(april: Document) -> None:
    for document in (april, make_document()):
        found = json.loads(to_json(document))
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
