"""The flow report by the last trading day of contracts and the sessions of the symbol's exchange.

Friday 17 February 2012 is the last day of contracts dated Saturday the 18th. Monday 21 January 2019 was a holiday in New York
and a session in Mumbai.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.flow.cited import RefusedContract, cited_contracts
from flowbt.flow.contracts import additions, notable_contracts
from flowbt.flow.day import Clock, Day, read_days, read_history
from flowbt.flow.ideas import shipped_ideas
from flowbt.flow.later_sessions import contracts_reader
from flowbt.flow.requested_metrics import FRIDAY as OF_THIS_FRIDAY
from flowbt.flow.trade_ideas import trade_ideas
from flowbt.flow.triggers import FollowThrough, VerdictRepeated, near_expiries, triggers
from flowbt.lake import Lake
from flowbt.metrics import Failures

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
THURSDAY, FRIDAY, SATURDAY = date(2012, 2, 16), date(2012, 2, 17), date(2012, 2, 18)
TRADED = {"premium": 1.0, "open_interest": 100, "volume": 40, "contract_oi_change": 5}


@pytest.mark.parametrize(("exchange", "known_on"), [("XNYS", date(2019, 1, 22)), ("XNSE", date(2019, 1, 21))])
def test_a_verdict_is_judged_on_the_next_session_of_the_exchange(
    exchange: str, known_on: date, make_day: MakeDay
) -> None:
    day = make_day(day=date(2019, 1, 18), exchange=exchange, verdict=1)
    assert [row.known_on for row in triggers(day, [], []) if isinstance(row, VerdictRepeated)] == [known_on]


@pytest.mark.parametrize(("day", "followed"), [(THURSDAY, True), (FRIDAY, False)])
def test_what_no_longer_trades_is_not_followed(day: date, followed: bool, make_day: MakeDay, option: MakeRow) -> None:
    traded = make_day([option(100, expiration=SATURDAY, **TRADED)], day=day)
    [contract] = notable_contracts(traded)
    assert contract.last_trading_day == FRIDAY
    found = triggers(traded, [contract], [])
    assert bool([each for each in found if isinstance(each, FollowThrough)]) == followed


@pytest.mark.parametrize(("day", "count"), [(THURSDAY, 1), (FRIDAY, 0)])
def test_additions_are_of_live_contracts(day: date, count: int, make_day: MakeDay, option: MakeRow) -> None:
    assert len(additions(make_day([option(100, expiration=SATURDAY, **TRADED)], day=day), "call")) == count


def test_a_saturday_is_as_near_as_its_friday(make_day: MakeDay) -> None:
    """From Monday the 13th to the last trading day it is four days, to the date on the contracts five."""
    weekly = [{"expiration": day} for day in (date(2012, 2, 14), date(2012, 2, 15), SATURDAY, date(2012, 2, 24))]
    assert near_expiries(make_day(day=date(2012, 2, 13), expiries=weekly)) == [row["expiration"] for row in weekly[:3]]


@pytest.mark.parametrize(
    ("day", "contract", "refused"),
    [
        (FRIDAY, "AAA120218C00100000", "not listed"),
        (date(2012, 2, 21), "AAA120218C00100000", "expired"),
        (date(2026, 5, 14), "SPX260515C00100000", "not listed"),
        (date(2026, 5, 15), "SPX260515C00100000", "expired"),
        (date(2026, 5, 15), "SPXW260515C00100000", "not listed"),
    ],
)
def test_a_cited_contract_has_expired_after_its_last_trading_day(
    day: date, contract: str, refused: str, make_day: MakeDay, option: MakeRow
) -> None:
    # the underlying is AAA or, by the root of its other contracts, SPX
    others = [option(90, expiration=date(2030, 1, 18)) | {"root": root} for root in ("AAA", "SPX", "SPXW")]
    [found] = cited_contracts(make_day(others, day=day), [contract])
    assert isinstance(found, RefusedContract)
    assert found.refused == refused


@pytest.mark.parametrize(("root", "outlived"), [("SPXW", None), ("SPX", date(2026, 5, 15))])
def test_an_idea_s_option_is_outlived_from_its_last_trading_day_on(
    root: str, outlived: date | None, make_day: MakeDay, option: MakeRow
) -> None:
    """From 7 May 2026 the plan may last to Friday the 15th; the options settled at its open trade until Thursday."""
    columns = {"when": True, "side": 1, "entry_level": 102.0, "target": 106.0, "stop": 99.0}
    plan = {f"option play: {name}": value for name, value in columns.items()}
    [idea] = [idea for idea in shipped_ideas() if idea.name == "option play"]
    call = option(102, "call", date(2026, 5, 15), bid=0.9, ask=1.1) | {"root": root}
    day = make_day([call], day=date(2026, 5, 7), **{f"contention_strike{OF_THIS_FRIDAY}": 102.0}, **plan)
    [found] = trade_ideas(day, [idea])
    assert found.option is not None
    assert found.option.outlived_until == outlived


@pytest.fixture
def index(chain: Callable[..., pl.DataFrame], store: Callable[..., Lake]) -> Lake:
    """SPX on Friday 15 May 2026: options settled that morning are still listed."""
    more = {"symbol": "SPX", "day": date(2026, 5, 15)}
    held = {100: {"call_open_interest": 10, "call_volume": 1}}
    return store(
        chain(held, root="SPX", expiration=date(2026, 5, 15), **more),
        chain(held, root="SPXW", expiration=date(2026, 5, 15), **more),
        chain(held, root="SPX", expiration=date(2026, 6, 19), **more),
    )


def test_a_day_s_tables_have_the_last_trading_day_and_no_dead_contracts(index: Lake) -> None:
    day, clock = date(2026, 5, 15), Clock()
    history = read_history(index, "SPX", day, {}, clock, Failures())
    [found] = read_days(index, "SPX", [day], history, index.bars(), clock, Failures())
    last = {(row["root"], row["expiration"]): row["last_trading_day"] for row in found.contracts.to_dicts()}
    assert last == {("SPXW", day): day, ("SPX", date(2026, 6, 19)): date(2026, 6, 17)}
    assert found.expiries.select("expiration", "last_trading_day").rows() == [(date(2026, 6, 19), date(2026, 6, 17))]
    assert found.exchange == "XNYS"


def test_a_later_session_s_chain_has_no_dead_contracts(index: Lake) -> None:
    contracts = contracts_reader(index, "SPX")(date(2026, 5, 15))
    assert contracts is not None
    assert set(contracts.filter(option_type="call").select("root", "expiration").rows()) == {
        ("SPXW", date(2026, 5, 15)),
        ("SPX", date(2026, 6, 19)),
    }
