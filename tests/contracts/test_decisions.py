"""What every shipped signal and strategy keeps to: it decides by the past alone.

The future is cut off, and poisoned, at several dates, every change of verdict among them; what was decided before must
come out the same, to the bit and to the null.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Catalogue, Request, compute
from flowbt.schema import QUOTE_COLUMNS, SIDES, STRIKE_ROWS
from flowbt.signals import SIGNALS
from flowbt.strategy import load_strategy

STRATEGIES = sorted((Path(__file__).parents[2] / "strategies").glob("*.py"))


def decisions(
    lake: Lake, expressions: Mapping[str, pl.Expr], catalogue: Catalogue, last: date | None = None
) -> pl.DataFrame:
    return compute(lake, Request(tuple(lake.symbols()), last=last, expressions=expressions), catalogue)


def with_future_poisoned(lake: Lake, after: date, folder: Path) -> Lake:
    """The same lake with absurd chains and bars after a date."""
    first, last = date(2000, 1, 1), date(2100, 1, 1)
    poisoned = Lake(folder)
    columns = [f"{side}_{name}" for side in SIDES for name in QUOTE_COLUMNS] + ["underlying_price"]
    absurd = [pl.when(pl.col("date") > after).then(pl.col(name) * 1_000).otherwise(pl.col(name)).cast(
        pl.Int64 if name.endswith(("volume", "open_interest")) else pl.Float64).alias(name) for name in columns]  # fmt: skip
    rows = lake.strike_rows(STRIKE_ROWS, lake.symbols(), first, last)
    poisoned.write_strike_rows(rows.with_columns(absurd))
    prices = [pl.when(pl.col("date") > after).then(pl.col(name) * 1e6).otherwise(pl.col(name)).alias(name)
              for name in ("open", "high", "low", "close")]  # fmt: skip
    poisoned.write_bars(lake.bars().with_columns(prices))
    return poisoned


def cuts(frame: pl.DataFrame, column: str) -> list[date]:
    """A few dates, and those on which the decision changes."""
    days = frame["date"].unique().sort()
    changes = frame.filter(pl.col(column) != pl.col(column).shift(1).over("symbol"))["date"].unique().sort()
    return sorted({*days.gather_every(13), *changes.head(8)})[:-1]


def assert_decides_by_the_past(
    lake: Lake, expressions: Mapping[str, pl.Expr], column: str, catalogue: Catalogue, folder: Path
) -> None:
    whole = decisions(lake, expressions, catalogue)
    assert whole[column].drop_nulls().len() > 0
    for cut in cuts(whole, column):
        expected = whole.filter(pl.col("date") <= cut)
        assert_frame_equal(decisions(lake, expressions, catalogue, cut), expected, check_exact=True)
    middle = whole["date"].unique().sort()[35]
    poisoned = decisions(with_future_poisoned(lake, middle, folder), expressions, catalogue)
    until = pl.col("date") <= middle
    assert_frame_equal(poisoned.filter(until), whole.filter(until), check_exact=True)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_decides_by_the_past(name: str, market: Lake, tmp_path: Path) -> None:
    assert_decides_by_the_past(market, SIGNALS[name]().columns(), "verdict", SHIPPED, tmp_path)


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_strategy_decides_by_the_past(path: Path, market: Lake, tmp_path: Path) -> None:
    loaded = load_strategy(path)
    assert_decides_by_the_past(market, loaded.strategy().plan().columns(), "when", loaded.catalogue, tmp_path)


@pytest.mark.parametrize("column", ["put_call_volume_ratio", "close"])
def test_a_look_ahead_is_caught_by_cutting_alone(column: str, market: Lake) -> None:
    ahead = {"verdict": (pl.col(column).shift(-1) - pl.col(column)) + 0 * pl.col("spot")}
    whole = decisions(market, ahead, SHIPPED)
    cut = whole["date"].unique().sort()[30]
    assert not decisions(market, ahead, SHIPPED, cut).equals(whole.filter(pl.col("date") <= cut))


def test_a_look_ahead_is_caught(market: Lake, tmp_path: Path) -> None:
    ahead = {"verdict": pl.col("put_call_volume_ratio").shift(-1).sign()}
    with pytest.raises(AssertionError, match="DataFrames are different"):
        assert_decides_by_the_past(market, ahead, "verdict", SHIPPED, tmp_path)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_score_lies_between_minus_one_and_one_and_agrees_with_its_verdict(name: str, market: Lake) -> None:
    said = decisions(market, SIGNALS[name]().columns(), SHIPPED).drop_nulls("score")
    assert said["score"].is_between(-1, 1).all()
    assert (said["score"].sign() * said["verdict"] >= 0).all()
    assert said["verdict"].is_in([-1, 0, 1]).all()


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_shipped_strategy_is_short_and_says_its_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 40
    assert load_strategy(path).strategy.__doc__
