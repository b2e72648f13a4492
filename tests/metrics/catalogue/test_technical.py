"""Means, bands and variances of daily closes against numpy; extremes; labels."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.metrics import Request, compute
from flowbt.metrics.catalogue.technical import label_level

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


def test_extremes_of_30_sessions_are_of_lows_and_highs(bars: Bars, of_bars: Callable[..., list[float | None]]) -> None:
    rows = bars([50.0, *range(100, 130)]).with_columns(low=pl.col("close") - 1, high=pl.col("close") + 2)
    assert of_bars("low_30", rows)[28:] == [None, 49, 99]
    assert of_bars("high_30", rows)[28:] == [None, 130, 131]


@given(
    closes=st.lists(st.floats(1, 1000), min_size=30, max_size=40),
    still=st.integers(0, 30),
    window=st.sampled_from([2, 5, 21]),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_realized_variance_is_that_of_log_returns(
    closes: list[float], still: int, window: int, bars: Bars, of_bars: Callable[..., list[float | None]]
) -> None:
    closes += closes[-1:] * still
    found = of_bars(f"realized_variance(window={window})", bars(closes))
    returns = np.diff(np.log(closes))
    expected = [252 * np.var(returns[n - window : n], ddof=1) for n in range(window, len(closes))]
    assert found == [*[None] * window, *(pytest.approx(variance, rel=1e-9, abs=1e-9) for variance in expected)]
    assert all(variance >= 0 for variance in found if variance is not None)


def test_realized_variance_of_two_returns(bars: Bars, of_bars: Callable[..., list[float | None]]) -> None:
    # returns of ln 2 and -ln 2: mean 0, squares 2 ln(2)^2, divisor 1
    found = of_bars("realized_variance(window=2)", bars([10, 20, 10]))
    assert found == [None, None, pytest.approx(252 * 2 * np.log(2) ** 2)]


@pytest.mark.parametrize(("adjusted", "variance"), [([50, 50, 50], 0), ([None] * 3, 0.5 * np.log(2) ** 2 * 252)])
def test_a_split_is_no_move_where_adjusted_closes_are_given(
    adjusted: list[float | None], variance: float, bars: Bars, of_bars: Callable[..., list[float | None]]
) -> None:
    rows = bars([100, 50, 50]).with_columns(adj_close=pl.Series(adjusted, dtype=pl.Float64))
    assert of_bars("realized_variance(window=2)", rows)[2] == pytest.approx(variance)


def test_without_an_adjusted_close_on_both_days_the_return_is_of_closes(
    bars: Bars, of_bars: Callable[..., list[float | None]]
) -> None:
    rows = bars([10, 20, 10]).with_columns(adj_close=pl.Series([None, 5, 5], dtype=pl.Float64))
    # ln 2 of the closes, then 0 of the adjusted closes
    assert of_bars("realized_variance(window=2)", rows)[2] == pytest.approx(252 * np.log(2) ** 2 / 2)


@pytest.mark.parametrize(
    ("level", "price", "label"),
    [
        (249.73, 249.8, "support"),
        (252.08, 249.8, "resistance"),
        (250.34, 249.8, "resistance"),
        (249.8, 249.8, "at the price"),
        (None, 249.8, None),
        (249.8, None, None),
    ],
)
def test_a_level_is_labelled_by_its_position(level: float | None, price: float | None, label: str | None) -> None:
    assert label_level(level, price) == label
