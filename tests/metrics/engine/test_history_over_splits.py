"""What looks over days at a split on file: in shares of each day, whatever the bars of the days before are in."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.metrics import Request, compute
from flowbt.schema import CORPORATE_ACTIONS

Bars = Callable[..., pl.DataFrame]
Store = Callable[..., Any]

PRICES = ("open", "high", "low", "close")
LEVELS = (
    "sma_30",
    "bollinger_lower(window=3)",
    "bollinger_mid(window=3)",
    "bollinger_upper(window=3)",
    "low_30",
    "high_30",
    *(f"{name}(kind={kind})" for name in ("pivot", "support_1", "resistance_3") for kind in ("classic", "camarilla")),
    "support_2(session=next)",
)


@pytest.fixture
def history(store: Store) -> Callable[..., pl.DataFrame]:
    """Metrics over bars alone, with these actions of AAA: `history(bars, ["sma_30"], (day, "split", 2.0))`."""

    def values(bars: pl.DataFrame, metrics: Sequence[str], *actions: tuple[date, str, float]) -> pl.DataFrame:
        lake = store(bars=bars)
        if actions:
            rows = [("AAA", *action) for action in actions]
            lake.write_actions(pl.DataFrame(rows, schema=CORPORATE_ACTIONS, orient="row"))
        return compute(lake, Request(("AAA",), metrics=tuple(metrics)))

    return values


def in_other_shares(bars: pl.DataFrame, day: date, ratio: float) -> pl.DataFrame:
    """The bars with prices per new share from the day on."""
    since = pl.col("date") >= day
    return bars.with_columns(pl.when(since).then(pl.col(name) / ratio).otherwise(pl.col(name)) for name in PRICES)


def test_a_mean_on_the_ex_date_is_in_new_shares(
    bars: Bars, days: Sequence[date], history: Callable[..., pl.DataFrame]
) -> None:
    # 100, 104 in old shares are 50, 52 in new ones; (50 + 52 + 54) / 3 = 52
    found = history(bars([100, 104, 54]), ["bollinger_mid(window=3)"], (days[2], "split", 2.0))
    assert found.to_series(2).to_list() == [None, None, 52]


def test_the_pivot_of_the_ex_date_is_in_new_shares(
    bars: Bars, days: Sequence[date], history: Callable[..., pl.DataFrame]
) -> None:
    rows = bars([100, 50]).with_columns(high=pl.Series([103.0, 51.0]), low=pl.Series([97.0, 49.0]))
    found = history(rows, ["pivot", "support_1", "pivot(session=next)"], (days[1], "split", 2.0))
    # the bar before is 51.5, 48.5, 50 in new shares: P = 50, S1 = 2P - H = 48.5
    assert found.row(1)[2:] == (50.0, 48.5, 50.0)


@given(
    closes=st.lists(st.floats(50, 60), min_size=34, max_size=36),
    at=st.integers(1, 33),
    ratio=st.sampled_from([2.0, 10.0, 0.1]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_levels_up_to_the_split_are_in_old_shares_and_from_it_on_in_new(
    closes: list[float],
    at: int,
    ratio: float,
    bars: Bars,
    days: Sequence[date],
    history: Callable[..., pl.DataFrame],
) -> None:
    rows = bars(closes).with_columns(high=pl.col("close") + 1, low=pl.col("close") - 1)
    split = in_other_shares(rows, days[at], ratio)
    plain, found = history(rows, LEVELS), history(split, LEVELS, (days[at], "split", ratio))
    for name in LEVELS:
        expected = [
            None if value is None else value / (ratio if place >= at else 1) for place, value in enumerate(plain[name])
        ]
        assert found[name].to_list() == [value and pytest.approx(value, rel=1e-9) for value in expected]


def test_a_split_on_file_is_no_move_of_realized_variance(
    bars: Bars, days: Sequence[date], history: Callable[..., pl.DataFrame]
) -> None:
    rows, metric = bars([100, 50, 50]), "realized_variance(window=2)"
    assert history(rows, [metric], (days[1], "split", 2.0))[metric][2] == 0
    assert history(rows, [metric])[metric][2] > 60


def test_bars_that_are_split_adjusted_already_are_not_adjusted_again(
    bars: Bars, days: Sequence[date], history: Callable[..., pl.DataFrame]
) -> None:
    rows = bars([50, 52, 54])
    found = history(rows, ["bollinger_mid(window=3)"], (days[2], "split", 2.0))
    assert found.to_series(2).to_list() == [None, None, 52]


def test_a_split_of_another_symbol_changes_nothing(bars: Bars, days: Sequence[date], store: Store) -> None:
    lake = store(bars=pl.concat([bars([100, 50]), bars([100, 50], symbol="BBB")]))
    lake.write_actions(pl.DataFrame([("BBB", days[1], "split", 2.0)], schema=CORPORATE_ACTIONS, orient="row"))
    found = compute(lake, Request(("AAA", "BBB"), metrics=("bollinger_mid(window=2)",)))
    assert found.to_series(2).to_list() == [None, 75, None, 50]
