"""Snapshots that were taken before their session ended are left out, unless they are asked for."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.metrics import Request, Tally, compute, compute_stored
from flowbt.workflows.flow_report import flow_report

Chain = Callable[..., pl.DataFrame]
NAMES = ("put_volume", "call_open_interest", "call_oi_change", "oi_breaches")


class WithPartialDay(Lake):
    """A lake that knows of one day that its snapshot was taken early."""

    day: date

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        return super().snapshots(symbols).with_columns(partial_day=pl.col("date") == self.day)


@pytest.fixture
def lake(chain: Chain, days: Sequence[date], tmp_path: Path) -> WithPartialDay:
    """Four days, the third of them partial."""
    lake = WithPartialDay(tmp_path)
    lake.day = days[2]
    for place, day in enumerate(days[:4]):
        row = {"call_open_interest": 10 * (place + 1), "call_volume": 99, "put_volume": place, "put_last": 1.0}
        lake.write_strike_rows(chain({100: row}, day=day, expiration=date(2026, 3, 20)))
    return lake


def found(lake: Lake, **request: Any) -> list[tuple[Any, ...]]:
    frame = compute(lake, Request(("AAA",), metrics=NAMES, **request))
    return [(row[1].day, *row[2:]) for row in frame.rows()]


def test_it_is_left_out_and_no_session_before(lake: Lake) -> None:
    assert found(lake) == [(5, 0, 10, None, None), (6, 1, 20, 10, 0), (8, 3, 40, None, None)]


def test_it_is_looked_at_where_it_is_asked_for(lake: Lake) -> None:
    assert found(lake, include_partial=True)[2:] == [(7, 2, 30, 10, 0), (8, 3, 40, 10, 0)]


def test_its_open_interest_was_published_before_its_open(lake: Lake) -> None:
    assert found(lake, decision="pre_open") == [(5, 0, 20, 10, 0), (6, 1, 30, 10, 0), (8, 3, None, None, None)]


def test_stored_values_with_it_and_without_it_are_told_apart(lake: Lake) -> None:
    for include in (False, True, False):
        request = Request(("AAA",), metrics=NAMES, include_partial=include)
        assert compute_stored(lake, request, Tally()).equals(compute(lake, request), null_equal=True)


def test_only_partial_days_are_asked_for(lake: WithPartialDay) -> None:
    with pytest.raises(LakeError, match="no snapshots for AAA"):
        found(lake, first=lake.day, last=lake.day)


def test_the_report_of_a_partial_day_must_be_asked_for(lake: WithPartialDay) -> None:
    with pytest.raises(LakeError, match="2026-01-07 was taken before its session ended: --include-partial"):
        flow_report(lake, "AAA", lake.day)
    assert flow_report(lake, "AAA", lake.day, include_partial=True).date == lake.day


def test_the_report_of_the_latest_day_is_of_a_whole_one(lake: WithPartialDay, days: Sequence[date]) -> None:
    lake.day = days[3]
    report = flow_report(lake, "AAA", decision="pre_open")
    assert (report.date, report.newer_report) == (days[2], None)
    assert report.positioning.call_open_interest == 40


def test_a_day_of_far_fewer_rows_than_usual_is_partial(
    chain: Chain, days: Sequence[date], store: Callable[..., Lake]
) -> None:
    def strikes(place: int) -> int:
        return {5: 5, 6: 6}.get(place, 10)

    lake = store(
        *(
            chain({100 + n: {"call_volume": 1} for n in range(strikes(place))}, day=day, expiration=date(2026, 3, 20))
            for place, day in enumerate(days[:8])
        )
    )
    assert lake.snapshots()["partial_day"].to_list() == [False] * 5 + [True, False, False]
    volumes = compute(lake, Request(("AAA",), metrics=("call_volume",)))
    assert volumes["call_volume"].to_list() == [10, 10, 10, 10, 10, 6, 10]
