"""What is taken over from the lake as it is, is what the engine computes of the lake altered."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from flowbt.audit import metrics_subject, run_audit
from flowbt.audit.alterations import future_cut_off, started_later
from flowbt.audit.altered_lake import AlteredLake
from flowbt.audit.batched_cuts import add_differences
from flowbt.audit.compare import WAS, Differences
from flowbt.audit.replay import Replay
from flowbt.audit.target import Subject
from flowbt.lake import Chains, Lake
from flowbt.metrics import DECISIONS, SHIPPED, Catalogue, Decision, Request, compute
from flowbt.schema import STRIKE_ROWS

GURU_NANAK = date(2025, 11, 5)
NAMES = ("call_oi_change", "put_call_volume_ratio", "put_call_oi_ratio", "sma_30", "gex", "total_call_premium")


@pytest.fixture(scope="module")
def subject(define: Callable[..., Catalogue]) -> Subject:
    ahead = pl.col("put_call_oi_ratio").shift(-2)
    return metrics_subject("some", define(ahead=lambda: ahead), [*NAMES, "ahead"])


@pytest.fixture(scope="module")
def days(market: Lake) -> list[date]:
    found: list[date] = market.snapshots()["date"].unique().sort().to_list()
    return found


def turns(days: list[date]) -> list[date]:
    """The last and the first sessions of months, and one within."""
    at = [(before, day) for before, day in pairwise(days) if day.month != before.month]
    return [*(day for pair in at for day in pair), days[20]]


def computed(lake: Chains, subject: Subject, decision: Decision) -> pl.DataFrame:
    return compute(lake, Request(tuple(lake.symbols()), metrics=subject.metrics, decision=decision), subject.catalogue)


@pytest.mark.parametrize("decision", DECISIONS)
def test_of_a_future_cut_off(subject: Subject, market: Lake, days: list[date], decision: Decision) -> None:
    replay = Replay(subject, "snapshot", market, decision)
    replay.whole(days[0])
    for cut in turns(days):
        alteration = future_cut_off(cut, decision, replay.exchanges)
        expected = computed(AlteredLake(market, alteration), subject, decision)
        assert replay.altered(alteration, cut).equals(expected.select(replay.altered(alteration, cut).columns))


@pytest.mark.parametrize("decision", DECISIONS)
def test_of_a_later_start(subject: Subject, market: Lake, days: list[date], decision: Decision) -> None:
    replay = Replay(subject, "snapshot", market, decision)
    replay.whole(days[0])
    for start in turns(days):
        alteration = started_later(start)
        expected = computed(AlteredLake(market, alteration), subject, decision)
        assert replay.altered(alteration, start).equals(expected.select(replay.altered(alteration, start).columns))


def test_copies_show_what_the_engine_does(subject: Subject, market: Lake, days: list[date]) -> None:
    """Cut for cut: what differs in the copies differs in the engine's own values, and nothing else does."""
    replay = Replay(subject, "snapshot", market, "close")
    by_copies, by_engine = Differences(), Differences()
    cuts = days[10:-1:7]
    add_differences(by_copies, replay, cuts, None, "")
    for cut in cuts:
        altered = replay.altered(future_cut_off(cut, "close", replay.exchanges), cut)
        by_engine.compare(replay.whole(cut), altered, replay.keys, replay.columns, cut, "")
    assert by_copies.earliest == by_engine.earliest
    assert by_copies.cuts == by_engine.cuts == {"ahead()": set(cuts)}


def test_at_a_finer_grain_a_month_is_computed(market: Lake, define: Callable[..., Catalogue], days: list[date]) -> None:
    subject = metrics_subject("premium", define(), ["call_premium"])
    whole = Replay(subject, "strike", market, "close").whole(days[20])
    month = days[20].replace(day=1)
    assert whole["date"].is_between(month, month + timedelta(days=31)).all()
    assert WAS not in whole.columns


@pytest.fixture(scope="module")
def two_exchanges(market: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """SYN001 trades in Mumbai, which is closed on 5 November 2025 (Guru Nanak Jayanti); the others in New York."""
    lake = Lake(tmp_path_factory.mktemp("two"))
    rows = market.strike_rows(STRIKE_ROWS, market.symbols(), date(2025, 1, 1), date(2025, 12, 31))
    lake.write_strike_rows(rows.filter((pl.col("symbol") != "SYN001") | (pl.col("date") != GURU_NANAK)))
    lake.write_exchanges({"SYN001": "XNSE"})
    return lake


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_future_cut_off_on_a_holiday_of_one_exchange_leaves_the_past_as_it_was(
    decision: Decision, two_exchanges: Lake
) -> None:
    subject = metrics_subject("held", SHIPPED, ["call_open_interest", "call_oi_change", "call_volume"])
    replay = Replay(subject, "snapshot", two_exchanges, decision)
    cut = replay.altered(future_cut_off(GURU_NANAK, decision, replay.exchanges), GURU_NANAK)
    whole = replay.whole(GURU_NANAK).filter(pl.col("date") <= GURU_NANAK)
    assert whole.filter(pl.col("symbol") == "SYN001")["date"].max() == date(2025, 11, 4)
    assert whole.filter(pl.col("symbol") == "SYN001")["call_open_interest()"].tail(3).null_count() == 0
    assert cut.filter(pl.col("date") <= GURU_NANAK).equals(whole)


def test_two_exchanges_at_once_do_not_look_ahead(two_exchanges: Lake) -> None:
    subject = metrics_subject("held", SHIPPED, ["call_open_interest", "call_oi_change"])
    found = run_audit(subject, two_exchanges, two_exchanges.symbols(), decision="pre_open", random=2)
    assert found.ok, [check.detail for check in found.checks if not check.ok]
