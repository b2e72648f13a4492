"""What a lake contains, and what is unusual about it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.cli.status_text import status_text
from flowbt.lake import Lake
from flowbt.schema import CORPORATE_ACTIONS
from flowbt.workflows.lake_contents import ChainStatus, PriceJump
from flowbt.workflows.lake_status import lake_status

MARCH = date(2026, 3, 20)
Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]


@pytest.fixture
def days_of(chain: Chain, days: Sequence[date]) -> Callable[..., list[pl.DataFrame]]:
    """Snapshots of AAA with the underlying at these prices."""

    def make(*spots: float | None, oi_lag: int | None = 1) -> list[pl.DataFrame]:
        return [
            chain({100: {"call_volume": 1}}, day=day, spot=spot, expiration=MARCH, oi_lag=oi_lag)
            for day, spot in zip(days, spots, strict=False)
        ]

    return make


def chains(lake: Lake) -> ChainStatus:
    return lake_status(lake).chains[0]


def test_a_jump_without_a_split_on_file(store: Store, days_of: Callable[..., Any], days: Sequence[date]) -> None:
    lake = store(*days_of(1000, None, 100, 101))
    assert chains(lake).price_jumps == (PriceJump(days[2], 1000.0, 100.0, None),)
    assert lake_status(lake).document()["chains"][0]["price_jumps"] == [
        {"date": days[2], "from": 1000.0, "to": 100.0, "split": None}
    ]
    assert "2026-01-07: the underlying went from 1,000.00 to 100.00; no split on file" in status_text(lake_status(lake))


@pytest.mark.parametrize(("place", "found"), [(0, None), (1, 10.0), (2, 10.0), (3, None)])
def test_a_split_explains_the_jump_it_made(
    place: int, found: float | None, store: Store, days_of: Callable[..., Any], days: Sequence[date]
) -> None:
    lake = store(*[rows for n, rows in enumerate(days_of(1000, 0, 100, 101)) if n != 1])
    row = ("AAA", days[place], "split", 10.0)
    lake.write_actions(pl.DataFrame([row], schema=CORPORATE_ACTIONS, orient="row"))
    assert chains(lake).price_jumps[0].split == found
    assert lake_status(lake).actions[0].splits == 1


def test_missing_sessions_are_those_of_the_exchange(chain: Chain, store: Store, bars: Chain) -> None:
    """Monday 19 January 2026: a holiday in New York. Monday 26: one in Mumbai."""
    held = [date(2026, 1, day) for day in (16, 20, 21, 22, 23, 27)]
    rows = (
        chain({100: {"call_volume": 1}}, symbol=symbol, day=day, expiration=MARCH)
        for symbol in ("AAA", "NIFTY")
        for day in held
    )
    lake = store(*rows, bars=bars([1.0] * len(held), symbol="NIFTY", on=held))
    lake.write_exchanges({"NIFTY": "XNSE"})
    found = lake_status(lake)
    of = {row.symbol: (row.exchange, row.missing_sessions) for row in found.chains}
    assert of == {"AAA": ("XNYS", (date(2026, 1, 26),)), "NIFTY": ("XNSE", (date(2026, 1, 19),))}
    assert [(row.symbol, row.exchange) for row in found.prices] == [("NIFTY", "XNSE")]
    assert "NIFTY    XNSE  2026-01-16 to 2026-01-27" in status_text(found)


def test_bars_that_are_not_of_the_same_money(store: Store, days_of: Callable[..., Any], bars: Chain) -> None:
    lake = store(*days_of(100, 100, 100), bars=bars([100, 94, 106]))
    assert lake_status(lake).prices[0].differ_from_chain == 2
    assert "on 2 days more than 5% from the underlying in the chain: adjusted prices?" in status_text(lake_status(lake))


@pytest.mark.parametrize(("lag", "words"), [(1, "of the close before"), (0, "of the same close"), (None, "undeclared")])
def test_which_close_the_open_interest_is_of(
    lag: int | None, words: str, store: Store, days_of: Callable[..., Any]
) -> None:
    lake = store(*days_of(100, 100, oi_lag=lag))
    assert chains(lake).oi_lag_declared == lag
    assert words in status_text(lake_status(lake))


@pytest.fixture
def lagging(chain: Chain, days: Sequence[date]) -> Callable[[int | None], list[pl.DataFrame]]:
    """Two days on which the volume of the first explains how open interest changed: it is of the close before."""

    def make(declared: int | None) -> list[pl.DataFrame]:
        shared = {"expiration": MARCH, "oi_lag": declared}
        strikes = range(100, 250)
        before = {k: {"call_volume": 20, "call_open_interest": 100} for k in strikes}
        after = {k: {"call_volume": 1, "call_open_interest": 110} for k in strikes}
        return [chain(before, day=days[0], **shared), chain(after, day=days[1], **shared)]

    return make


@pytest.mark.parametrize(
    ("declared", "contradicted", "words"),
    [
        (1, False, "of the close before (detected: the same)"),
        (0, True, "is not of the close that was declared"),
        (None, False, "declare which close it is of: ingest again with --oi-lag 1"),
    ],
)
def test_what_the_data_say_against_what_is_declared(
    declared: int | None,
    contradicted: bool,
    words: str,
    store: Store,
    lagging: Callable[[int | None], list[pl.DataFrame]],
) -> None:
    lake = store(*lagging(declared))
    assert chains(lake).oi_lag_detected == 1
    assert chains(lake).oi_lag_contradicted is contradicted
    assert words in status_text(lake_status(lake))


def test_days_that_are_left_out(store: Store, chain: Chain, days: Sequence[date]) -> None:
    rows = [
        chain({100 + n: {"call_volume": 1} for n in range(5 if place == 5 else 10)}, day=day, expiration=MARCH)
        for place, day in enumerate(days[:6])
    ]
    lake = store(*rows)
    assert chains(lake).partial_days == (days[5],)
    assert "partial days, left out by default: 2026-01-12" in status_text(lake_status(lake))
