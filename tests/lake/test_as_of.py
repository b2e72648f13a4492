"""A lake as it was: by version, by day, by time."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import FlowbtError, LakeError
from flowbt.lake import Lake
from flowbt.lake.delta.versions import AsOf

Chain = Callable[..., pl.DataFrame]
MON, TUE = date(2026, 1, 5), date(2026, 1, 6)
NOON = datetime(2026, 8, 21, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path, chain: Chain, bars: Chain, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A commit an hour from noon of 21 August 2026: Monday, its bar, Tuesday, Monday restated."""
    clock: Iterator[datetime] = (NOON + timedelta(hours=hour) for hour in range(9))
    monkeypatch.setattr("flowbt.lake.delta.commit.time.time_ns", lambda: int(next(clock).timestamp() * 1e9))
    lake = Lake(tmp_path / "lake")
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, day=MON))
    lake.write_bars(bars([10.0]))
    lake.write_strike_rows(chain({100: {"call_volume": 1}}, day=TUE))
    lake.write_strike_rows(chain({100: {"call_volume": 2}, 105: {}}, day=MON))
    return lake


@pytest.mark.parametrize(
    ("as_of", "held", "priced"),
    [
        (0, 1, 0),
        ("0", 1, 0),
        (1, 2, 1),
        (2, 2, 1),
        ("2026-08-21", 2, 1),
        (date(2026, 8, 21), 2, 1),
        ("2026-08-21T12:00", 1, 0),
        ("2026-08-21T12:59:59", 1, 0),
        ("2026-08-21T13:00:00Z", 1, 1),
        ("2026-08-21T15:00:00+02:00", 1, 1),
        (datetime(2026, 8, 21, 14, tzinfo=UTC), 2, 1),
        ("2030-01-01", 2, 1),
        (None, 2, 1),
    ],
)
def test_what_was_there(lake: Lake, as_of: AsOf | None, held: int, priced: int) -> None:
    then = Lake(lake.path, as_of)
    assert (then.snapshots().height, then.bars().height) == (held, priced)


def test_a_restated_day_is_as_it_was(lake: Lake) -> None:
    assert Lake(lake.path, 1).snapshots()["strikes"].to_list() == [1, 1]
    assert Lake(lake.path, 2).snapshots()["strikes"].to_list() == [2, 1]


def test_versions_and_commits_are_those_of_then(lake: Lake) -> None:
    then = Lake(lake.path, "2026-08-21T14:30")
    assert then.versions() == {"chains": 1, "prices": 0}
    assert [row["timestamp"] for row in then.commits()] == [NOON, NOON + timedelta(hours=2)]


def test_it_takes_no_writes(lake: Lake, chain: Chain, bars: Chain) -> None:
    then = Lake(lake.path, 1)
    with pytest.raises(LakeError, match="was opened as of 1: it cannot be written"):
        then.write_strike_rows(chain({100: {}}))
    with pytest.raises(LakeError, match="was opened as of 1: it cannot be written"):
        then.write_bars(bars([1.0]))


def test_a_version_that_does_not_exist(lake: Lake) -> None:
    with pytest.raises(LakeError, match="has no version 7: it has versions 0 to 2"):
        Lake(lake.path, 7).snapshots()


def test_a_moment_before_the_first_commit(lake: Lake) -> None:
    with pytest.raises(LakeError, match=r"was empty as of .*: its first commit was at 2026-08-21T12:00:00.000"):
        Lake(lake.path, "2026-08-20").versions()


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "-1"])
def test_what_is_no_moment(tmp_path: Path, text: str) -> None:
    with pytest.raises(FlowbtError, match="is not a valid time: write a date"):
        Lake(tmp_path, text)
