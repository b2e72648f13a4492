"""What became of triggers, levels and ideas, each at its boundary."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import polars as pl
import pytest

from flowbt.flow.day import Day
from flowbt.flow.follow_up import FollowedIdea, FollowedLevel, FollowedTrade, follow_up
from flowbt.flow.followed_triggers import Observed
from flowbt.flow.later_sessions import LaterSessions, contracts_reader
from flowbt.flow.levels import LabelledLevel
from flowbt.flow.track_record import Record
from flowbt.flow.trade_ideas import TradeIdea
from flowbt.flow.triggers import FollowThrough, LevelBroken, RenewedTrading, Trigger, VerdictRepeated
from flowbt.lake import Lake
from flowbt.metrics import Decision
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, TRADES, conform
from flowbt.workflows.flow_report import flow_report

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
Bars = Callable[..., pl.DataFrame]
Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
NO_BARS = pl.DataFrame(schema=PRICE_BARS)
NO_RECORD = Record(pl.DataFrame(), {}, {})


def later(
    *,
    bars: pl.DataFrame = NO_BARS,
    contracts: Sequence[Mapping[str, Any]] | None = None,
    record: Record = NO_RECORD,
    **tuesday: Any,
) -> LaterSessions:
    """What is known on Tuesday: bars, contracts, and numbers of its row of the history."""
    known = {"date": [TUESDAY]} | {name: [value] for name, value in tuesday.items()}
    empty: dict[str, list[Any]] = {"date": [], "put_call_volume_ratio": [], "verdict": [], "score": []}
    history = pl.DataFrame(known if tuesday else empty)
    on_tuesday = None if contracts is None else pl.DataFrame(contracts, infer_schema_length=None)
    return LaterSessions(history, bars, record, lambda day: on_tuesday if day == TUESDAY else None, "XNYS")


def judged(day: Day, trigger: Trigger, known: LaterSessions) -> tuple[str, dict[str, Any]]:
    [found] = follow_up(day, [trigger], [], [], known).watch
    return found.result, found.seen.document()


KEPT = FollowThrough(
    known_on=TUESDAY, clock="pre_open", contract="AAA260116C00100000", expiration=date(2026, 1, 16), strike=100.0,
    option_type="call", open_interest=100, volume=40, kept_at=120, closed_below=100,
)  # fmt: skip


@pytest.mark.parametrize(
    ("held", "result"),
    [(121, "came"), (120, "came"), (119, "undecided"), (100, "undecided"), (99, "unwind"), (0, "unwind")],
)
def test_whether_positions_were_kept(held: int, result: str, make_day: MakeDay, option: MakeRow) -> None:
    known = later(contracts=[option(100, open_interest=held)])
    assert judged(make_day(), KEPT, known) == (result, {"open_interest": held})


def test_without_the_chain_it_is_not_known(make_day: MakeDay) -> None:
    assert judged(make_day(), KEPT, later(contracts=None)) == ("not known yet", {})


@pytest.mark.parametrize(("side", "held"), [("put", 500), ("call", None)])
def test_without_the_contract_s_open_interest_it_is_not_known(
    side: str, held: int | None, make_day: MakeDay, option: MakeRow
) -> None:
    known = later(contracts=[option(100, side, open_interest=held)])
    assert judged(make_day(), KEPT, known) == ("not known yet", {})


def test_open_interest_of_another_root_at_the_strike_does_not_count(make_day: MakeDay, option: MakeRow) -> None:
    rows = [option(100, root="AAAW", open_interest=500), option(100, open_interest=110)]
    assert judged(make_day(), KEPT, later(contracts=rows)) == ("undecided", {"open_interest": 110})


RENEWED = RenewedTrading(
    known_on=TUESDAY, clock="close", option_type="call", strike=105.0,
    expirations=(date(2026, 1, 9), date(2026, 1, 16)), volume=10, ratio=2.0,
)  # fmt: skip


def broken(price: float, direction: Literal["above", "below"] = "above") -> LevelBroken:
    return LevelBroken(known_on=TUESDAY, clock="close", level="line", price=price, direction=direction)


def line(price: float, label: str, level: str = "line", of: str = "given") -> LabelledLevel:
    return LabelledLevel(level, price, label, None, of)


@pytest.mark.parametrize(
    ("volume", "ratio", "result"),
    [
        (11, 1.99, "came"),
        (10, 1.99, "did not come"),
        (11, 2.0, "did not come"),
        (11, 2.5, "did not come"),
        (None, 1.0, "did not come"),
    ],
)
def test_calls_must_trade_more_and_turn_the_ratio(
    volume: int | None, ratio: float, result: str, make_day: MakeDay, option: MakeRow
) -> None:
    rows = [option(105, volume=volume), option(104, volume=1_000), option(105, "put", volume=1_000)]
    known = later(contracts=rows, put_call_volume_ratio=ratio)
    assert judged(make_day(), RENEWED, known) == (result, {"volume": volume or 0, "ratio": ratio})


@pytest.mark.parametrize(("ratio", "result"), [(2.01, "came"), (2.0, "did not come"), (1.9, "did not come")])
def test_after_a_bullish_verdict_puts_must_raise_the_ratio(
    ratio: float, result: str, make_day: MakeDay, option: MakeRow
) -> None:
    trigger = replace(RENEWED, option_type="put", strike=95.0)
    known = later(contracts=[option(95, "put", volume=6), option(90, "put", volume=5)], put_call_volume_ratio=ratio)
    assert judged(make_day(), trigger, known) == (result, {"volume": 11, "ratio": ratio})


def test_without_a_chain_or_a_ratio_renewed_trading_is_not_known(make_day: MakeDay, option: MakeRow) -> None:
    without_ratio = later(contracts=[option(105, volume=11)], put_call_volume_ratio=None)
    without_chain = later(contracts=None, put_call_volume_ratio=1.0)
    for known in (without_ratio, without_chain):
        assert judged(make_day(), RENEWED, known) == ("not known yet", {})


@pytest.mark.parametrize(
    ("direction", "close", "result"),
    [
        ("above", 105.01, "came"),
        ("above", 105.0, "did not come"),
        ("below", 104.99, "came"),
        ("below", 105.0, "did not come"),
    ],
)
def test_a_close_beyond_a_level(
    direction: Literal["above", "below"], close: float, result: str, make_day: MakeDay, bars: Bars
) -> None:
    trigger = broken(105.0, direction)
    assert judged(make_day(), trigger, later(bars=bars([100.0, close]))) == (result, {"close": close})


def test_a_level_without_the_session_s_bar_is_not_known(make_day: MakeDay, bars: Bars) -> None:
    trigger = broken(105.0)
    assert judged(make_day(), trigger, later(bars=bars([100.0, None, 110.0]))) == ("not known yet", {})


@pytest.mark.parametrize(
    ("verdict", "result"), [(-1, "came"), (0, "did not come"), (1, "did not come"), (None, "not known yet")]
)
def test_the_same_verdict_again(verdict: int | None, result: str, make_day: MakeDay) -> None:
    trigger = VerdictRepeated(known_on=TUESDAY, clock="close", verdict=-1)
    assert judged(make_day(), trigger, later(verdict=verdict, score=-0.5))[0] == result


def test_a_verdict_known_before_the_open_is_that_of_the_session_before(make_day: MakeDay) -> None:
    trigger = VerdictRepeated(known_on=date(2026, 1, 7), clock="pre_open", verdict=-1)
    assert judged(make_day(), trigger, later(verdict=-1, score=-0.5)) == ("came", {"verdict": -1, "score": -0.5})


def ranges(*lows_highs_closes: tuple[float, float, float]) -> pl.DataFrame:
    """Bars from Tuesday on."""
    on = (TUESDAY, date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 9), date(2026, 1, 12), date(2026, 1, 13))
    rows = [
        {"symbol": "AAA", "date": day, "open": close, "high": high, "low": low, "close": close, "volume": 1}
        for day, (low, high, close) in zip(on, lows_highs_closes, strict=False)
    ]
    return conform(pl.DataFrame(rows), PRICE_BARS)


def level_seen(day: Day, price: float, label: str, bars: pl.DataFrame) -> FollowedLevel:
    return follow_up(day, [], [line(price, label)], [], later(bars=bars)).levels[0]


@pytest.mark.parametrize(
    ("low", "close", "result"),
    [(95.01, 98.0, "not touched"), (95.0, 98.0, "held"), (94.0, 95.0, "held"), (94.0, 94.99, "broken")],
)
def test_a_support(low: float, close: float, result: str, make_day: MakeDay) -> None:
    assert level_seen(make_day(), 95.0, "support", ranges((low, 101.0, close))).result == result


@pytest.mark.parametrize(
    ("high", "close", "result"),
    [(104.99, 102.0, "not touched"), (105.0, 102.0, "held"), (106.0, 105.0, "held"), (106.0, 105.01, "broken")],
)
def test_a_resistance(high: float, close: float, result: str, make_day: MakeDay) -> None:
    assert level_seen(make_day(), 105.0, "resistance", ranges((99.0, high, close))).result == result


def test_a_level_is_told_with_the_sessions_that_touched_and_broke_it_first(make_day: MakeDay) -> None:
    quiet, touched, broken = (99.0, 101.0, 100.0), (94.0, 101.0, 100.0), (90.0, 96.0, 91.0)
    found = level_seen(make_day(), 95.0, "support", ranges(quiet, touched, broken, broken))
    assert (found.touched, found.broken) == (date(2026, 1, 7), date(2026, 1, 8))


def test_levels_are_followed_for_five_sessions(make_day: MakeDay) -> None:
    quiet, broken = (99.0, 101.0, 100.0), (90.0, 96.0, 91.0)
    sixth = ranges(quiet, quiet, quiet, quiet, quiet, broken)
    assert level_seen(make_day(), 95.0, "support", sixth).result == "not touched"
    assert level_seen(make_day(), 95.0, "support", sixth.filter(pl.col("date") != TUESDAY)).result == "broken"


def test_the_six_nearest_levels_of_a_side_are_followed(make_day: MakeDay) -> None:
    prices = [*range(108, 100, -1), *range(99, 91, -1)]
    rows = [line(price, "resistance" if price > 100 else "support") for price in prices]
    found = follow_up(make_day(), [], rows, [], later(bars=ranges((99.0, 101.0, 100.0))))
    assert [row.price for row in found.levels] == [106, 105, 104, 103, 102, 101, 99, 98, 97, 96, 95, 94]


def test_without_a_later_bar_nothing_is_said_of_levels_and_path(make_day: MakeDay, bars: Bars) -> None:
    found = follow_up(make_day(bars=bars([100.0])), [], [line(95.0, "support")], [], later(bars=bars([100.0])))
    assert (found.sessions, found.levels, found.path) == (0, (), ())


def test_pivots_of_a_session_are_not_followed_but_a_level_of_such_a_name_is(make_day: MakeDay, bars: Bars) -> None:
    labelled = [line(95.0, "support", "S1 classic, today", "chart"), line(95.0, "support", "pivot of mine")]
    found = follow_up(make_day(bars=bars([100.0])), [], labelled, [], later(bars=bars([100.0, 96.0])))
    assert [each.level for each in found.levels] == ["pivot of mine"]


def test_the_path_is_from_the_day_s_close(make_day: MakeDay, bars: Bars) -> None:
    closes = [100.0, 101.0, 102.0, 95.0, 96.0, None, 110.0]
    found = follow_up(make_day(bars=bars(closes[:1])), [], [], [], later(bars=bars(closes)))
    assert [row.document() for row in found.path] == [
        {"sessions": 1, "close": 101.0, "return": pytest.approx(0.01)},
        {"sessions": 2, "close": 102.0, "return": pytest.approx(0.02)},
        {"sessions": 3, "close": 95.0, "return": pytest.approx(-0.05)},
    ]
    assert found.sessions == 5


def test_without_the_day_s_bar_there_is_no_path(make_day: MakeDay, bars: Bars) -> None:
    assert follow_up(make_day(), [], [], [], later(bars=bars([None, 101.0]))).path == ()


def test_over_a_split_the_day_s_levels_and_close_are_carried(make_day: MakeDay, bars: Bars) -> None:
    split = pl.DataFrame([("AAA", TUESDAY, "split", 10.0)], schema=CORPORATE_ACTIONS, orient="row")
    prices = bars([100.0, 10.2, 9.7])
    known = replace(later(bars=prices), actions=split)
    found = follow_up(make_day(bars=prices.head(1)), [broken(101.0)], [line(96.0, "support")], [], known)
    assert [row.close for row in found.path] == [10.2, 9.7]
    assert [row.change for row in found.path] == pytest.approx([0.02, -0.03])
    assert found.watch[0].result == "came"
    assert found.watch[0].seen.close == pytest.approx(102.0)
    assert found.levels[0].result == "not touched"


def split_on_tuesday(known: LaterSessions, value: float) -> LaterSessions:
    return replace(known, actions=pl.DataFrame([("AAA", TUESDAY, "split", value)], CORPORATE_ACTIONS, orient="row"))


@pytest.mark.parametrize(("held", "result"), [(1_200, "came"), (1_199, "undecided"), (999, "unwind")])
def test_over_a_split_a_contract_is_ten_at_a_tenth_of_its_strike(
    held: int, result: str, make_day: MakeDay, option: MakeRow
) -> None:
    # the contract that has the old strike now is another one
    rows = [option(10, volume=0, open_interest=held), option(100, volume=0, open_interest=5_000)]
    known = split_on_tuesday(later(contracts=rows), 10)
    assert judged(make_day(), KEPT, known) == (result, {"open_interest": held // 10, "split": 10})


def test_a_strike_is_rounded_to_the_cent_by_a_split(make_day: MakeDay, option: MakeRow) -> None:
    known = split_on_tuesday(later(contracts=[option(14.29, volume=0, open_interest=840)]), 7)
    assert judged(make_day(), KEPT, known) == ("came", {"open_interest": 120, "split": 7})


@pytest.mark.parametrize(("volume", "result"), [(110, "came"), (109, "did not come")])
def test_over_a_split_trading_is_looked_for_at_the_new_strikes(
    volume: int, result: str, make_day: MakeDay, option: MakeRow
) -> None:
    rows = [option(10.5, volume=volume, open_interest=0), option(10.4, volume=9_000, open_interest=0)]
    known = split_on_tuesday(later(contracts=rows, put_call_volume_ratio=1.0), 10)
    assert judged(make_day(), RENEWED, known) == (result, {"volume": volume // 10, "ratio": 1.0, "split": 10})


@pytest.mark.parametrize("value", [1.5, 0.1])
@pytest.mark.parametrize("trigger", [KEPT, RENEWED])
def test_over_a_split_that_changes_what_a_contract_delivers_nothing_is_compared(
    trigger: Trigger, value: float, make_day: MakeDay, option: MakeRow
) -> None:
    known = split_on_tuesday(later(contracts=[option(100, open_interest=500)], put_call_volume_ratio=1.0), value)
    assert judged(make_day(), trigger, known) == ("not comparable", {"split": value})


def test_a_split_up_to_the_day_or_after_the_trigger_changes_nothing(make_day: MakeDay, option: MakeRow) -> None:
    splits = [("AAA", MONDAY, "split", 10.0), ("AAA", date(2026, 1, 7), "split", 10.0), ("AAA", TUESDAY, "dividend", 2)]
    actions = pl.DataFrame(splits, CORPORATE_ACTIONS, orient="row")
    known = replace(later(contracts=[option(100, open_interest=120)]), actions=actions)
    assert judged(make_day(), KEPT, known) == ("came", {"open_interest": 120})


IDEA = TradeIdea(
    idea="stock play", strategy="strategies/stock_play.py", description="", active=True, known=True, instrument="shares",
    side="long", entry_kind="limit", entry=99.0, valid_for=3, target=None, stop=None, horizon=5, exit_on=None,
    stop_from_fill=None, reward=None, risk=None, reward_to_risk=None, break_even_rate=None, target_moves=None, option=None,
    command="",
)  # fmt: skip


def trades(*signal_dates: date) -> Record:
    told = {
        "symbol": "AAA", "side": "long", "entry_date": TUESDAY, "entry_price": 99.0, "exit_date": date(2026, 1, 9),
        "exit_price": 101.0, "exit_reason": "time", "return": 0.02, "split_ratio": 1.0, "dividends": 0.0,
    }  # fmt: skip
    rows = pl.DataFrame([told | {"signal_date": day} for day in signal_dates]) if signal_dates else pl.DataFrame()
    return Record(
        pl.DataFrame(), {"stock play": conform(rows, TRADES) if signal_dates else pl.DataFrame(schema=TRADES)}, {}
    )


def ideas_followed(day: Day, record: Record, **changes: Any) -> tuple[FollowedIdea, ...]:
    return follow_up(day, [], [], [replace(IDEA, **changes)], later(record=record)).trade_ideas


def test_the_trade_of_an_idea_of_the_day(make_day: MakeDay) -> None:
    [found] = ideas_followed(make_day(), trades(date(2026, 1, 2), MONDAY))
    assert (found.idea, found.entry, found.valid_for) == ("stock play", 99.0, 3)
    assert found.trade == FollowedTrade(
        entry_date=TUESDAY,
        entry_price=99.0,
        exit_date=date(2026, 1, 9),
        exit_price=101.0,
        exit_reason="time",
        total_return=0.02,
        split_ratio=1.0,
        dividends=0.0,
    )


@pytest.mark.parametrize("signals", [(), (date(2026, 1, 2),)])
def test_an_order_that_did_not_fill_has_no_trade(signals: tuple[date, ...], make_day: MakeDay) -> None:
    assert ideas_followed(make_day(), trades(*signals))[0].trade is None


def test_an_idea_that_was_not_active_is_not_followed(make_day: MakeDay) -> None:
    assert ideas_followed(make_day(), trades(MONDAY), active=False) == ()


def test_the_contracts_of_a_session_are_read_with_their_open_interest_of_the_close_before(
    chain: Chain, store: Store
) -> None:
    lake = store(
        chain({100: {"call_volume": 1, "call_open_interest": 5}}, day=MONDAY, oi_lag=0),
        chain({100: {"call_volume": 2, "call_open_interest": 9}}, day=TUESDAY, oi_lag=0),
    )
    on_tuesday = contracts_reader(lake, "AAA")(TUESDAY)
    assert on_tuesday is not None
    assert on_tuesday.filter(option_type="call").select("volume", "open_interest").rows() == [(2, 5)]
    assert contracts_reader(lake, "AAA")(date(2026, 1, 7)) is None


def test_adjusted_contracts_are_not_read(chain: Chain, store: Store) -> None:
    lake = store(
        chain({100: {"call_volume": 2}}, day=TUESDAY), chain({100: {"call_volume": 7}}, day=TUESDAY, root="AAA1")
    )
    on_tuesday = contracts_reader(lake, "AAA")(TUESDAY)
    assert on_tuesday is not None
    assert on_tuesday["root"].unique().to_list() == ["AAA"]


@pytest.mark.parametrize("decision", ["close", "pre_open"])
@pytest.mark.parametrize("oi_lag", [0, 1])
def test_open_interest_that_is_published_next_is_what_a_contract_is_judged_by(
    decision: Decision, oi_lag: int, chain: Chain, store: Store, days: Sequence[date]
) -> None:
    # at the closes of five sessions
    held = dict(zip(days, (20, 30, 40, 50, 60), strict=False))
    dated = {day: held[days[place - oi_lag]] for place, day in enumerate(days[:5]) if place >= oi_lag}
    june, rows = date(2026, 6, 19), {"call_volume": 10, "call_last": 1.0}
    lake = store(
        *(
            chain({100: rows | {"call_open_interest": count}}, day=day, expiration=june, oi_lag=oi_lag)
            for day, count in dated.items()
        )
    )
    day = days[2]
    followed = flow_report(lake, "AAA", day, decision=decision, follow=True).follow_up
    assert followed is not None
    [judged_of] = [row for row in followed.watch if isinstance(row.trigger, FollowThrough)]
    assert isinstance(judged_of.trigger, FollowThrough)
    known = days[1] if decision == "close" else days[2]
    published = days[2] if decision == "close" else days[3]
    assert judged_of.trigger.open_interest == held[known]
    assert judged_of.seen == Observed(open_interest=held[published])
