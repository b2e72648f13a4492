"""What is taken over from the lake as it is, is what the engine computes of the lake altered."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from flowbt.audit import metrics_subject
from flowbt.audit.alterations import future_cut_off, started_later
from flowbt.audit.compare import WAS, Differences
from flowbt.audit.copies import add_differences
from flowbt.audit.replay import Replay
from flowbt.audit.seen import AlteredLake
from flowbt.audit.subject import Subject
from flowbt.lake import Lake
from flowbt.metrics import DECISIONS, Catalogue, Decision, Request, compute

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


def computed(lake: Lake, subject: Subject, decision: Decision) -> pl.DataFrame:
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
