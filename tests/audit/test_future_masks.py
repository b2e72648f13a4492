"""What lies in the future of Tuesday 6 January 2026, in rows of the 5th to the 7th."""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl
import pytest

from flowbt.audit.future_masks import after, not_known, only_held, poisoned, without
from flowbt.metrics import Decision

NEW_YORK = {"AAA": "XNYS"}
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 1, day) for day in (5, 6, 7, 8))


@pytest.fixture
def rows(chain: Callable[..., pl.DataFrame]) -> Callable[[int | None], pl.DataFrame]:
    """One contract on four days; its volume, and its open interest."""

    def make(oi_lag: int | None) -> pl.DataFrame:
        days = enumerate((MONDAY, TUESDAY, WEDNESDAY, THURSDAY), 1)
        each = [
            chain({100: {"call_volume": n, "call_open_interest": 10 * n}}, day=day, oi_lag=oi_lag) for n, day in days
        ]
        return pl.concat(each)

    return make


@pytest.mark.parametrize(
    ("decision", "oi_lag", "known"),
    [
        ("close", 1, [10, 20, None, None]),
        ("close", 0, [10, None, None, None]),
        ("close", None, [10, None, None, None]),
        ("pre_open", 1, [10, 20, 30, None]),
        ("pre_open", 0, [10, 20, None, None]),
        ("pre_open", None, [10, 20, None, None]),
    ],
)
def test_open_interest_is_known_when_it_is_published(
    decision: Decision, oi_lag: int | None, known: Sequence[int | None], rows: Callable[[int | None], pl.DataFrame]
) -> None:
    left = without(rows(oi_lag), not_known(TUESDAY, decision, NEW_YORK))
    found = dict(left.select("date", "call_open_interest").iter_rows())
    assert [found.get(day) for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY)] == known


@pytest.mark.parametrize("decision", ["close", "pre_open"])
def test_volume_is_known_at_the_close_of_its_day(
    decision: Decision, rows: Callable[[int | None], pl.DataFrame]
) -> None:
    left = without(rows(1), not_known(TUESDAY, decision, NEW_YORK))
    assert left["call_volume"].drop_nulls().to_list() == [1, 2]


def test_rows_of_which_nothing_is_known_are_not_there(rows: Callable[[int | None], pl.DataFrame]) -> None:
    assert without(rows(1), not_known(TUESDAY, "close", NEW_YORK))["date"].to_list() == [MONDAY, TUESDAY]
    assert without(rows(1), not_known(TUESDAY, "pre_open", NEW_YORK))["date"].to_list() == [MONDAY, TUESDAY, WEDNESDAY]


def test_of_open_interest_alone(rows: Callable[[int | None], pl.DataFrame]) -> None:
    changed = poisoned(rows(0), only_held(not_known(TUESDAY, "close", NEW_YORK)))
    assert changed["call_volume"].to_list() == [1, 2, 3, 4]
    assert changed["call_open_interest"].to_list() == [10, 10**12, 10**12, 10**12]


DAILY = pl.DataFrame(
    {
        "date": [MONDAY, TUESDAY],
        "number": [1.5, 2.5],
        "count": [1, 2],
        "tiny": pl.Series([1, 2], dtype=pl.Int8),
        "yes": [True, False],
        "day": [MONDAY, MONDAY],
        "name": ["a", "b"],
    }
)


@pytest.mark.parametrize(
    ("poison", "column", "instead"),
    [
        ("huge", "number", 1e12),
        ("huge", "count", 10**12),
        ("huge", "tiny", 100),
        ("huge", "yes", True),
        ("huge", "day", date(2036, 1, 5)),
        ("huge", "name", "poison"),
        ("negated", "number", -3.5),
        ("negated", "count", -3),
        ("negated", "day", date(2016, 1, 5)),
        ("nan", "count", None),
        ("nan", "name", None),
    ],
)
def test_what_is_ahead_is_replaced_and_nothing_else(poison: str, column: str, instead: object) -> None:
    changed = poisoned(DAILY, after(MONDAY), poison)  # type: ignore[arg-type]
    assert changed[column].to_list() == [DAILY[column][0], instead]
    assert changed["date"].to_list() == [MONDAY, TUESDAY]


def test_of_numbers_nan_is_none() -> None:
    assert poisoned(DAILY, after(MONDAY), "nan")["number"].is_nan().to_list() == [False, True]
