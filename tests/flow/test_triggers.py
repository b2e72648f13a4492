"""Triggers: what they are about, their thresholds, and when they can be judged."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import polars as pl
import pytest

from flowbt.flow.contracts import notable_contracts
from flowbt.flow.day import Day
from flowbt.flow.levels import labelled
from flowbt.flow.triggers import (
    FollowThrough,
    LevelBroken,
    RenewedTrading,
    Trigger,
    VerdictRepeated,
    near_expiries,
    triggers,
    volume_beyond,
)
from flowbt.metrics import Decision

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
T = TypeVar("T", bound=Trigger)
TUESDAY, WEDNESDAY, FRIDAY = date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 9)


def watched(day: Day, kind: type[T], own: dict[str, float] | None = None) -> list[T]:
    rows = triggers(day, notable_contracts(day), labelled(day, own or {}))
    return [row for row in rows if isinstance(row, kind)]


@pytest.mark.parametrize(
    ("held", "volume", "kept", "closed"), [(100, 40, 120, 100), (100, 41, 121, 100), (0, 1, 1, 0), (0, 10, 5, 0)]
)
def test_at_the_close_half_of_what_traded_must_be_held_on(
    held: int, volume: int, kept: int, closed: int, make_day: MakeDay, option: MakeRow
) -> None:
    [found] = watched(make_day([option(100, premium=1.0, open_interest=held, volume=volume)]), FollowThrough)
    assert (found.open_interest, found.kept_at, found.closed_below) == (held, kept, closed)
    assert found.contract == "AAA260116C00100000"


@pytest.mark.parametrize(("added", "kept", "closed"), [(40, 100, 80), (41, 100, 80), (5, 100, 98)])
def test_before_the_open_it_is_about_what_was_added(
    added: int, kept: int, closed: int, make_day: MakeDay, option: MakeRow
) -> None:
    contract = option(100, premium=1.0, open_interest=100, volume=50, contract_oi_change=added)
    [found] = watched(make_day([contract], decision="pre_open"), FollowThrough)
    assert (found.kept_at, found.closed_below) == (kept, closed)


@pytest.mark.parametrize("added", [4, 0, -5, None])
def test_before_the_open_little_or_nothing_added_is_nothing_to_keep(
    added: int | None, make_day: MakeDay, option: MakeRow
) -> None:
    contract = option(100, premium=1.0, open_interest=100, volume=50, contract_oi_change=added)
    assert watched(make_day([contract], decision="pre_open"), FollowThrough) == []


@pytest.mark.parametrize(
    ("day", "decision", "known_on"),
    [
        (date(2026, 1, 5), "close", date(2026, 1, 6)),
        (date(2026, 1, 5), "pre_open", date(2026, 1, 7)),
        (date(2026, 1, 2), "close", date(2026, 1, 5)),
        # Martin Luther King Day is on Monday 19 January
        (date(2026, 1, 16), "close", date(2026, 1, 20)),
        (date(2026, 1, 16), "pre_open", date(2026, 1, 21)),
        (date(2026, 1, 15), "pre_open", date(2026, 1, 20)),
        # Good Friday
        (date(2026, 4, 2), "close", date(2026, 4, 6)),
    ],
)
def test_open_interest_is_known_before_an_open(
    day: date, decision: Decision, known_on: date, make_day: MakeDay, option: MakeRow
) -> None:
    contract = option(
        100, expiration=date(2026, 6, 19), premium=1.0, open_interest=9, volume=5, contract_oi_change=4
    )  # fmt: skip
    [found] = watched(make_day([contract], day=day, decision=decision), FollowThrough)
    assert (found.known_on, found.clock) == (known_on, "pre_open")


@pytest.mark.parametrize(
    ("decision", "expiration", "judged"),
    [
        ("close", date(2026, 1, 5), False),
        ("close", TUESDAY, True),
        ("pre_open", TUESDAY, False),
        ("pre_open", WEDNESDAY, True),
    ],
)
def test_what_has_expired_by_then_is_not_watched(
    decision: Decision, expiration: date, judged: bool, make_day: MakeDay, option: MakeRow
) -> None:
    contract = option(
        100, expiration=expiration, premium=1.0, open_interest=9, volume=5, contract_oi_change=4
    )  # fmt: skip
    assert bool(watched(make_day([contract], decision=decision), FollowThrough)) is judged


@pytest.mark.parametrize("known", [{"open_interest": None}, {"volume": 0}, {"volume": None}])
def test_what_cannot_be_followed_is_not_watched(known: dict[str, Any], make_day: MakeDay, option: MakeRow) -> None:
    contract = option(100, **({"premium": 1.0, "open_interest": 9, "volume": 5} | known))
    assert watched(make_day([contract]), FollowThrough) == []


def test_two_contracts_are_watched_the_largest_first(make_day: MakeDay, option: MakeRow) -> None:
    contracts = [option(strike, premium=float(strike), open_interest=9, volume=5) for strike in (101, 102, 103)]
    assert [row.strike for row in watched(make_day(contracts), FollowThrough)] == [103, 102]


def expiring(*moves: tuple[date, float | None]) -> Sequence[dict[str, Any]]:
    return [{"expiration": expiration, "expected_move": move} for expiration, move in moves]


@pytest.fixture
def chain_of(make_day: MakeDay, option: MakeRow) -> Callable[..., Day]:
    """Calls and puts of Tuesday and Friday at every dollar from 95 to 105, one traded of each; expected are 2 and 3 USD."""

    def make(**today: Any) -> Day:
        contracts = [
            option(strike, side, expiration, volume=1)
            for expiration in (TUESDAY, FRIDAY)
            for side in ("call", "put")
            for strike in range(95, 106)
        ]
        known = {"put_call_volume_ratio": 2.0, "expiries": expiring((TUESDAY, 2.0), (FRIDAY, 3.0))}
        return make_day(contracts, **(known | today))

    return make


@pytest.mark.parametrize(
    ("verdict", "side", "strike"), [(-1, "call", 103), (0, "call", 103), (None, "call", 103), (1, "put", 97)]
)
def test_renewed_trading_is_against_the_lean_from_the_expected_move_on(
    verdict: int | None, side: str, strike: float, chain_of: Callable[..., Day]
) -> None:
    [found] = watched(chain_of(verdict=verdict), RenewedTrading)
    assert (found.option_type, found.strike) == (side, strike)
    # of two expiries, the strikes 103, 104, 105 or 95, 96, 97
    assert (found.volume, found.ratio, found.expirations) == (6, 2.0, (TUESDAY, FRIDAY))
    assert (found.known_on, found.clock) == (TUESDAY, "close")


@pytest.mark.parametrize(("verdict", "strike"), [(-1, 104), (1, 96)])
def test_the_strike_is_the_first_at_or_beyond_the_move(
    verdict: int, strike: float, chain_of: Callable[..., Day]
) -> None:
    day = chain_of(verdict=verdict, expiries=expiring((TUESDAY, 2.0), (FRIDAY, 3.1)))
    assert watched(day, RenewedTrading)[0].strike == strike


def test_the_move_is_that_of_the_last_near_expiry_that_has_one(chain_of: Callable[..., Day]) -> None:
    assert watched(chain_of(expiries=expiring((TUESDAY, 2.0), (FRIDAY, None))), RenewedTrading)[0].strike == 102


@pytest.mark.parametrize(
    "unknown",
    [
        {"put_call_volume_ratio": None},
        {"spot": None},
        {"expiries": ()},
        {"expiries": expiring((TUESDAY, None), (FRIDAY, None))},
        {"expiries": expiring((TUESDAY, 2.0), (FRIDAY, 30.0))},
    ],
)
def test_without_a_ratio_a_spot_a_move_or_a_strike_there_is_no_such_trigger(
    unknown: dict[str, Any], chain_of: Callable[..., Day]
) -> None:
    assert watched(chain_of(**unknown), RenewedTrading) == []


@pytest.mark.parametrize(
    ("day", "listed", "near"),
    [
        (date(2026, 1, 5), (6, 7, 8, 9, 12), (6, 7, 8, 9)),
        (date(2026, 1, 5), (9, 16, 23), (9, 16)),
        (date(2026, 1, 5), (16,), (16,)),
        # over the long weekend
        (date(2026, 1, 16), (20, 21, 23), (20, 21)),
    ],
)
def test_near_are_four_days_or_the_next_two(
    day: date, listed: Sequence[int], near: Sequence[int], make_day: MakeDay
) -> None:
    expiries = [{"expiration": date(2026, 1, number)} for number in listed]
    assert near_expiries(make_day(day=day, expiries=expiries)) == [date(2026, 1, number) for number in near]


@pytest.mark.parametrize(("side", "strike", "volume"), [("call", 102.0, 7), ("put", 102.0, 24), ("call", 104.0, 0)])
def test_volume_at_a_strike_and_beyond(side: str, strike: float, volume: int, option: MakeRow) -> None:
    calls = [option(101 + place, "call", TUESDAY, volume=count) for place, count in enumerate((1, 3, 4))]
    puts = [option(101 + place, "put", TUESDAY, volume=count) for place, count in enumerate((8, 16, None))]
    later = [option(102, side, date(2026, 1, 12), volume=100)]
    contracts = pl.DataFrame([*calls, *puts, *later], infer_schema_length=None)
    assert volume_beyond(contracts, side, strike, [TUESDAY, FRIDAY]) == volume


def test_the_nearest_level_on_either_side(make_day: MakeDay) -> None:
    found = watched(make_day(sma_30=98.0, sma_200=90.0, bollinger_upper=104.0, high_30=107.0), LevelBroken)
    assert [(row.level, row.direction, row.price) for row in found] == [
        ("Bollinger upper", "above", 104.0),
        ("SMA 30", "below", 98.0),
    ]
    assert {(row.known_on, row.clock) for row in found} == {(TUESDAY, "close")}


def test_pivots_are_not_watched_but_own_levels_are(make_day: MakeDay) -> None:
    day = make_day(bollinger_upper=104.0, **{"resistance_1(kind=classic, session=next)": 101.0})
    assert [row.level for row in watched(day, LevelBroken)] == ["Bollinger upper"]
    assert [row.level for row in watched(day, LevelBroken, {"my line": 102.0})] == ["my line"]


def test_a_level_at_the_price_is_not_watched(make_day: MakeDay) -> None:
    assert watched(make_day(sma_30=100.0), LevelBroken) == []


@pytest.mark.parametrize(("zero", "direction"), [(101.0, "above"), (99.0, "below")])
def test_zero_gamma_is_watched_besides(zero: float, direction: str, make_day: MakeDay) -> None:
    [found] = watched(make_day(zero_gamma=zero), LevelBroken)
    assert (found.level, found.direction, found.price) == ("zero gamma", direction, zero)


@pytest.mark.parametrize("decision", ["close", "pre_open"])
def test_levels_are_known_at_the_next_close_on_both_clocks(decision: Decision, make_day: MakeDay) -> None:
    [found] = watched(make_day(day=date(2026, 1, 16), decision=decision, sma_30=98.0), LevelBroken)
    assert (found.known_on, found.clock) == (date(2026, 1, 20), "close")


@pytest.mark.parametrize(
    ("decision", "known_on", "clock"),
    [("close", date(2026, 1, 20), "close"), ("pre_open", date(2026, 1, 21), "pre_open")],
)
def test_the_next_verdict_is_known_by_the_clock_of_this_one(
    decision: Decision, known_on: date, clock: str, make_day: MakeDay
) -> None:
    [found] = watched(make_day(day=date(2026, 1, 16), decision=decision, verdict=-1), VerdictRepeated)
    assert (found.known_on, found.clock) == (known_on, clock)


@pytest.mark.parametrize(("verdict", "count"), [(-1, 1), (1, 1), (0, 0), (None, 0)])
def test_a_verdict_that_leans_is_watched(verdict: int | None, count: int, make_day: MakeDay) -> None:
    found = watched(make_day(verdict=verdict), VerdictRepeated)
    assert [row.verdict for row in found] == [verdict] * count


def test_with_nothing_known_nothing_is_watched(make_day: MakeDay) -> None:
    assert triggers(make_day(), [], []) == ()
