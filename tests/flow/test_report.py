"""A day's report: nothing in it comes from later, and what is not known is None."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from flowbt.flow.flow_numbers import percentile
from flowbt.flow.report import FlowReport
from flowbt.flow.triggers import LevelBroken, RenewedTrading, VerdictRepeated
from flowbt.lake import Lake
from flowbt.metrics import Decision
from flowbt.schema import PRICE_BARS, PRINTS, conform
from flowbt.workflows.flow_report import flow_report, flow_reports

Bars = Callable[..., pl.DataFrame]
Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
LakeUntil = Callable[[int], Lake]

SESSIONS = 24
FIRST = 18
"""From here on days are looked at: a verdict takes `SETTINGS` sessions, the Bollinger bands 20."""
SETTINGS = {"min_history": "5", "lookback": "10"}
EXPIRATIONS = (date(2026, 2, 6), date(2026, 2, 13), date(2026, 2, 20))
LONGEST = date(2026, 3, 20)


def number(*key: int) -> int:
    """A number below 100 that looks like chance and is always the same."""
    mixed = 17
    for part in key:
        mixed = (mixed * 1_103_515_245 + part * 12_345 + 6_789) % 2_147_483_647
    return mixed // 1_000 % 100


def price_of(place: int) -> float:
    return 100.0 + (number(place, 1) - 50) / 20


def chain_of(chain: Chain, day: date, place: int) -> pl.DataFrame:
    """Calls and puts at seven strikes of four expiries."""
    spot = price_of(place)
    parts = []
    for expiry, expiration in enumerate((*EXPIRATIONS, LONGEST)):
        if expiration < day:
            continue
        strikes: dict[float, dict[str, Any]] = {}
        for strike in range(94, 107, 2):
            row: dict[str, Any] = {}
            for side, sign in (("call", 1), ("put", -1)):
                last = round(max(sign * (spot - strike), 0) + 1 + expiry / 2, 2)
                row |= {
                    f"{side}_volume": 10 * number(place, expiry, strike, sign),
                    f"{side}_open_interest": 500 + 5 * number(place, expiry, strike, sign, 2),
                    f"{side}_last": last,
                    f"{side}_bid": last - 0.05,
                    f"{side}_ask": last + 0.05,
                    f"{side}_iv": 0.2 + number(place, expiry, 3) / 1_000,
                }
            strikes[strike] = row
        parts.append(chain(strikes, day=day, expiration=expiration, spot=spot))
    return pl.concat(parts)


def bars_of(days: Sequence[date]) -> pl.DataFrame:
    rows = []
    for place, day in enumerate(days):
        close, opened = price_of(place), price_of(place) + (number(place, 4) - 50) / 100
        high, low = max(opened, close) + number(place, 5) / 80, min(opened, close) - number(place, 6) / 80
        bar = {"open": opened, "high": high, "low": low, "close": close, "volume": 1_000 + number(place, 7)}
        rows.append({"symbol": "AAA", "date": day, **bar})
    return conform(pl.DataFrame(rows), PRICE_BARS)


def tape_of(days: Sequence[date]) -> pl.DataFrame:
    """Two prints a day, one of them a block."""
    rows = [
        {
            "symbol": "AAA", "date": day, "time": datetime.combine(day, time(15, 0, size % 60), UTC), "root": "AAA",
            "expiration": LONGEST, "strike": 104.0, "option_type": "call", "price": 2.0, "size": size, "side": "ask",
            "multiplier": 100.0, "source": "test",
        }
        for day in days
        for size in (5, 2_000)
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), PRINTS)


@pytest.fixture(scope="module")
def lake_until(chain: Chain, store: Store, days: Sequence[date]) -> LakeUntil:
    """A lake of the first so many sessions; each is made once."""
    made: dict[int, Lake] = {}

    def until(count: int) -> Lake:
        if count not in made:
            held = days[:count]
            lake = store(*(chain_of(chain, day, place) for place, day in enumerate(held)), bars=bars_of(held))
            lake.write_prints(tape_of(held))
            made[count] = lake
        return made[count]

    return until


def reports(lake: Lake, first: date, **asked: Any) -> list[FlowReport]:
    return list(flow_reports(lake, "AAA", first, settings=SETTINGS, **asked))


ASKED: dict[str, Any] = {"levels": {"my line": 101.0}, "contracts": ["AAA260320C00104000", "AAA20250919C220"]}


@pytest.fixture(scope="module", params=["close", "pre_open"])
def decision(request: pytest.FixtureRequest) -> Decision:
    chosen: Decision = request.param
    return chosen


@pytest.fixture(scope="module")
def ranged(lake_until: LakeUntil, days: Sequence[date], decision: Decision) -> list[FlowReport]:
    """The documents of the last six of all sessions."""
    return reports(lake_until(SESSIONS), days[FIRST], decision=decision, **ASKED)


def test_the_lake_says_enough_to_be_tested_on(ranged: list[FlowReport]) -> None:
    known = ranged[:-1]
    assert len(known) == SESSIONS - FIRST - 1
    assert {document.verdict for document in known} > {"neutral"}
    for name in ("notable", "cited", "prints", "max_pain", "noise", "watch", "trade_ideas", "charts"):
        assert all(getattr(document, name) for document in known), name
    kinds = {row.kind for document in known for row in document.watch}
    assert kinds == {"follow_through", "renewed", "level", "verdict"}
    assert any(idea.active for document in known for idea in document.trade_ideas)
    assert any(idea.record.n for document in known for idea in document.trade_ideas)
    assert any(document.record.n for document in known)


def test_a_day_of_a_range_is_as_the_day_alone(
    ranged: list[FlowReport], lake_until: LakeUntil, days: Sequence[date], decision: Decision
) -> None:
    for place in (FIRST, FIRST + 3, SESSIONS - 1):
        alone = flow_report(lake_until(SESSIONS), "AAA", days[place], settings=SETTINGS, decision=decision, **ASKED)
        assert ranged[place - FIRST] == alone


@pytest.mark.parametrize("place", [FIRST, FIRST + 3])
def test_nothing_comes_from_later(
    place: int, ranged: list[FlowReport], lake_until: LakeUntil, days: Sequence[date], decision: Decision
) -> None:
    # before the open the chain of the session itself is there, with the open interest published that morning
    more = 1 if decision == "close" else 2
    [cut, *_] = reports(lake_until(place + more), days[place], decision=decision, **ASKED)
    assert replace(ranged[place - FIRST], newer_report=None) == replace(cut, newer_report=None)


def test_of_the_next_session_nothing_but_its_open_interest_is_read_before_its_open(
    lake_until: LakeUntil, days: Sequence[date], chain: Chain, store: Store
) -> None:
    held = [chain_of(chain, day, place) for place, day in enumerate(days[: FIRST + 1])]
    following = chain_of(chain, days[FIRST + 1], FIRST + 1)
    of_open_interest = [name for name in following.columns if name.endswith("open_interest")]
    given = [name for name in following.columns if name.startswith(("call_", "put_")) and name not in of_open_interest]
    morning = following.with_columns(pl.lit(None, following.schema[name]).alias(name) for name in given)
    lake = store(*held, morning.with_columns(underlying_price=pl.lit(55.0)), bars=bars_of(days[: FIRST + 1]))
    lake.write_prints(tape_of(days[: FIRST + 1]))
    asked: dict[str, Any] = {"settings": SETTINGS, "decision": "pre_open", **ASKED}
    assert flow_report(lake, "AAA", days[FIRST], **asked) == flow_report(
        lake_until(FIRST + 2), "AAA", days[FIRST], **asked
    )


def test_to_follow_up_changes_nothing_else(
    ranged: list[FlowReport], lake_until: LakeUntil, days: Sequence[date], decision: Decision
) -> None:
    followed = reports(lake_until(SESSIONS), days[FIRST], decision=decision, follow=True, **ASKED)
    assert [replace(document, follow_up=None) for document in followed] == ranged
    assert [document.follow_up and document.follow_up.sessions for document in followed] == [5, 4, 3, 2, 1, 0]


def test_of_the_last_day_nothing_is_followed_up_yet(lake_until: LakeUntil) -> None:
    document = flow_report(lake_until(SESSIONS), "AAA", settings=SETTINGS, follow=True)
    assert document.follow_up is not None
    assert {row.result for row in document.follow_up.watch} == {"not known yet"}


def test_a_follow_up_agrees_with_the_report_of_the_next_day(
    lake_until: LakeUntil, days: Sequence[date], decision: Decision
) -> None:
    found = reports(lake_until(SESSIONS), days[FIRST], decision=decision, follow=True)
    for document, following in pairwise(found):
        assert document.follow_up is not None
        assert following.close is not None
        for row in document.follow_up.watch:
            trigger = row.trigger
            if isinstance(trigger, VerdictRepeated):
                again = {None: "not known yet", document.verdict: "came"}
                assert row.result == again.get(following.verdict, "did not come")
            if isinstance(trigger, LevelBroken):
                beyond = following.close - trigger.price
                assert (row.result == "came") == (beyond > 0 if trigger.direction == "above" else beyond < 0)
            if isinstance(trigger, RenewedTrading):
                assert row.seen.ratio == following.flow.put_call_volume_ratio


def test_an_idea_is_followed_up_with_its_own_trade(lake_until: LakeUntil, days: Sequence[date]) -> None:
    followed = [
        (document, idea.trade)
        for document in reports(lake_until(SESSIONS), days[FIRST], follow=True)
        if document.follow_up
        for idea in document.follow_up.trade_ideas
        if idea.trade
    ]
    assert followed
    for document, trade in followed:
        assert trade.entry_date > document.date


def test_blocks_of_the_tape_are_in_the_document(lake_until: LakeUntil) -> None:
    [block] = flow_report(lake_until(SESSIONS), "AAA", settings=SETTINGS).prints
    assert (block.contract, block.size, block.premium) == ("AAA260320C00104000", 2_000, 400_000.0)


def test_before_the_open_of_a_session_not_held_the_open_interest_is_unpublished(
    lake_until: LakeUntil, days: Sequence[date]
) -> None:
    lake = lake_until(SESSIONS)
    asked: dict[Decision, date | None] = {"close": None, "pre_open": days[SESSIONS]}
    for decision, unpublished in asked.items():
        assert flow_report(lake, "AAA", settings=SETTINGS, decision=decision).unpublished == unpublished
    day_before = flow_report(lake, "AAA", days[SESSIONS - 2], settings=SETTINGS, decision="pre_open")
    assert (day_before.unpublished, day_before.newer_report) == (None, days[SESSIONS - 1])


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ([1.0, 2.0, 3.0, 4.0, 3.0], 0.75),
        ([1.0, 2.0, 3.0, 4.0, 0.0], 0.0),
        ([1.0, 2.0, 3.0, 4.0, 9.0], 1.0),
        ([1.0, 2.0, 3.0, 3.0], None),
        ([1.0, 2.0, 3.0, None, 3.0], None),
        ([1.0, 2.0, 3.0, 4.0, None, 2.0], 0.5),
        ([1.0, 2.0, 3.0, 4.0, None], None),
        ([1.0], None),
    ],
)
def test_a_percentile_is_the_share_of_four_or_more_earlier_sessions(
    values: list[float | None], share: float | None
) -> None:
    assert percentile(pl.Series(values), 4) == share


def bare(chain: Chain, days: Sequence[date], count: int = 1, **columns: Any) -> list[pl.DataFrame]:
    """Chains with volume only, of one strike."""
    spot = columns.pop("spot", 100.0)
    rows = {100: {"call_volume": 5, "put_volume": 5} | columns}
    return [chain(rows, day=day, expiration=LONGEST, spot=spot) for day in days[:count]]


def test_one_session_without_bars_and_open_interest(chain: Chain, store: Store, days: Sequence[date]) -> None:
    found = flow_report(store(*bare(chain, days)), "AAA", follow=True)
    assert (found.verdict, found.close, found.change, found.newer_report) == (None,) * 4
    assert found.history.earlier == 0
    assert (found.notable, found.watch, found.max_pain_flat) == ((), (), None)
    assert [idea.active for idea in found.trade_ideas] == [False] * 5
    assert found.positioning.call_additions == ()


def test_without_a_spot(chain: Chain, store: Store, days: Sequence[date], bars: Bars) -> None:
    chains = bare(chain, days, 2, spot=None, call_last=1.0, call_open_interest=9)
    found = flow_report(store(*chains, bars=bars([100.0])), "AAA", follow=True)
    assert (found.spot, found.spot_source, found.close) == (None, None, None)
    assert found.notable[0].distance is None
    assert {row.label for row in found.levels.labelled} == {None}
    assert [idea.active for idea in found.trade_ideas] == [False] * 5


def test_the_close_stands_in_for_a_spot_that_the_chain_lacks(
    chain: Chain, store: Store, days: Sequence[date], bars: Bars
) -> None:
    chains = bare(chain, days, 2, spot=None, call_last=1.0, call_open_interest=9)
    found = flow_report(store(*chains, bars=bars([100.0, 101.0])), "AAA")
    assert (found.spot, found.spot_source, found.close) == (101.0, "bar", 101.0)
    assert "spot_from_bar" in {row.kind for row in found.warnings}


def test_without_the_session_before_nothing_is_said_to_be_added(
    chain: Chain, store: Store, days: Sequence[date]
) -> None:
    chains = bare(chain, days, 3, call_last=1.0, call_open_interest=9)
    found = flow_report(store(chains[0], chains[2]), "AAA")
    assert found.positioning.call_oi_change is None
    assert found.notable[0].oi_change is None


def test_a_partial_snapshot_is_no_day_of_a_report(chain: Chain, store: Store, days: Sequence[date]) -> None:
    strikes = {strike: {"call_volume": 5, "call_last": 1.0, "call_open_interest": 50} for strike in range(90, 110)}
    few = {strike: row for strike, row in strikes.items() if strike < 93}
    chains = [chain(strikes, day=day, expiration=LONGEST) for day in days[:6]]
    lake = store(*chains, chain(few, day=days[6], expiration=LONGEST))
    found = flow_report(lake, "AAA", follow=True)
    assert (found.date, found.newer_report) == (days[5], None)
    assert flow_report(lake, "AAA", include_partial=True).date == days[6]
    # its open interest is that of the close before all the same
    published = flow_report(lake, "AAA", decision="pre_open")
    assert (published.date, published.unpublished) == (days[5], None)
    assert published.positioning.call_open_interest == 3 * 50


def test_bars_that_ended_long_before(chain: Chain, store: Store, days: Sequence[date], bars: Bars) -> None:
    old = bars([90.0, 91.0], on=[date(2025, 12, 1), date(2025, 12, 2)])
    found = flow_report(store(*bare(chain, days, 2), bars=old), "AAA", follow=True)
    assert (found.close, found.change, found.record.base_n) == (None, None, 0)


def test_bars_that_begin_later(chain: Chain, store: Store, days: Sequence[date], bars: Bars) -> None:
    later = bars([None, None, 91.0, 92.0])
    lake = store(*bare(chain, days, 2), bars=later)
    for follow in (False, True):
        assert flow_report(lake, "AAA", follow=follow).close is None


def test_the_change_is_from_the_bar_before(chain: Chain, store: Store, days: Sequence[date], bars: Bars) -> None:
    lake = store(*bare(chain, days, 3), bars=bars([100.0, 110.0, 99.0]))
    found = [document.change for document in flow_reports(lake, "AAA")]
    assert found == [None, pytest.approx(0.1), pytest.approx(-0.1)]


def test_settings_are_told_and_reach_the_ideas(lake_until: LakeUntil) -> None:
    found = flow_report(lake_until(SESSIONS), "AAA", settings=SETTINGS | {"bearish": "0.4"})
    assert (found.parameters["bearish"], found.parameters["min_history"]) == (0.4, 5)
    [short] = [idea for idea in found.trade_ideas if idea.idea == "short the verdict"]
    assert "--set signal.bearish=0.4" in short.command
