"""Around a split contracts are not what they were: nothing is compared with the session before."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.metrics import Request, Tally, compute, compute_stored
from flowbt.schema import CORPORATE_ACTIONS

MARCH = date(2026, 3, 20)


@pytest.fixture
def lake(chain: Callable[..., pl.DataFrame], days: Sequence[date], store: Callable[..., Lake]) -> Lake:
    """The 100 call of two symbols over five sessions: 10, 11, 12, ... held."""
    return store(
        *(
            chain({100: {"call_open_interest": 10 + n}}, symbol=symbol, day=day, expiration=MARCH)
            for symbol in ("AAA", "BBB")
            for n, day in enumerate(days[:5])
        )
    )


def act(lake: Lake, day: date, kind: str = "split", value: float = 10.0) -> None:
    lake.write_actions(pl.DataFrame([("AAA", day, kind, value)], schema=CORPORATE_ACTIONS, orient="row"))


def changes(lake: Lake, symbol: str = "AAA", **options: Any) -> list[float | None]:
    return compute(lake, Request((symbol,), metrics=("call_oi_change",), **options))["call_oi_change"].to_list()


def test_the_day_of_a_split_and_the_one_after_have_no_session_before(lake: Lake, days: Sequence[date]) -> None:
    act(lake, days[2])
    assert changes(lake) == [None, 1, None, None, 1]
    assert changes(lake, "BBB") == [None, 1, 1, 1, 1]


def test_before_the_open_what_a_split_brings_next_is_not_compared_either(lake: Lake, days: Sequence[date]) -> None:
    act(lake, days[2])
    assert changes(lake, decision="pre_open") == [1, None, None, 1, None]


def test_a_dividend_changes_no_contract(lake: Lake, days: Sequence[date]) -> None:
    act(lake, days[2], "dividend", 0.5)
    assert changes(lake) == [None, 1, 1, 1, 1]


def test_a_split_that_is_learnt_of_later_changes_what_was_stored(lake: Lake, days: Sequence[date]) -> None:

    request = Request(("AAA",), metrics=("call_oi_change",))
    compute_stored(lake, request, Tally())
    act(lake, days[2])
    tally = Tally()
    found = compute_stored(lake, request, tally)
    assert found["call_oi_change"].to_list() == [None, 1, None, None, 1]
    assert (tally.read, tally.stored) == (0, 5)
