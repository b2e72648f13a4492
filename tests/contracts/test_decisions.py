"""What every shipped signal and strategy keeps to: it decides by the past alone.

The future is cut off, and poisoned, at several dates, every change of verdict among them; what was decided before must
come out the same, to the bit and to the null. Before the open, the open interest that lies in the next session's chain is no
future; all else in it is.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flowbt.calendar import next_session
from flowbt.lake import Lake
from flowbt.metrics import DECISIONS, SHIPPED, Catalogue, Decision, Request, compute
from flowbt.schema import QUOTE_COLUMNS, SIDES, STRIKE_ROWS
from flowbt.signals import SIGNALS
from flowbt.strategy import load_strategy

STRATEGIES = sorted((Path(__file__).parents[2] / "strategies").glob("*.py"))


HELD = tuple(f"{side}_open_interest" for side in SIDES)
Poisoned = Callable[[date, Decision], Lake]


@pytest.fixture(params=DECISIONS)
def decision(request: pytest.FixtureRequest) -> Decision:
    found: Decision = request.param
    return found


def decisions(
    lake: Lake,
    expressions: Mapping[str, pl.Expr],
    catalogue: Catalogue,
    last: date | None = None,
    decision: Decision = "close",
) -> pl.DataFrame:
    request = Request(tuple(lake.symbols()), last=last, expressions=expressions, decision=decision)
    return compute(lake, request, catalogue)


def with_future_poisoned(lake: Lake, after: date, decision: Decision, folder: Path) -> Lake:
    """The same lake with absurd chains and bars after a date; before the open, open interest is known a session longer."""
    first, last = date(2000, 1, 1), date(2100, 1, 1)
    poisoned = Lake(folder)
    columns = [f"{side}_{name}" for side in SIDES for name in QUOTE_COLUMNS] + ["underlying_price"]
    known_until = {name: next_session(after) if decision == "pre_open" else after for name in HELD}
    absurd = [pl.when(pl.col("date") > known_until.get(name, after)).then(pl.col(name) * 1_000).otherwise(pl.col(name)).cast(
        pl.Int64 if name.endswith(("volume", "open_interest")) else pl.Float64).alias(name) for name in columns]  # fmt: skip
    rows = lake.strike_rows(STRIKE_ROWS, lake.symbols(), first, last)
    poisoned.write_strike_rows(rows.with_columns(absurd))
    prices = [pl.when(pl.col("date") > after).then(pl.col(name) * 1e6).otherwise(pl.col(name)).alias(name)
              for name in ("open", "high", "low", "close")]  # fmt: skip
    poisoned.write_bars(lake.bars().with_columns(prices))
    return poisoned


@pytest.fixture(scope="session")
def poisoned(market: Lake, tmp_path_factory: pytest.TempPathFactory) -> Poisoned:
    """The market with its future poisoned, each written once."""
    return cache(lambda after, decision: with_future_poisoned(market, after, decision, tmp_path_factory.mktemp("lake")))


def cuts(frame: pl.DataFrame, column: str) -> list[date]:
    """A few dates, and those on which the decision changes."""
    days = frame["date"].unique().sort()
    changes = frame.filter(pl.col(column) != pl.col(column).shift(1).over("symbol"))["date"].unique().sort()
    return sorted({*days.gather_every(13), *changes.head(8)})[:-1]


def assert_decides_by_the_past(
    lake: Lake,
    expressions: Mapping[str, pl.Expr],
    column: str,
    catalogue: Catalogue,
    decision: Decision,
    poisoned: Poisoned,
) -> None:
    whole = decisions(lake, expressions, catalogue, decision=decision)
    assert whole[column].drop_nulls().len() > 0
    for cut in cuts(whole, column):
        expected = whole.filter(pl.col("date") <= cut)
        assert_frame_equal(decisions(lake, expressions, catalogue, cut, decision), expected, check_exact=True)
    for after in whole["date"].unique().sort().gather([25, 35, 45]):
        found = decisions(poisoned(after, decision), expressions, catalogue, decision=decision)
        until = pl.col("date") <= after
        assert_frame_equal(found.filter(until), whole.filter(until), check_exact=True)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_decides_by_the_past(name: str, market: Lake, decision: Decision, poisoned: Poisoned) -> None:
    assert_decides_by_the_past(market, SIGNALS[name]().columns(), "verdict", SHIPPED, decision, poisoned)


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_strategy_decides_by_the_past(path: Path, market: Lake, decision: Decision, poisoned: Poisoned) -> None:
    loaded = load_strategy(path)
    columns = loaded.strategy().plan().columns()
    assert_decides_by_the_past(market, columns, "when", loaded.catalogue, decision, poisoned)


@pytest.mark.parametrize("column", ["put_call_volume_ratio", "close"])
def test_a_look_ahead_is_caught_by_cutting_alone(column: str, market: Lake, decision: Decision) -> None:
    ahead = {"verdict": (pl.col(column).shift(-1) - pl.col(column)) + 0 * pl.col("spot")}
    whole = decisions(market, ahead, SHIPPED, decision=decision)
    cut = whole["date"].unique().sort()[30]
    found = decisions(market, ahead, SHIPPED, cut, decision)
    assert not found.equals(whole.filter(pl.col("date") <= cut))


@pytest.mark.parametrize("column", ["put_call_volume_ratio", "put_call_oi_ratio"])
def test_a_look_ahead_is_caught(column: str, market: Lake, decision: Decision, poisoned: Poisoned) -> None:
    ahead = {"verdict": pl.col(column).shift(-1).sign()}
    with pytest.raises(AssertionError, match="DataFrames are different"):
        assert_decides_by_the_past(market, ahead, "verdict", SHIPPED, decision, poisoned)


def test_the_clocks_decide_differently(market: Lake) -> None:
    """Else the one could be tested in the other's place."""
    verdicts = [decisions(market, SIGNALS["flow_verdict"]().columns(), SHIPPED, decision=each) for each in DECISIONS]
    assert not verdicts[0]["score"].equals(verdicts[1]["score"])


@pytest.mark.parametrize("name", SIGNALS)
def test_a_score_lies_between_minus_one_and_one_and_agrees_with_its_verdict(
    name: str, market: Lake, decision: Decision
) -> None:
    said = decisions(market, SIGNALS[name]().columns(), SHIPPED, decision=decision).drop_nulls("score")
    assert said["score"].is_between(-1, 1).all()
    assert (said["score"].sign() * said["verdict"] >= 0).all()
    assert said["verdict"].is_in([-1, 0, 1]).all()


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_a_shipped_strategy_is_short_and_says_its_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 40
    assert load_strategy(path).strategy.__doc__
