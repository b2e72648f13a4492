"""Pivots of one bar by hand, and what holds of them for any bar."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.errors import UnknownNameError
from flowbt.metrics import Request, compute

Bar = tuple[float | None, float, float, float]
OfBars = Callable[..., list[float | None]]
FrameOf = Callable[..., pl.DataFrame]

LEVELS = ("support_3", "support_2", "support_1", "pivot", "resistance_1", "resistance_2", "resistance_3")
KINDS = ("classic", "fibonacci", "woodie", "camarilla", "demark")


@pytest.fixture
def of_bars(frame_of: FrameOf, days: Sequence[date]) -> OfBars:
    """A metric's values over bars given as open, high, low, close."""

    def values(name: str, *rows: Bar, on: Sequence[date] = days) -> list[float | None]:
        return frame_of((name,), *rows, on=on)[name].to_list()

    return values


@pytest.fixture
def frame_of(bars: Callable[..., pl.DataFrame], store: Callable[..., Any], days: Sequence[date]) -> FrameOf:
    """The same of several metrics, a column each."""

    def frame(names: Sequence[str], *rows: Bar, on: Sequence[date] = days) -> pl.DataFrame:
        prices = pl.DataFrame(rows, schema=dict.fromkeys(("open", "high", "low", "close"), pl.Float64), orient="row")
        daily = bars([1.0] * len(rows), on=on).with_columns(prices)
        return compute(store(bars=daily), Request(("AAA",), metrics=tuple(names)))

    return frame


def levels(frame_of: FrameOf, kind: str, bar: Bar) -> list[float | None]:
    """All levels made of the bar, the third support first."""
    names = [f"{name}(kind={kind}, session=next)" for name in LEVELS]
    return list(frame_of(names, bar).select(names).row(0))


@pytest.mark.parametrize(
    ("kind", "opened", "expected"),
    [
        ("classic", 100, [81, 88, 96, 103, 111, 118, 126]),
        ("woodie", 100, [81.5, 88.25, 96.5, 103.25, 111.5, 118.25, 126.5]),
        ("fibonacci", 100, [88, 93.73, 97.27, 103, 108.73, 112.27, 118]),
        ("camarilla", 100, [99.875, 101.25, 102.625, 103, 105.375, 106.75, 108.125]),
        ("demark", 100, [None, None, 99.5, 104.75, 114.5, None, None]),
        ("demark", 106, [None, None, 92, 101, 107, None, None]),
        ("demark", 104, [None, None, 96.5, 103.25, 111.5, None, None]),
    ],
)
def test_levels_of_one_bar(kind: str, opened: float, expected: list[float | None], frame_of: FrameOf) -> None:
    # a range of 15: classic P = (110 + 95 + 104) / 3 = 103; camarilla steps of 1.1 * 15 / 12 = 1.375
    assert levels(frame_of, kind, (opened, 110, 95, 104)) == [pytest.approx(level) for level in expected]


def test_the_default_is_classic(of_bars: OfBars) -> None:
    assert of_bars("resistance_1(session=next)", (100, 110, 95, 104)) == [111]


def test_a_sessions_levels_come_from_the_bar_before(of_bars: OfBars) -> None:
    assert of_bars("pivot", (4, 6, 3, 3), (9, 9, 9, 9), (5, 7, 5, 6)) == [None, 4, 9]


def test_the_next_sessions_come_from_todays_bar(of_bars: OfBars) -> None:
    assert of_bars("pivot(session=next)", (4, 6, 3, 3), (9, 9, 9, 9), (5, 7, 5, 6)) == [4, 9, 6]


def test_a_bar_before_a_hole_of_days_is_not_the_bar_before(of_bars: OfBars, days: Sequence[date]) -> None:
    flat = [(price, price, price, price) for price in (1, 2, 3)]
    assert of_bars("pivot", *flat, on=[days[0], days[1], days[20]]) == [None, 1, None]


def test_demark_without_an_open_is_unknown(of_bars: OfBars) -> None:
    assert of_bars("pivot(kind=demark, session=next)", (None, 110, 95, 104)) == [None]


def test_a_kind_that_there_is_not(of_bars: OfBars) -> None:
    with pytest.raises(UnknownNameError, match="camarilla"):
        of_bars("pivot(kind=camarila)", (100, 110, 95, 104))


HALVES = st.integers(100, 400).map(lambda halves: halves / 2)
PRICES = st.tuples(HALVES, HALVES, HALVES, HALVES).map(
    lambda drawn: (drawn[0], max(drawn), min(drawn), drawn[1])  # open, high, low, close
)


@pytest.mark.parametrize("kind", ["classic", "woodie", "fibonacci"])
@given(bar=PRICES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_levels_rise_from_the_third_support_to_the_third_resistance(kind: str, bar: Bar, frame_of: FrameOf) -> None:
    found = [level for level in levels(frame_of, kind, bar) if level is not None]
    assert len(found) == len(LEVELS)
    assert all(lower <= higher + 1e-9 for lower, higher in pairwise(found))


@pytest.mark.parametrize("kind", KINDS)
@given(bar=PRICES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_a_bar_upside_down_supports_are_resistances(
    kind: str, bar: tuple[float, float, float, float], frame_of: FrameOf
) -> None:
    opened, high, low, close = (300 - price for price in bar)
    upside_down = levels(frame_of, kind, (opened, low, high, close))
    mirrored = [None if level is None else pytest.approx(300 - level) for level in reversed(upside_down)]
    assert levels(frame_of, kind, bar) == mirrored
