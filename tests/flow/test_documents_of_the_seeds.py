"""Whole documents of whole chains: IWM as on the days of the two documents of `tests/seeds`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.seeds import april, december, past

from flowbt.calendar import next_session, previous_session
from flowbt.flow.cited import RefusedContract
from flowbt.flow.report import FlowReport
from flowbt.flow.triggers import FollowThrough
from flowbt.lake import Lake
from flowbt.metrics import Decision
from flowbt.workflows.flow_report import flow_report, flow_reports

Store = Callable[..., Lake]
EARLIER = 7
SETTINGS = {"min_history": "3", "lookback": "10"}
BEFORE = previous_session(april.DAY)
DAY_BEFORE = previous_session(BEFORE)


@pytest.fixture(scope="module")
def chains() -> pl.DataFrame:
    return pl.concat([past.chains_before(EARLIER), april.chain()])


@pytest.fixture(scope="module")
def april_lake(store: Store, chains: pl.DataFrame) -> Lake:
    return store(chains, bars=past.bars())


@pytest.fixture(scope="module")
def document(april_lake: Lake) -> FlowReport:
    return flow_report(april_lake, "IWM")


@pytest.mark.parametrize(("decision", "held_until"), [("close", DAY_BEFORE), ("pre_open", BEFORE)])
def test_nothing_comes_from_later(
    decision: Decision, held_until: Any, april_lake: Lake, chains: pl.DataFrame, store: Store
) -> None:
    known = pl.col("date") <= held_until
    cut = store(chains.filter(known), bars=past.bars().filter(pl.col("date") <= DAY_BEFORE))
    alone = flow_report(cut, "IWM", DAY_BEFORE, SETTINGS, decision=decision)
    [of_range, *_] = flow_reports(april_lake, "IWM", DAY_BEFORE, settings=SETTINGS, decision=decision)
    assert alone.verdict is not None
    assert replace(of_range, newer_report=None) == replace(alone, newer_report=None)


def test_triggers_of_april(document: FlowReport) -> None:
    first, second = (row for row in document.watch if isinstance(row, FollowThrough))
    # 22,410 held and 30,250 traded; 15,320 and 21,480
    assert (first.contract, first.kept_at, first.closed_below) == ("IWM260515P00249000", 37_535, 22_410)
    assert (second.contract, second.kept_at, second.closed_below) == ("IWM260424P00256000", 26_060, 15_320)
    assert {row.known_on for row in document.watch} == {next_session(april.DAY)}


def test_notable_of_april_are_the_contracts_named_first(document: FlowReport) -> None:
    assert [row.contract for row in document.notable[:2]] == ["IWM260515P00249000", "IWM260424P00256000"]
    assert {row.kind for row in document.notable[:2]} == {"large contract day"}
    assert {row.option_type for row in document.notable} == {"call", "put"}


def test_additions_of_april(document: FlowReport) -> None:
    added = document.positioning.put_additions
    assert [(row.contract, row.oi_change) for row in added[:2]] == [
        ("IWM260515P00249000", 16_780),
        ("IWM260424P00256000", 11_340),
    ]


def test_the_contract_that_the_signal_of_december_cites_had_expired(december_document: FlowReport) -> None:
    [refused] = [row for row in december_document.noise if isinstance(row, RefusedContract)]
    assert (refused.contract, refused.refused) == ("IWM20250919C220", "expired")


@pytest.fixture(scope="module")
def december_document(store: Store) -> FlowReport:
    lake = store(december.chain(), bars=december.bars())
    return flow_report(lake, "IWM", contracts=["IWM20250919C220"])


def test_this_friday_s_peaks_of_december(december_document: FlowReport) -> None:
    peaks = december_document.peaks
    assert [(row.strike, row.open_interest) for row in peaks.calls[:2]] == [(255.0, 10_000), (266.0, 8_401)]
    assert [row.open_interest for row in peaks.puts] == [7_739, 7_321, 5_682]
    assert (peaks.contention_strike, peaks.next_call_peak) == (255.0, 266.0)
    assert (peaks.expiration, peaks.put_floors) == (december.FRIDAY, (240.0, 235.0, 245.0))


def test_the_support_of_december_above_the_price_is_a_resistance(december_document: FlowReport) -> None:
    labels = {row.level: row.label for row in december_document.levels.labelled}
    assert labels["S1 fibonacci, today"] == "support"
    assert labels["Bollinger middle"] == "resistance"


def test_the_options_of_the_ideas_of_december(december_document: FlowReport) -> None:
    ideas = {row.idea: row for row in december_document.trade_ideas}
    assert ideas["option play"].instrument == "IWM260102C00255000"
    assert ideas["protective put"].instrument == "shares and IWM260102P00245000"
    for name in ("option play", "protective put"):
        option = ideas[name].option
        assert option is not None
        assert option.ask is not None
        assert (option.priced_by, option.cost) == ("ask", 100 * option.ask)


def test_with_one_session_only_there_is_no_verdict_and_no_record(december_document: FlowReport) -> None:
    assert (december_document.verdict, december_document.record.n) == (None, 0)
    assert not any(row.kind == "verdict" for row in december_document.watch)
