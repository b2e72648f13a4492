"""What makes a day's numbers less than they seem."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from flowbt.flow.day import Day
from flowbt.flow.positioning import positioning
from flowbt.flow.warnings import PriceJump, data_warnings

MakeDay = Callable[..., Day]
Bars = Callable[..., pl.DataFrame]


def kinds(day: Day) -> list[str]:
    return [row.kind for row in data_warnings(day)]


@pytest.fixture
def sound(bars: Bars) -> dict[str, Any]:
    """What a day has of which nothing need be warned."""
    return {"bars": bars([100.0]), "gex_coverage": 1.0, "call_open_interest": 100, "put_open_interest": 100}


def test_a_sound_day_has_none(make_day: MakeDay, sound: dict[str, Any]) -> None:
    assert data_warnings(make_day(**sound)) == ()


def test_a_jump_tells_both_prices_and_silences_what_was_added(
    make_day: MakeDay, sound: dict[str, Any], option: Callable[..., dict[str, Any]]
) -> None:
    grown = option(90, "put", premium=1.0, volume=1, contract_oi_change=5, open_interest=5)
    day = make_day([grown], has_jumped=True, **sound)
    assert kinds(day) == ["jump"]
    held = positioning(day)
    assert (held.comparable, held.put_additions, held.hedging.reading) == (False, (), None)


@pytest.mark.parametrize(
    ("before", "told"), [((200.0, 201.0), [201.0, 100.0]), ((210.0, 101.0), [210.0, 101.0]), ((), [])]
)
def test_the_jump_is_the_larger_of_the_last_two_moves(
    before: tuple[float, ...], told: list[float], make_day: MakeDay, sound: dict[str, Any]
) -> None:
    day = make_day(has_jumped=True, earlier=[{"spot": spot} for spot in before], **sound)
    [jump] = data_warnings(day)
    assert isinstance(jump, PriceJump)
    assert list(jump.spots) == told


@pytest.mark.parametrize(("added", "expected"), [(60, []), (61, ["relisted"])])
def test_more_than_half_of_all_added_is_a_new_list(
    added: int, expected: list[str], make_day: MakeDay, sound: dict[str, Any]
) -> None:
    assert kinds(make_day(call_oi_change=added, put_oi_change=-40, **sound)) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ({"call_open_interest": None, "put_open_interest": None}, ["no_open_interest"]),
        ({"call_open_interest": None, "put_open_interest": 5}, []),
        ({"call_volume": None, "put_volume": None}, ["no_volume"]),
    ],
)
def test_numbers_that_earlier_days_have(
    today: dict[str, Any], expected: list[str], make_day: MakeDay, sound: dict[str, Any]
) -> None:
    usual = sound | {"call_volume": 7, "put_volume": 7}
    before = {name: value for name, value in usual.items() if name != "bars"}
    assert kinds(make_day(earlier=[before], **(usual | today))) == expected


def test_numbers_that_no_day_has_are_not_missed(make_day: MakeDay, sound: dict[str, Any]) -> None:
    assert kinds(make_day(**(sound | {"call_open_interest": None, "put_open_interest": None}))) == []


def test_open_interest_that_is_not_published_yet(make_day: MakeDay, sound: dict[str, Any]) -> None:
    none = {"call_open_interest": None, "put_open_interest": None}
    before = {name: value for name, value in sound.items() if name != "bars"}
    assert kinds(make_day(earlier=[before], decision="pre_open", **(sound | none))) == []


def test_a_day_without_spot_or_bar(make_day: MakeDay, sound: dict[str, Any], bars: Bars) -> None:
    day = make_day(**(sound | {"spot": None, "bars": bars([None])}))
    assert kinds(day) == ["no_spot", "no_bar"]


@pytest.mark.parametrize(("coverage", "expected"), [(0.9, []), (0.89, ["coverage"]), (None, [])])
def test_gamma_that_is_hardly_known(
    coverage: float | None, expected: list[str], make_day: MakeDay, sound: dict[str, Any]
) -> None:
    assert kinds(make_day(**(sound | {"gex_coverage": coverage}))) == expected
