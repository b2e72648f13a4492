"""The flow report that flowbt writes on IWM of 2026-04-08, beside the one published: each line that a chain can tell."""

import pytest
from tests.seeds.april import DAY

from flowbt.flow.report import FlowReport
from flowbt.lake import Lake
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report import flow_report


@pytest.fixture(scope="module")
def report(april_lake: Lake) -> FlowReport:
    return flow_report(april_lake, "IWM", DAY)


@pytest.fixture(scope="module")
def text(report: FlowReport) -> str:
    """The report on one line, so that a sentence can be looked for however it is wrapped."""
    return " ".join(page_text(flow_page(report)).split())


PRINTED = {
    "the symbol, the day, and both prices": "IWM flow report, 2026-04-08 Spot $260.50 (the source gives no time); close $261.30",
    "net premium": "Net premium −$126.5M on",
    "P/C volume": "P/C volume ratio 2.98 (at or above all 25 earlier sessions, unusually high)",
    "P/C open interest": "P/C OI ratio 2.51",
    "puts add up over what calls do": "the 15 May 2026 $249 put (+16,780 to 22,410), the 24 Apr 2026 $256 put (+11,340 to 15,320)",
    "few calls are added": "the 15 May 2026 $270 call (+910 to 6,430)",
    "GEX": "GEX −$12.5M per 1% move",
    "DEX": "gross +168.5M shares",
    "clusters and their band": "Puts at $230P (132,452), $240P (124,776), $245P (120,817): 10% of all puts, band $230 to $245",
    "calls near the spot": "calls of the next expiry, 9 Apr 2026, at $260C (7,467)",
    "hedging": "calls of matching delta rose by only 1% of that, so few look like collars",
    "max pain": "Flat at $250 across the next expiries; the spot is 4.2% above it",
    "a medium-term bet": "15 May 2026 $249 put: Medium-term (37 days left)",
    "a short-dated bet": "24 Apr 2026 $256 put: Short-dated (16 days left)",
    "noise": "Probably noise: too small next to the",
    "follow-through or unwind": "Open interest of the 24 Apr 2026 $256 put at 26,060 or more, or below 15,320",
    "renewed call buying": "Renewed call trading at or above $266 (expiries 9 Apr 2026 to 10 Apr 2026)",
    "that lowers the ratio": "with the P/C volume ratio below today's 2.98",
}


@pytest.mark.parametrize("what", PRINTED)
def test_the_report_says(what: str, text: str) -> None:
    assert PRINTED[what] in text


def test_the_verdict_is_bearish_with_its_reasons_in_order_of_weight(report: FlowReport) -> None:
    assert report.verdict == "bearish"
    weights = [abs(part or 0) for part in report.parts.values()]
    deviations = [float(reason.split(": ")[1].split(" ")[0]) / 3 for reason in report.reasons]
    assert deviations == [pytest.approx(weight, abs=0.02) for weight in sorted(weights, reverse=True)]


def test_the_band_holds_what_its_strikes_hold(report: FlowReport) -> None:
    clusters = report.positioning.oi_clusters
    assert clusters.put_band == (230.0, 245.0)
    assert sum(row.open_interest for row in clusters.puts) == 132_452 + 124_776 + 120_817
    assert "378,045" in " ".join(report.conclusions)


def test_gamma_agrees_in_sign_but_is_too_small_to_count(report: FlowReport) -> None:
    positioning = report.positioning
    assert positioning.consistency == "immaterial"
    assert positioning.gex_share_of_volume is not None
    assert positioning.gex_share_of_volume < 0.0025


def test_spot_and_close_give_the_two_gaps(report: FlowReport) -> None:
    nearest = report.max_pain[0]
    assert report.close is not None
    assert nearest.max_pain is not None
    assert f"{nearest.gap:.1%}" == "4.2%"
    assert f"{report.close / nearest.max_pain - 1:.1%}" == "4.5%"


def test_triggers_say_when_they_can_be_judged(report: FlowReport) -> None:
    known = {row.kind: row.known_at for row in report.watch}
    assert known["follow_through"] == "2026-04-09 before the open"
    assert known["renewed"] == "2026-04-09 at the close"
