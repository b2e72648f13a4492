"""Bars on the sessions of the exchange; what cannot be laid out is refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flowbt.backtest import simulate
from flowbt.backtest.bar_grid import lay_out
from flowbt.errors import FlowbtError

Make = Callable[..., pl.DataFrame]
QUIET = (100.0, 101.0, 99.0, 100.0)
JANUARY = (date(2024, 1, 2), date(2024, 1, 4))


def test_a_missing_bar_is_nan_and_marked_at_the_close_before(bars: Make) -> None:
    grid = lay_out(bars(A=[None, QUIET, None], B=[QUIET] * 3), *JANUARY, "XNYS")
    assert grid.symbols == ("A", "B")
    np.testing.assert_array_equal(grid.open[0], [np.nan, 100.0, np.nan])
    np.testing.assert_array_equal(grid.marks[0], [np.nan, 100.0, 100.0])


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 0.0, -1.0])
def test_a_bar_with_a_price_that_is_none_is_missing(value: float | None, bars: Make) -> None:
    frame = bars(A=[QUIET] * 3).with_columns(
        low=pl.when(pl.col("date") == JANUARY[1]).then(pl.lit(value, pl.Float64)).otherwise("low")
    )
    assert np.isnan(lay_out(frame, *JANUARY, "XNYS").close[0]).tolist() == [False, False, True]


def test_the_order_of_the_bars_does_not_matter(bars: Make, plans: Make) -> None:
    frame = bars(A=[QUIET, QUIET, (100.0, 120.0, 100.0, 110.0)], B=[QUIET] * 3)
    there, back = (simulate(plans({}), given) for given in (frame, frame.reverse()))
    assert there.trades.equals(back.trades)
    assert there.equity.equals(back.equity)


def test_bars_off_the_calendar_are_left_out_and_counted(bars: Make, plans: Make) -> None:
    frame = bars(A=[QUIET] * 3)
    holiday = frame.tail(1).with_columns(date=pl.date(2024, 1, 1))
    saturday = frame.tail(1).with_columns(date=pl.date(2024, 1, 6))
    result = simulate(plans({}), pl.concat([holiday, frame, saturday]), first=date(2023, 12, 29))
    assert result.counts.off_calendar_bars == 2
    assert result.equity["date"].to_list()[:2] == [date(2023, 12, 29), date(2024, 1, 2)]


def test_a_signal_of_a_weekend_trades_on_monday(bars: Make, plans: Make) -> None:
    sunday = plans({}).with_columns(signal_date=pl.date(2024, 1, 7))
    result = simulate(sunday, bars(A=[QUIET] * 6))
    assert result.trades["entry_date"].to_list() == [date(2024, 1, 8)]
    assert result.equity["date"][0] == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"initial_cash": 0.0}, "initial cash"),
        ({"first": date(2025, 1, 1)}, "before it starts"),
        ({"last": date(2023, 1, 1)}, "give other dates"),
        ({"exchanges": {"A": "NOWHERE"}}, "no calendar for exchange"),
    ],
)
def test_what_cannot_be_done_says_so(arguments: dict[str, object], message: str, bars: Make, plans: Make) -> None:
    with pytest.raises(FlowbtError, match=message):
        simulate(plans({}), bars(A=[QUIET] * 3), **arguments)  # type: ignore[arg-type]


def test_two_bars_of_one_day_are_refused(bars: Make, plans: Make) -> None:
    frame = bars(A=[QUIET] * 3)
    with pytest.raises(FlowbtError, match="A has more than one price bar on 2024-01-04"):
        simulate(plans({}), pl.concat([frame, frame.tail(1)]))


def test_no_bars_are_refused(bars: Make, plans: Make) -> None:
    with pytest.raises(FlowbtError, match="no price bars"):
        simulate(plans({}), bars(A=[QUIET]).clear())


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, flowbt.backtest; print([name for name in ('numba', 'pandas', 'vectorbt') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("chosen", [True, False])
def test_compiled_code_is_kept_in_the_users_cache_unless_told_otherwise(chosen: bool, tmp_path: Path) -> None:
    code = "import flowbt.compiled, numba; print(numba.config.CACHE_DIR)"
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}
    environment |= {"NUMBA_CACHE_DIR": str(tmp_path / "own")} if chosen else {}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(tmp_path)
    assert folder.name == ("own" if chosen else "numba-ieee")
