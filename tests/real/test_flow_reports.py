"""Flow reports on real days of IWM and TLT, beside the vendor's own files read with nothing of flowbt's."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flowbt.flow.excluded_flow import DividendPlay
from flowbt.flow.followed_triggers import Observed
from flowbt.flow.report import FlowReport
from flowbt.flow.triggers import FollowThrough
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report import flow_report

Contracts = dict[tuple[str, float, str], dict[str, Any]]


@pytest.fixture(scope="module")
def reported(real_lake: Lake, ingested: IngestOutcome) -> Callable[..., FlowReport]:
    assert ingested.files
    return lambda symbol, day, **asked: flow_report(real_lake, symbol, date.fromisoformat(day), **asked)


@pytest.fixture(scope="module")
def contracts(shared_data: Path) -> Callable[[str], Contracts]:
    """IWM's contracts of a day by expiry, strike and side, as the vendor gives them."""

    def read(day: str) -> Contracts:
        rows = json.loads((shared_data / "us-chains" / day / "iwm.json").read_text("utf-8"))["contracts"]
        found: Contracts = {}
        for row in rows:
            for side in ("call", "put"):
                expiration, strike, _ = row[f"{side}Option"].split("_")
                found[expiration, float(strike), side] = {
                    name.lower(): row[f"{side}{name}"] for name in ("Price", "Delta", "Volume", "Oi")
                }
        return found

    return read


def test_a_dividend_play_is_noise_and_no_bullish_verdict(reported: Callable[..., FlowReport]) -> None:
    report = reported("IWM", "2026-06-12")
    play = next(row for row in report.noise if isinstance(row, DividendPlay))
    assert play.premium > 2.7e9
    assert play.net_premium_with is not None
    assert play.net_premium_with > 2.7e9
    assert report.flow.net_premium is not None
    assert -2e7 < report.flow.net_premium < 0
    assert report.verdict is None
    assert report.reasons == ("too little history: 14 sessions in the lake, 21 needed",)
    assert "a dividend play, not bullish flow" in " ".join(report.conclusions)


def test_a_day_without_enough_history_says_so(reported: Callable[..., FlowReport]) -> None:
    report = reported("IWM", "2026-06-05")
    assert (report.verdict, report.score) == (None, None)
    assert "NO VERDICT" in page_text(flow_page(report))
    assert "neutral" not in page_text(flow_page(report)).lower()


def test_what_traded_and_what_is_held_is_what_the_vendor_says(
    reported: Callable[..., FlowReport], contracts: Callable[[str], Contracts]
) -> None:
    report, day = reported("IWM", "2026-08-20"), contracts("2026-08-20")
    for row in report.notable:
        given = day[row.expiration.isoformat(), row.strike, row.option_type]
        assert (row.volume, row.open_interest) == (given["volume"], given["oi"])
        assert row.premium == pytest.approx(100 * given["volume"] * given["price"])


def test_the_largest_bets_are_those_of_the_vendors_file(
    reported: Callable[..., FlowReport], contracts: Callable[[str], Contracts]
) -> None:
    report, day = reported("IWM", "2026-08-20"), contracts("2026-08-20")
    bets = {key: 100 * row["volume"] * row["price"] for key, row in day.items() if abs(row["delta"]) < 0.9}
    largest = sorted(bets, key=lambda key: -bets[key])[:4]
    assert [(row.expiration.isoformat(), row.strike, row.option_type) for row in report.notable[:4]] == largest


def test_follow_through_is_the_open_interest_published_the_next_morning(
    reported: Callable[..., FlowReport], contracts: Callable[[str], Contracts]
) -> None:
    report, after = reported("IWM", "2026-08-20", follow=True), contracts("2026-08-21")
    watched = (
        [row for row in report.follow_up.watch if isinstance(row.trigger, FollowThrough)] if report.follow_up else []
    )
    assert len(watched) == 2
    for row in watched:
        assert isinstance(row.trigger, FollowThrough)
        trigger = row.trigger
        open_interest = after[trigger.expiration.isoformat(), trigger.strike, trigger.option_type]["oi"]
        assert row.seen == Observed(open_interest=open_interest)


def test_tlt_has_a_verdict_by_its_own_habit(reported: Callable[..., FlowReport]) -> None:
    report = reported("TLT", "2026-08-21")
    assert report.verdict == "bearish"
    assert (report.flow.put_call_oi_ratio or 9) < 1


def test_the_open_interest_that_the_vendor_copied_is_told(reported: Callable[..., FlowReport]) -> None:
    assert any(row.kind == "stale" for row in reported("IWM", "2026-08-18").noise)
