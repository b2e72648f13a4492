"""Means and bands of daily closes against numpy."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Bars = Callable[..., pl.DataFrame]
Store = Callable[..., Any]


@pytest.fixture
def of_bars(store: Store) -> Callable[..., list[float | None]]:
    """A metric's values over bars alone."""
    return lambda name, rows: compute(store(bars=rows), Request(("AAA",), metrics=(name,)))[name].to_list()


WINDOWS: dict[str, tuple[int, Callable[[Any], float]]] = {
    "sma_30": (30, np.mean),
    "sma_200": (200, np.mean),
    "bollinger_lower": (20, lambda closes: np.mean(closes) - 2 * np.std(closes)),
    "bollinger_mid": (20, np.mean),
    "bollinger_upper": (20, lambda closes: np.mean(closes) + 2 * np.std(closes)),
    "bollinger_mid(window=5)": (5, np.mean),
    "bollinger_upper(window=3, width=1.5)": (3, lambda closes: np.mean(closes) + 1.5 * np.std(closes)),
}


@pytest.mark.parametrize("name", WINDOWS)
@given(closes=st.lists(st.floats(1, 1000), min_size=201, max_size=205))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_windows_of_closes(
    name: str, closes: list[float], bars: Bars, of_bars: Callable[..., list[float | None]]
) -> None:
    window, expected = WINDOWS[name]
    found = of_bars(name, bars(closes))
    assert found[: window - 1] == [None] * (window - 1)
    assert found[window - 1 :] == pytest.approx(
        [expected(closes[n - window : n]) for n in range(window, len(closes) + 1)], rel=1e-9, abs=1e-6
    )


def test_the_days_own_close_counts(bars: Bars, of_bars: Callable[..., list[float | None]]) -> None:
    assert of_bars("bollinger_mid(window=2)", bars([1, 3, 8])) == [None, 2, 5.5]


def test_a_hole_begins_a_new_run(bars: Bars, days: Sequence[date], of_bars: Callable[..., list[float | None]]) -> None:
    """A window must not join the bars of two months between which the lake has none."""
    with_hole = [*days[:3], *days[20:23]]
    found = of_bars("bollinger_mid(window=2)", bars([1, 3, 5, 7, 9, 11], on=with_hole))
    assert found == [None, 2, 4, None, 8, 10]


def test_a_missing_bar_of_a_day_or_two_does_not(bars: Bars, of_bars: Callable[..., list[float | None]]) -> None:
    assert of_bars("bollinger_mid(window=2)", bars([1, None, 5])) == [None, 3]


def test_symbols_do_not_mix(bars: Bars, store: Store) -> None:
    rows = pl.concat([bars([1, 3]), bars([10, 30], symbol="BBB")])
    found = compute(store(bars=rows), Request(("AAA", "BBB"), metrics=("bollinger_mid(window=2)",)))
    assert found.to_series(2).to_list() == [None, 2, None, 20]


def test_beside_chains_the_window_reaches_over_all_bars(
    chain: Chain, bars: Bars, days: Sequence[date], store: Store
) -> None:
    lake = store(chain({100: {"call_volume": 1}}, day=days[2]), bars=bars([1, 3, 5, 99]))
    found = compute(lake, Request(("AAA",), metrics=("spot", "bollinger_mid(window=3)")))
    assert found.rows() == [("AAA", days[2], 100.0, 3.0)]


def test_a_chain_without_bars_has_none(chain: Chain, store: Store) -> None:
    lake = store(chain({100: {"call_volume": 1}}))
    assert compute(lake, Request(("AAA",), metrics=("spot", "sma_30"))).rows() == [
        ("AAA", date(2026, 1, 5), 100.0, None)
    ]


def test_the_spot_is_the_chains_own(chain: Chain, bars: Bars, measure: Callable[..., Any]) -> None:
    assert measure("spot", chain({100: {"call_volume": 1}}, spot=99.5), bars=bars([101])) == 99.5
