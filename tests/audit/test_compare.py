"""Differences of two small frames."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.audit.compare import ROWS, Differences
from flowbt.audit.cuts import changes_of, choose_cuts
from flowbt.calendar import sessions

DAYS = sessions(date(2026, 1, 5), date(2026, 3, 31))
KEYS = ["symbol", "date"]


def frame(*values: Any, symbol: str = "AAA") -> pl.DataFrame:
    return pl.DataFrame({"symbol": symbol, "date": DAYS[: len(values)], "x": values}, strict=False)


def compared(was: pl.DataFrame, now: pl.DataFrame, cut: int = 2) -> Differences:
    found = Differences()
    found.compare(was, now, KEYS, ["x"], DAYS[cut], "cut")
    return found


def test_what_comes_after_the_cut_is_not_compared() -> None:
    assert compared(frame(1.0, 2.0, 3.0, 4.0), frame(1.0, 2.0, 3.0)).earliest == {}


@pytest.mark.parametrize(
    ("was", "now"), [(2.0, 2.5), (2.0, None), (None, 2.0), (0.0, 1e-300), (True, False), ("a", "b")]
)
def test_the_first_value_that_changed(was: Any, now: Any) -> None:
    first = compared(frame(was, was, was), frame(was, now, now)).earliest["x"]
    assert (first.symbol, first.date, first.was, first.became, first.cut) == ("AAA", DAYS[1], was, now, DAYS[2])


@pytest.mark.parametrize("value", [None, 1.5, float("inf")])
def test_what_is_the_same(value: Any) -> None:
    assert compared(frame(value, value, value), frame(value, value, value)).earliest == {}


def test_the_last_bit_is_rounding_and_kept_apart() -> None:
    found = compared(frame(0.1, 0.2, 0.3), frame(0.1, 0.2, 0.1 + 0.2))
    assert (found.earliest, found.rounding) == ({}, {"x"})


def test_a_row_that_is_gone_or_new() -> None:
    assert compared(frame(1, 2, 3), frame(1, 2)).earliest[ROWS].became is None
    assert compared(frame(1, 2), frame(1, 2, 3)).earliest[ROWS].was is None
    assert compared(frame(1, 2, symbol="AAA"), frame(1, 2, symbol="BBB")).earliest[ROWS].date == DAYS[0]


def test_the_earliest_date_over_all_cuts_is_kept_and_the_cuts_are_counted() -> None:
    found = Differences()
    for cut, values in ((2, (1.0, 2.0, 9.0)), (1, (1.0, 9.0, 3.0)), (0, (1.0, 2.0, 3.0))):
        found.compare(frame(1.0, 2.0, 3.0), frame(*values), KEYS, ["x"], DAYS[cut], "cut")
    assert found.earliest["x"].date == DAYS[1]
    assert found.cuts["x"] == {DAYS[1], DAYS[2]}


def test_a_decision_changes_where_it_is_another_than_the_session_before() -> None:
    verdicts = pl.concat([frame(None, 0, 0, 1, 1), frame(1, 1, -1, -1, None, symbol="BBB")])
    assert changes_of(verdicts, ["x"]) == [DAYS[1], DAYS[2], DAYS[3], DAYS[4]]
    assert changes_of(verdicts, []) == []


def test_every_session_but_the_last_is_a_cut_of_the_history() -> None:
    cuts = choose_cuts(DAYS, DAYS[3:6], most=2, random=3)
    assert list(cuts.history) == DAYS[:-1]
    assert len(set(cuts.rows) & set(DAYS[3:6])) >= 2
    assert len(cuts.rows) <= 5
    assert cuts == choose_cuts(DAYS, DAYS[3:6], most=2, random=3)


def test_of_a_long_history_every_change_is() -> None:
    days = sessions(date(2015, 1, 1), date(2025, 12, 31))
    cuts = choose_cuts(days, days[7::50])
    assert set(days[7::50]) <= set(cuts.history)
    assert len(cuts.history) < 450


def test_where_rows_are_poisoned_there_is_more_of_the_month() -> None:
    days = sessions(date(2026, 1, 29), date(2026, 2, 2))
    assert choose_cuts(days, []).few == (date(2026, 1, 29),)
