"""Contracts that stand out, that were added, and that somebody cites."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flowbt.flow.cited import CitedContract, cited_contracts
from flowbt.flow.contracts import Addition, ContractDay, NotableContract, additions, notable_contracts, symbol_of, tenor
from flowbt.flow.day import Day

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]


def strikes(rows: Sequence[ContractDay | Addition]) -> list[float]:
    return [row.strike for row in rows]


def test_the_most_premium_comes_first(make_day: MakeDay, option: MakeRow) -> None:
    day = make_day([option(strike, premium=premium) for strike, premium in ((90, 1.0), (95, 3.0), (105, 2.0))])
    assert strikes(notable_contracts(day)) == [95, 105, 90]


def test_at_most_five_are_shown(make_day: MakeDay, option: MakeRow) -> None:
    day = make_day([option(strike, premium=float(strike)) for strike in range(101, 109)])
    assert strikes(notable_contracts(day)) == [108, 107, 106, 105, 104]


@pytest.mark.parametrize(("many", "few"), [("call", "put"), ("put", "call")])
def test_the_largest_of_the_smaller_side_takes_the_last_place(
    many: str, few: str, make_day: MakeDay, option: MakeRow
) -> None:
    large = [option(strike, many, premium=float(strike)) for strike in range(101, 109)]
    small = [option(90, few, premium=2.0), option(91, few, premium=1.0)]
    assert strikes(notable_contracts(make_day([*large, *small]))) == [108, 107, 106, 105, 90]


def test_of_equal_premium_the_one_that_expires_first_then_the_lower_strike_then_the_call(
    make_day: MakeDay, option: MakeRow
) -> None:
    later, sooner = date(2026, 1, 23), date(2026, 1, 16)
    chosen = [option(95, "call", later, premium=1.0)]
    chosen += [option(strike, side, sooner, premium=1.0) for strike in (105, 100) for side in ("put", "call")]
    assert [(row.expiration, row.strike, row.option_type) for row in notable_contracts(make_day(chosen))] == [
        (sooner, 100, "call"), (sooner, 100, "put"), (sooner, 105, "call"), (sooner, 105, "put"), (later, 95, "call"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({}, True),
        ({"unit_delta": 0.89}, True),
        ({"unit_delta": 0.90}, False),
        ({"unit_delta": -0.95}, False),
        ({"dividend_play": True}, False),
        ({"dividend_play": None}, True),
        ({"premium": 0.0}, False),
        ({"premium": None}, False),
    ],
)
def test_what_can_be_a_bet_on_a_move(known: dict[str, Any], shown: bool, make_day: MakeDay, option: MakeRow) -> None:
    day = make_day([option(100, **({"premium": 1.0} | known))])
    assert bool(notable_contracts(day)) is shown


def test_nothing_traded_nothing_stands_out(make_day: MakeDay, option: MakeRow) -> None:
    assert notable_contracts(make_day([option(100, volume=0)])) == ()
    assert notable_contracts(make_day()) == ()


def test_the_facts_of_a_contract(make_day: MakeDay, option: MakeRow) -> None:
    put = option(
        90, "put", premium=2_000.0, volume=10, open_interest=7, contract_oi_change=-3, opened_at_least=3, last=2.0,
        bid=1.9, ask=2.1, unit_delta=-0.2,
    )  # fmt: skip
    [found] = notable_contracts(make_day([put], gross_premium=8_000.0))
    assert found == NotableContract(
        contract="AAA260116P00090000",
        expiration=date(2026, 1, 16),
        last_trading_day=date(2026, 1, 16),
        strike=90.0,
        option_type="put",
        dte=11,
        tenor="short-dated",
        premium=2_000.0,
        share_of_gross=0.25,
        volume=10,
        open_interest=7,
        oi_change=-3,
        oi_change_is_of_day=False,
        opened_at_least=3,
        distance=90 / 100 - 1,
        delta=-0.2,
        break_even=88.0,
        bid=1.9,
        ask=2.1,
        kind="largest premium",
        is_noise=False,
    )


def test_a_call_breaks_even_above_its_strike(make_day: MakeDay, option: MakeRow) -> None:
    assert notable_contracts(make_day([option(110, premium=1.0, volume=1, last=1.5)]))[0].break_even == 111.5


def test_without_a_spot_and_a_gross_premium_there_are_no_shares_of_them(make_day: MakeDay, option: MakeRow) -> None:
    [found] = notable_contracts(make_day([option(100, premium=1.0)], spot=None))
    assert (found.share_of_gross, found.distance, found.break_even) == (None, None, None)


@pytest.mark.parametrize(
    ("large", "unusual", "kind"),
    [
        (True, True, "large contract day"),
        (False, True, "unusual volume"),
        (False, False, "largest premium"),
        (None, None, "largest premium"),
    ],
)
def test_what_a_contract_stands_out_by(
    large: bool | None, unusual: bool | None, kind: str, make_day: MakeDay, option: MakeRow
) -> None:
    day = make_day([option(100, premium=1.0, large_contract_day=large, unusual=unusual)])
    assert notable_contracts(day)[0].kind == kind


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "immediate"),
        (2, "immediate"),
        (3, "short-dated"),
        (20, "short-dated"),
        (21, "medium-term"),
        (60, "medium-term"),
        (61, "long-dated"),
    ],
)
def test_tenor(days: int, name: str) -> None:
    assert tenor(days) == name


def test_a_strike_of_half_a_cent_in_a_symbol(option: MakeRow) -> None:
    assert symbol_of(option(7.125, "put")) == "AAA260116P00007125"


def test_the_three_largest_additions_of_a_side(make_day: MakeDay, option: MakeRow) -> None:
    added = {100: 5, 101: 20, 102: 10, 103: 1, 104: -50, 105: 0, 106: None}
    puts = [option(90, "put", contract_oi_change=99)]
    day = make_day([*puts, *(option(strike, contract_oi_change=change) for strike, change in added.items())])
    assert [(row.strike, row.oi_change) for row in additions(day, "call")] == [(101, 20), (102, 10), (100, 5)]
    assert strikes(additions(day, "put")) == [90]


def test_what_expires_on_the_day_is_no_addition(make_day: MakeDay, option: MakeRow) -> None:
    expiring = option(100, expiration=date(2026, 1, 5), contract_oi_change=5)
    assert additions(make_day([expiring]), "call") == ()


def test_without_open_interest_before_nothing_was_added(make_day: MakeDay, option: MakeRow) -> None:
    assert additions(make_day([option(100, open_interest=5)]), "call") == ()


@pytest.mark.parametrize(
    ("symbol", "reason"),
    [
        ("buy calls", "unreadable"),
        ("", "unreadable"),
        ("AAA261316C00100000", "unreadable"),
        ("BBB260116C00100000", "another underlying"),
        ("AAA260102C00100000", "expired"),
        ("AAA20250919C220", "expired"),
        ("AAA260116C00105000", "not listed"),
        ("AAA260116P00100000", "not listed"),
        ("AAA260105C00100000", "not listed"),
        # adjusted ones are left out of the chain
        ("AAA1260116C00100000", "not listed"),
    ],
)
def test_a_cited_contract_that_cannot_have_traded(symbol: str, reason: str, make_day: MakeDay, option: MakeRow) -> None:
    [found] = cited_contracts(make_day([option(100)]), [symbol])
    assert (found.contract, found.refused) == (symbol, reason)


@pytest.mark.parametrize(
    "symbol", ["AAA260116C00100000", "AAA   260116C00100000", "O:AAA260116C00100000", "aaa20260116c100"]
)
def test_a_cited_contract_that_is_listed(symbol: str, make_day: MakeDay, option: MakeRow) -> None:
    [found] = cited_contracts(make_day([option(100, volume=3)]), [symbol])
    assert isinstance(found, CitedContract)
    assert (found.contract, found.volume, found.refused) == ("AAA260116C00100000", 3, None)


def test_a_contract_that_expires_on_the_day_can_still_be_cited_contracts(make_day: MakeDay, option: MakeRow) -> None:
    day = make_day([option(100, expiration=date(2026, 1, 5), volume=3)])
    assert cited_contracts(day, ["AAA260105C00100000"])[0].refused is None


def test_cited_are_answered_in_their_order(make_day: MakeDay, option: MakeRow) -> None:
    symbols = ["BBB260116C00100000", "AAA260116C00100000"]
    assert [row.refused for row in cited_contracts(make_day([option(100)]), symbols)] == ["another underlying", None]


def test_nothing_cited(make_day: MakeDay) -> None:
    assert cited_contracts(make_day(), []) == ()


def test_a_cited_contract_of_a_second_root_is_that_root_s(make_day: MakeDay, option: MakeRow) -> None:
    day = make_day([option(100, volume=1), option(100, root="AAAW", volume=2)])
    assert [
        row.volume
        for row in cited_contracts(day, ["AAAW260116C00100000", "AAA260116C00100000"])
        if isinstance(row, CitedContract)
    ] == [2, 1]


def test_a_symbol_with_a_point_is_cited_without_it(make_day: MakeDay, option: MakeRow) -> None:
    day = replace(make_day([option(100, root="BRK.B", volume=3)]), symbol="BRK.B")
    assert [row.refused for row in cited_contracts(day, ["BRKB260116C00100000", "BRKB260116C00105000"])] == [
        None,
        "not listed",
    ]


def test_weekly_options_of_an_index_are_its_own(make_day: MakeDay, option: MakeRow) -> None:
    day = replace(make_day([option(100, root="SPX")]), symbol="SPX")
    assert cited_contracts(day, ["SPXW260116C00100000"])[0].refused == "not listed"


def test_of_a_day_without_contracts_none_is_listed(make_day: MakeDay) -> None:
    assert cited_contracts(make_day(), ["AAA260116C00100000"])[0].refused == "not listed"
