"""The sentences of a report: read-throughs, reasons, noise, warnings, positioning."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.report.flow.hand_made import (
    ADDITION,
    BLOCK,
    CALL,
    DAY,
    EXPIRY,
    FACTS,
    HEDGING,
    MAX_PAIN,
    NOISE,
    POSITIONING,
    PUT,
    make_report,
    values_of,
)  # fmt: skip

from flowbt.flow.cited import CitedContract
from flowbt.flow.contracts import Addition, NotableContract
from flowbt.flow.excluded_flow import ExcludedFlow, RefusedCitation, SmallContract
from flowbt.flow.report import FlowReport, HistoryLength
from flowbt.flow.warnings import DataWarning, GammaCoverage, NoBar, PriceJump, Relisted
from flowbt.report.flow import excluded_flow, positioning, verdict
from flowbt.report.flow.money import Money
from flowbt.report.flow.read_through import block_read_through, read_through
from flowbt.report.flow.warnings import WARNINGS, warning

USD = Money.on("XNYS")


def facts(**changes: Any) -> FlowReport:
    return replace(FACTS, **changes)


def test_the_heaviest_part_of_the_score_comes_first_and_clipping_is_reported() -> None:
    assert verdict.reasons(FACTS) == (
        "put/call volume ratio: 3.0 standard deviations more bearish than its 25-session average (clipped)",
        "net premium ratio: 1.5 standard deviations more bearish than its 25-session average",
        "change of the put/call open interest ratio: 0.3 standard deviations more bullish than its 25-session average",
    )


def test_the_average_is_no_longer_than_the_lookback() -> None:
    long = HistoryLength(sessions=200, earlier=199, needed=21, lookback=63)
    assert all("63-session average" in reason for reason in verdict.reasons(facts(history=long)))


def test_too_little_history_is_the_only_reason() -> None:
    history = HistoryLength(sessions=1, earlier=0, needed=21, lookback=63)
    assert verdict.reasons(facts(score=None, verdict=None, history=history)) == (
        "too little history: 1 session in the lake, 21 needed",
    )


def test_open_interest_that_is_not_published_is_reported_before_what_is_missing() -> None:
    parts = {"net_premium_ratio": -0.5, "put_call_volume_ratio": None, "put_call_oi_ratio_change": None}
    first, second = verdict.reasons(facts(score=None, verdict=None, parts=parts, unpublished=date(2026, 1, 6)))
    assert first.startswith(
        "the open interest of the close of 2026-01-05 is not known: it is published before the open of"
    )
    assert second.endswith(": put/call volume ratio, change of the put/call open interest ratio")


OPENED = "at least 7,840 contracts were opened (some may have been closed the same day)"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (PUT, f"Short-dated (11 days left), side unknown; 21.0% of the day's premium; volume 30,250 against open interest 22,410: "
              f"{OPENED}; strike 5.0% below the spot, break-even $93.90."),
        (CALL, "Short-dated (4 days left), side unknown; 0.4% of the day's premium; volume 1,000 against open interest 5,000: all of "
               "it may be closing trades; strike 5.0% above the spot, break-even $105.50. Probably noise: too small next to the put "
               "flow. The next published open interest will show whether positions changed."),
        (replace(CALL, oi_change_is_of_day=True),
         "Short-dated (4 days left), side unknown; 0.4% of the day's premium; volume 1,000; open interest fell by 10 to 5,000; "
         "strike 5.0% above the spot, break-even $105.50. Probably noise: too small next to the put flow, and its open interest "
         "hardly changed."),
        (replace(PUT, open_interest=None),
         "Short-dated (11 days left), side unknown; 21.0% of the day's premium; volume 30,250, open interest unknown; "
         "strike 5.0% below the spot, break-even $93.90."),
        (replace(PUT, dte=0, last_trading_day=DAY, tenor="immediate", share_of_gross=None, open_interest=None,
                 opened_at_least=None, break_even=None, distance=None),
         "Immediate (expired today), side unknown; volume 30,250; strike at an unknown distance from the spot."),
        (replace(PUT, dte=1, last_trading_day=DAY),
         "Short-dated (last trading day), side unknown; 21.0% of the day's premium; volume 30,250; strike 5.0% below the spot."),
        (replace(PUT, dte=1, volume=0, share_of_gross=0.0),
         "Short-dated (1 day left), side unknown; 0.0% of the day's premium; did not trade; strike 5.0% below the spot, "
         "break-even $93.90."),
    ],
)  # fmt: skip
def test_a_contracts_day(row: NotableContract, text: str) -> None:
    assert read_through(row, DAY, USD) == text


@pytest.mark.parametrize(
    ("side", "text"),
    [
        ("ask", "bought at the ask"),
        ("bid", "sold at the bid"),
        ("mid", "traded inside the quote"),
        (None, "side unknown"),
    ],
)
def test_a_block_and_a_contract_by_its_side(side: str | None, text: str) -> None:
    assert block_read_through(replace(BLOCK, side=side), DAY) == (
        f"Short-dated (1 day left), {text}; 1.9% of the day's premium; volume 30,250 against open interest 22,410: {OPENED}; "
        "strike 5.0% below the spot."
    )
    assert f"(11 days left), {text};" in read_through(replace(PUT, side=side), DAY, USD)


@pytest.mark.parametrize(("volume", "text"), [(None, "volume unknown"), (0, "did not trade")])
def test_no_volume_differs_from_an_unknown_one(volume: int | None, text: str) -> None:
    assert f"; {text}; " in read_through(replace(PUT, volume=volume, opened_at_least=None), DAY, USD)


@pytest.mark.parametrize(
    ("change", "text"), [(5, "rose by 5 to 22,410"), (-5, "fell by 5 to 22,410"), (0, "unchanged at 22,410")]
)
def test_the_change_of_the_day_itself(change: int, text: str) -> None:
    row = replace(PUT, oi_change_is_of_day=True, oi_change=change)
    assert f"; volume 30,250; open interest {text}; " in read_through(row, DAY, USD)


def test_every_kind_of_noise_has_a_reason_with_a_number() -> None:
    kinds = {"dividend_play", "small", "expiring", "parity", "stale", "breaches", "refused", "rejected"}
    assert {row.kind for row in NOISE} == kinds
    for row in make_report().noise:
        assert any(letter.isdigit() for letter in row.what + row.why)
        assert row.why.endswith(".")


def test_noise_without_words_is_an_error() -> None:
    with pytest.raises(TypeError, match="no words for ExcludedFlow"):
        excluded_flow.with_reason(ExcludedFlow(kind="new"), USD)


def test_a_small_contract_where_nothing_traded_on_the_other_side() -> None:
    row = SmallContract(**values_of(CALL) | {"kind": "small"}, other_premium=0.0)
    assert excluded_flow.with_reason(row, USD).why == (
        "No put traded. The next published open interest will show whether positions changed."
    )


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (PriceJump("jump", (2_411.64, 256.42)), "The underlying went from $2,411.64 to $256.42 without a split on"),
        (PriceJump("jump", ()), "The underlying went from n/a to n/a"),
        (Relisted("relisted", 203_828, 285_152), "Open interest changed by +203,828 calls and +285,152 puts in one session"),
        (DataWarning("no_open_interest"), "The source gives no open interest for this day, or 0 for every contract"),
        (DataWarning("no_volume"), "The source gives no volume for this day, or 0 for every contract"),
        (NoBar("no_bar", 3), "There is no price bar for this day (3 before it)"),
        (GammaCoverage("coverage", 0.4), "Gamma is known for 40% of open interest"),
    ],
)  # fmt: skip
def test_a_warning_names_the_problem(row: DataWarning, text: str) -> None:
    assert warning(row, USD).startswith(text)


def test_each_source_of_the_spot_has_its_warning() -> None:
    assert {"no_spot", "spot_from_bar", "spot_from_parity"} <= set(WARNINGS)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Not known: the open interest of the session before is missing."),
        ({"unpublished": date(2026, 1, 6)}, "Not known: the open interest of this close is published before the open of 2026-01-06."),
        ({"positioning": replace(POSITIONING, comparable=False)}, "Not comparable with the session before: see the warning."),
    ],
)  # fmt: skip
def test_why_a_change_is_not_known(changes: dict[str, Any], text: str) -> None:
    assert positioning.unknown_change(facts(**changes)) == text


@pytest.mark.parametrize("refused", [*excluded_flow.REFUSALS, "expired"])
def test_every_refusal_names_the_contract_and_the_reason(refused: str) -> None:
    row = RefusedCitation(
        contract="{0}{x}", expiration=EXPIRY, strike=1.0, option_type="put", refused=refused,
        last_trading_day=date(2026, 1, 15),
    )  # fmt: skip
    worded = excluded_flow.with_reason(row, USD)
    assert worded.what == "Cited contract {0}{x}"
    assert ("2026-01-15" in worded.why) == (refused == "expired")


@pytest.mark.parametrize(
    ("rows", "total", "text"),
    [
        ([ADDITION], 86_721, "+86,721 puts in total; most in the 16 Jan 2026 $95 put (+16,780 to 22,410)."),
        ([ADDITION, replace(ADDITION, strike=90.0)], None,
         "Most in the 16 Jan 2026 $95 put (+16,780 to 22,410) and the 16 Jan 2026 $90 put (+16,780 to 22,410)."),
        ([], -5, "−5 puts in total; no contract rose."),
        ([], None, "Not known."),
    ],
)  # fmt: skip
def test_additions(rows: list[Addition], total: int | None, text: str) -> None:
    assert positioning.additions(rows, "put", total, "Not known.", USD) == text


@pytest.mark.parametrize(
    ("changes", "verdict", "text"),
    [
        ({"gex": None}, "bearish", "The gamma exposure of this day is not known."),
        ({"consistency": "consistent"}, "bearish", "its sign matches the bearish verdict: consistent."),
        ({"consistency": "mixed"}, "bullish", "its sign contradicts the bullish verdict: mixed."),
        ({}, "bearish", "but below 0.25% it is immaterial."),
        ({}, "neutral", "there is no bearish or bullish verdict to compare it with."),
        ({}, None, "there is no bearish or bullish verdict to compare it with."),
        ({"consistency": None, "gex_share_of_volume": None}, "bearish",
         "GEX of −$12.5M per 1% move; without 20 price bars its size cannot be judged."),
    ],
)  # fmt: skip
def test_whether_gamma_supports_the_verdict(changes: dict[str, Any], verdict: str | None, text: str) -> None:
    assert positioning.consistency(replace(POSITIONING, **changes), verdict, USD).endswith(text)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "GEX −$12.5M per 1% move (gamma known for 100% of open interest); DEX net +9.1M shares, gross +168.5M shares."),
        ({"gex": None, "dex_net": None}, "GEX unknown; DEX unknown."),
    ],
)  # fmt: skip
def test_exposures(changes: dict[str, Any], text: str) -> None:
    assert positioning.exposures(replace(POSITIONING, **changes), USD) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"protective_puts_added": None}, "Not known."),
        ({"protective_puts_added": 0}, "No protective-type puts (OTM, 7–90 days) were added."),
        ({"reading": "collars", "collar_share": 0.8, "confidence": None},
         "Open interest in protective-type puts (OTM, 7–90 days) rose by 60,602; calls of matching delta rose by 80% of that, so "
         "most look like collars. A hypothesis: a chain does not show who bought."),
        ({"confidence": 0.35},
         "Open interest in protective-type puts (OTM, 7–90 days) rose by 60,602; calls of matching delta rose by only 1% of that, "
         "so few look like collars. A hypothesis of low confidence (0.35): a chain does not show who bought."),
    ],
)  # fmt: skip
def test_hedging_is_a_hypothesis(changes: dict[str, Any], text: str) -> None:
    assert positioning.hedging(replace(HEDGING, **changes), "Not known.") == text


TESTED = " `flowbt evaluate max_pain_gravity` tests whether the price is drawn to it."


@pytest.mark.parametrize(
    ("flat", "gap", "text"),
    [
        (True, 0.0204, "Flat at $98 across the next expiries; the spot is 2.0% above it."),
        (False, -0.0204, "$98 for the next expiry, 9 Jan 2026; the spot is 2.0% below it."),
        (None, 0.0004, "$98 for the next expiry, 9 Jan 2026; the spot is at it."),
    ],
)
def test_max_pain(flat: bool | None, gap: float, text: str) -> None:
    row = replace(MAX_PAIN[0], gap=gap)
    assert positioning.max_pain(facts(max_pain=(row,), max_pain_flat=flat), USD) == text + TESTED


def test_max_pain_that_differs_a_little_is_flat_around() -> None:
    first, _ = MAX_PAIN
    report = make_report(max_pain=(first, replace(first, max_pain=98.5)))
    assert positioning.max_pain(report, USD).startswith("Flat around $98 across the next expiries; ")
    assert "Max pain is flat around $98; the spot is 2.0% above it." in report.conclusions


def test_max_pain_that_is_not_known() -> None:
    row = MAX_PAIN[1]
    assert positioning.max_pain(facts(max_pain=()), USD) == "Unknown."
    assert positioning.max_pain(facts(max_pain=(row,)), USD) == "Unknown."
    known = facts(max_pain=(replace(row, max_pain=98.0),), max_pain_flat=False)
    assert positioning.max_pain(known, USD) == "$98 for the next expiry, 16 Jan 2026."


def test_sentences_are_added_to_the_facts_and_change_none() -> None:
    worded, before = make_report().document(), FACTS.document()
    with_words = {"notable", "cited", "prints", "noise", "watch"}
    added = {"conventions", "reasons", "conclusions"}
    for name in before.keys() - with_words - added:
        assert worded[name] == before[name]
    sentences = {"read_through", "what", "why", "trigger", "then", "known_at"}
    for name in with_words:
        for row, fact in zip(worded[name], before[name], strict=True):
            assert {key: row[key] for key in fact.keys() - sentences} == {
                key: fact[key] for key in fact.keys() - sentences
            }
    assert all(row.read_through for row in make_report().cited if isinstance(row, CitedContract))
    assert make_report().cited[-1].read_through == ""
