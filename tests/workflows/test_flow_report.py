"""The flow report on both clocks, and when its chain was quoted."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.errors import UnknownNameError
from flowbt.lake import Lake
from flowbt.report.flow import flow_page
from flowbt.report.kit.text import page_text
from flowbt.workflows.flow_report import flow_report


@pytest.fixture
def lake(chain: Callable[..., pl.DataFrame], days: Sequence[date], tmp_path: Path) -> Lake:
    """Thirty days; the volume and the open interest of calls and puts sway."""
    lake = Lake(tmp_path)
    rows = [
        chain(
            {100: {f"{side}_{name}": 50 + (place * factor) % 7 for side, factor in (("call", 3), ("put", 2))
                   for name in ("volume", "open_interest", "last")}},
            day=day, expiration=date(2026, 3, 20),
        )
        for place, day in enumerate(days[:30])
    ]  # fmt: skip
    lake.write_strike_rows(pl.concat(rows))
    return lake


def test_on_the_last_day_the_open_interest_of_its_close_is_not_published_yet(lake: Lake, days: Sequence[date]) -> None:
    report = flow_report(lake, "AAA", decision="pre_open")
    assert (report.date, report.verdict) == (days[29], None)
    assert report.reasons[0] == (
        "the open interest of the close of 2026-02-17 is not known: it is published before the open of 2026-02-18, "
        "whose chain is not in the lake"
    )
    text = page_text(flow_page(report))
    assert "- the open interest of the close of 2026-02-17 is not known" in text
    assert "NO VERDICT" in text
    assert "is not known." in text


def test_the_day_before_has_a_verdict_on_both_clocks(lake: Lake, days: Sequence[date]) -> None:
    for decision in ("close", "pre_open"):
        report = flow_report(lake, "AAA", days[28], decision=decision)
        assert (report.decision, len(report.reasons)) == (decision, 3)
        assert report.verdict is not None


def test_what_is_added_before_the_open_is_what_the_next_close_knows(lake: Lake, days: Sequence[date]) -> None:
    before_the_open = flow_report(lake, "AAA", days[28], decision="pre_open").positioning
    close = flow_report(lake, "AAA", days[29]).positioning
    names = ("call_open_interest", "put_open_interest", "call_oi_change", "put_oi_change")
    assert [getattr(before_the_open, name) for name in names] == [getattr(close, name) for name in names]


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ("close", "open interest as known at this close"),
        ("pre_open", "open interest of this close, published before the next open"),
    ],
)
def test_it_says_which_open_interest(decision: Any, words: str, lake: Lake, days: Sequence[date]) -> None:
    report = flow_report(lake, "AAA", days[28], decision=decision)
    assert words in " ".join(page_text(flow_page(report)).split())
    assert {"close": "known at the close", "pre_open": "published before the next open"}[
        decision
    ] in report.conventions["open_interest"]


def test_the_spot_bears_the_time_of_its_quote(
    chain: Callable[..., pl.DataFrame], days: Sequence[date], tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "quoted")
    moment = datetime(2026, 1, 5, 21, 15, tzinfo=UTC)
    rows = chain({100: {"call_volume": 1}}, day=days[0]).with_columns(
        quote_time=pl.lit(moment).dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    )
    lake.write_strike_rows(rows)
    report = flow_report(lake, "AAA")
    assert report.spot_time == moment
    assert "Spot $100.00 at 16:15 New York time" in page_text(flow_page(report))


def test_where_the_source_gives_no_time_there_is_none(lake: Lake) -> None:
    report = flow_report(lake, "AAA")
    assert report.spot_time is None
    assert "Spot $100.00 (the source gives no time)\n" in page_text(flow_page(report))


def test_a_decision_that_there_is_not(lake: Lake) -> None:
    decision: Any = "preopen"
    with pytest.raises(UnknownNameError, match="did you mean 'pre_open'"):
        flow_report(lake, "AAA", decision=decision)
