from dataclasses import replace
from typing import Any

import pytest
from tests.report.flow.hand_made import CLUSTERS, FACTS, FLOW, LEVELS, POSITIONING, make_report, nothing_known

from flowbt.report.flow.conclusions import conclusions, headline, record_sentence
from flowbt.report.flow.money import Money

USD = Money.on("XNYS")


def test_the_conclusions_of_a_day() -> None:
    sentences = make_report().conclusions
    assert sentences[:5] == (
        "AAA flow was bearish relative to its own history (score −0.62): net premium −$12.7M on $60.0M gross; put/call volume "
        "2.98, at or above all 25 earlier sessions; put/call open interest 2.51, below all 25 earlier sessions.",
        "$1.5M of call premium is a dividend play, not bullish flow: including it, net premium would be −$11.2M.",
        "Put open interest is concentrated between $92.50 and $95 (253,269 contracts at $92.50 and $95, 10% of all puts); the "
        "upper edge is 5.0% below the spot.",
        "Max pain is flat at $98; the spot is 2.0% above it.",
        "GEX −$12.5M per 1% move. If dealers are long calls and short puts, their hedging amplifies moves; above $100.30 (+0.3%) "
        "it dampens them.",
    )


def test_a_percentile_within_the_range_has_its_article() -> None:
    flow = replace(FLOW, put_call_volume_percentile=0.92)
    assert "put/call volume 2.98, the 92nd percentile of 25 sessions;" in headline(replace(FACTS, flow=flow), USD)


def test_without_a_verdict_the_first_reason_is_given_with_the_numbers() -> None:
    reasons = ("too little history: 1 session in the lake, 21 needed",)
    sentence = headline(replace(FACTS, verdict=None, score=None, reasons=reasons), USD)
    assert sentence.startswith(f"No verdict for AAA: {reasons[0]}. The numbers: net premium −$12.7M")


def test_what_is_not_known_is_left_out() -> None:
    positioning = replace(POSITIONING, gex=None, oi_clusters=replace(CLUSTERS, puts=()))
    report = make_report(
        flow=nothing_known(FLOW), positioning=positioning, max_pain=(), noise=(), verdict=None, score=None,
        record=replace(FACTS.record, verdict=None),
    )  # fmt: skip
    [sentence] = report.conclusions
    assert sentence.endswith("The numbers: net premium unknown.")


@pytest.mark.parametrize(
    ("spot", "band", "text"),
    [
        (100.0, (92.5, 95.0), "the upper edge is 5.0% below the spot."),
        (90.0, (92.5, 95.0), "the lower edge is 2.8% above the spot."),
        (94.0, (92.5, 95.0), "the upper edge is 1.1% above the spot."),
        (None, (92.5, 95.0), "the upper edge is at an unknown distance from the spot."),
        (100.0, None, "Put open interest is concentrated at $92.50 and $95: 253,269 contracts, 10% of all puts."),
    ],
)
def test_where_put_open_interest_is_concentrated(
    spot: float | None, band: tuple[float, float] | None, text: str
) -> None:
    positioning = replace(POSITIONING, oi_clusters=replace(CLUSTERS, put_band=band))
    report = make_report(spot=spot, positioning=positioning)
    assert any(sentence.endswith(text) for sentence in report.conclusions)


@pytest.mark.parametrize(
    ("gex", "zero", "text"),
    [
        (5e6, None, "their hedging dampens moves."),
        (5e6, 95.0, "their hedging dampens moves; below $95 (−5.0%) it amplifies them."),
        (-5e6, 103.76, "their hedging amplifies moves; above $103.76 (+3.8%) it dampens them."),
    ],
)
def test_the_sign_of_gamma(gex: float, zero: float | None, text: str) -> None:
    positioning = replace(POSITIONING, gex=gex)
    sentences = make_report(positioning=positioning, levels=replace(LEVELS, zero_gamma=zero)).conclusions
    assert any(sentence.endswith(text) for sentence in sentences)


def test_gamma_that_is_hardly_known_says_nothing_of_dealers() -> None:
    sentences = make_report(positioning=replace(POSITIONING, gex_coverage=0.4)).conclusions
    assert "Gamma is known for only 40% of open interest, too little to infer dealer hedging." in sentences


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "After 41 earlier bearish verdicts in AAA the price fell over 3 sessions in 52% of cases, against a base rate of 46% "
             "over 250 sessions."),
        ({"verdict": 1}, "After 41 earlier bullish verdicts in AAA the price rose over 3 sessions in 52% of cases"),
        ({"n": 9}, "Only 9 earlier bearish verdicts in AAA have a 3-session outcome, too few to judge."),
        ({"n": 1}, "Only 1 earlier bearish verdict in AAA has a 3-session outcome, too few to judge."),
        ({"n": 0}, "No earlier bearish verdict in AAA has a 3-session outcome yet."),
        ({"verdict": 0}, ""),
        ({"verdict": None}, ""),
    ],
)  # fmt: skip
def test_the_record_of_a_verdict(changes: dict[str, Any], text: str) -> None:
    sentence = record_sentence(replace(FACTS.record, **changes), "AAA")
    assert sentence.startswith(text)
    assert bool(sentence) == bool(text)


def test_a_neutral_verdict_has_no_record() -> None:
    report = make_report(verdict="neutral", record=replace(FACTS.record, verdict=0))
    assert not any("earlier" in text and "verdict" in text for text in conclusions(report, USD))
