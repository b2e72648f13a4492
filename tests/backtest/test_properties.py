"""What holds for any bars and any plans."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.backtest import Costs, Simulation, simulate
from flowbt.calendar import sessions
from flowbt.schema import CORPORATE_ACTIONS, PLAN_ROWS, PRICE_BARS, conform

SESSIONS = sessions(date(2024, 1, 2), date(2024, 2, 15))[:25]
PER_EXAMPLE = settings(max_examples=40, deadline=None)
"""A run takes 50 ms, nearly all of it vectorbt's books; what the kernels do with a rule is told case by case elsewhere."""


@st.composite
def price_bars(draw: st.DrawFn) -> pl.DataFrame:
    """Two symbols of 15 to 25 sessions, prices around 100 in quarters, gaps and missing bars included."""
    quarters = st.integers(0, 24)
    rows: list[dict[str, Any]] = []
    for symbol in ("A", "B"):
        length = draw(st.integers(15, 25))
        shape = st.tuples(quarters, quarters, quarters, st.integers(0, 11))
        for place, (first, last, wick, hole) in enumerate(draw(st.lists(shape, min_size=length, max_size=length))):
            if hole == 7:
                continue
            opened, closed = 97 + first / 4, 97 + last / 4
            high, low = max(opened, closed) + wick / 8, min(opened, closed) - wick / 12
            row = {"symbol": symbol, "date": SESSIONS[place], "open": opened, "high": high, "low": low, "close": closed}
            rows.append(row)
    return conform(pl.DataFrame(rows), PRICE_BARS)


@st.composite
def plan_rows(draw: st.DrawFn) -> pl.DataFrame:
    """A dozen plans: mostly sound ones, with levels some dollars and horizons some sessions away."""
    rows = []
    for _ in range(draw(st.integers(6, 14))):
        side, signal = draw(st.sampled_from([1, -1])), draw(st.integers(0, 18))
        away = st.none() | st.integers(1, 8)
        target, stop, days = draw(away), draw(away), draw(st.none() | st.integers(0, 6))
        rows.append(
            {
                "symbol": draw(st.sampled_from(["A", "B"])),
                "signal_date": SESSIONS[signal],
                "side": side,
                "entry": draw(st.sampled_from(["market", "stop", "limit"])),
                "entry_level": 100.0 + draw(st.integers(-2, 2)),
                "valid_for": draw(st.none() | st.integers(1, 4)),
                "target": None if target is None else 100.0 + side * target,
                "target_offset": draw(st.sampled_from([None, 0.01, 0.03])),
                "stop": None if stop is None else 100.0 - side * stop,
                "stop_offset": draw(st.sampled_from([None, 0.01, 0.03])),
                "exit_after": draw(st.none() | st.integers(1, 5)),
                "exit_on": None if days is None else SESSIONS[signal] + timedelta(days),
                "size": draw(st.sampled_from([None, 0.3, 0.8, 1.0])),
            }
        )
    return conform(pl.DataFrame(rows, infer_schema_length=None), PLAN_ROWS)


@st.composite
def action_rows(draw: st.DrawFn) -> pl.DataFrame:
    """A split or two and some dividends; ratios are powers of two, so that a price times one has no rounding."""
    splits = {
        ("A", SESSIONS[draw(st.integers(1, 20))], "split"): draw(st.sampled_from([0.25, 0.5, 2.0, 8.0]))
        for _ in range(draw(st.integers(1, 2)))
    }
    dividends = {
        (draw(st.sampled_from(["A", "B"])), SESSIONS[draw(st.integers(1, 20))], "dividend"): draw(st.integers(1, 8)) / 4
        for _ in range(draw(st.integers(0, 4)))
    }
    return pl.DataFrame(
        [(*key, value) for key, value in {**splits, **dividends}.items()], schema=CORPORATE_ACTIONS, orient="row"
    )


def in_shares_of_the_day(frame: pl.DataFrame, actions: pl.DataFrame, day: str, columns: list[str]) -> pl.DataFrame:
    """Prices of unsplit shares as those of the shares of each row's day, the splits on file done."""
    ratios = [
        pl.when((pl.col("symbol") == symbol) & (pl.col(day) >= on)).then(ratio).otherwise(1.0)
        for symbol, on, kind, ratio in actions.iter_rows()
        if kind == "split"
    ]
    return frame.with_columns(pl.col(name) / pl.fold(1.0, lambda a, b: a * b, ratios) for name in columns)


def run(
    plans: pl.DataFrame,
    bars: pl.DataFrame,
    costs: Costs = Costs(),  # noqa: B008
    actions: pl.DataFrame | None = None,
) -> Simulation:
    return simulate(plans, bars, costs=costs, first=SESSIONS[0], actions=actions)


def assert_every_fill_is_a_price_of_its_bar(events: pl.DataFrame, bars: pl.DataFrame) -> None:
    for when, price in (("entry_date", "entry_price"), ("exit_date", "exit_price")):
        joined = events.join(bars, left_on=["symbol", when], right_on=["symbol", "date"], how="left")
        # a level that was carried over a split may differ from the price by a rounding
        inside = (pl.col(price) >= pl.col("low") * (1 - 1e-12)) & (pl.col(price) <= pl.col("high") * (1 + 1e-12))
        assert joined.select(inside).to_series().all()
        assert joined["low"].null_count() == 0
    assert (events["entry_date"] > events["signal_date"]).all()
    assert (events["exit_date"] >= events["entry_date"]).all()


PRICES = ["open", "high", "low", "close"]
LEVELS = ["entry_level", "target", "stop"]


@PER_EXAMPLE
@given(price_bars(), plan_rows(), action_rows())
def test_a_split_on_file_changes_no_result(bars: pl.DataFrame, plans: pl.DataFrame, actions: pl.DataFrame) -> None:
    """The whole price path restated in the shares of each day, levels and dividends too: every result is the same."""
    costs = Costs(fees_bp=8, slippage_bp=15)
    whole = run(plans, bars, costs, actions.filter(pl.col("kind") == "dividend"))
    split = run(
        in_shares_of_the_day(plans, actions, "signal_date", LEVELS),
        in_shares_of_the_day(bars, actions, "date", PRICES),
        costs,
        in_shares_of_the_day(actions, actions, "date", ["value"])
        .filter(pl.col("kind") == "dividend")
        .vstack(actions.filter(pl.col("kind") == "split")),
    )
    assert split.splits_not_in_bars.is_empty()
    same = ["symbol", "side", "signal_date", "entry_date", "exit_date", "exit_reason"]
    numbers = ["fees", "pnl", "return", "dividends", "price_return"]
    assert split.trades.select(same).equals(whole.trades.select(same))
    assert split.events.select(same).equals(whole.events.select(same))
    for name in numbers:
        assert split.trades[name].to_list() == pytest.approx(whole.trades[name].to_list(), abs=1e-9)
    for name in ("return", "price_return"):
        assert split.events[name].to_list() == pytest.approx(whole.events[name].to_list(), abs=1e-9)
    for name in split.equity.columns[1:]:
        assert split.equity[name].to_list() == pytest.approx(whole.equity[name].to_list(), abs=1e-6)
    assert split.measures.document() == pytest.approx(whole.measures.document(), abs=1e-9)


@PER_EXAMPLE
@given(price_bars(), plan_rows(), action_rows())
def test_the_books_balance(bars: pl.DataFrame, plans: pl.DataFrame, actions: pl.DataFrame) -> None:
    costs = Costs(fees_bp=8, slippage_bp=15)
    result = run(plans, in_shares_of_the_day(bars, actions, "date", PRICES), costs, actions)
    side = pl.when(pl.col("side") == "long").then(1).otherwise(-1)
    left = pl.col("exit_price") * pl.col("split_ratio")
    gain = side * (left - pl.col("entry_price")) * pl.col("size") - pl.col("fees") + pl.col("dividends")
    paid = pl.col("entry_price") + pl.when(pl.col("exit_reason") != "end").then(left).otherwise(0.0)
    for trades in (result.events, result.trades):
        assert trades["pnl"].to_list() == pytest.approx(trades.select(gain).to_series().to_list())
        assert trades["fees"].to_list() == pytest.approx(
            trades.select(pl.col("size") * paid * costs.fees).to_series().to_list()
        )
    assert result.equity["equity"][-1] == pytest.approx(100_000.0 + float(result.trades["pnl"].sum()))
    assert result.equity["dividends"][-1] == pytest.approx(float(result.trades["dividends"].sum()), abs=1e-9)
    counts = result.counts
    assert counts.plans == plans.height == counts.filled + counts.unfilled + counts.invalid
    assert result.not_traded.height + result.trades.height == plans.height
    if (result.trades["side"] == "long").all():
        assert result.equity["cash"].min() >= -1e-6  # type: ignore[operator]


@PER_EXAMPLE
@given(price_bars(), plan_rows(), action_rows(), st.integers(3, 14), st.booleans())
def test_the_future_does_not_change_what_has_ended(
    bars: pl.DataFrame, plans: pl.DataFrame, actions: pl.DataFrame, cut: int, announced: bool
) -> None:
    """And of the same run, for a run is what costs: fills are prices of their bars, one position is held at a time.

    Actions after the cut are on file in both runs, or in one.
    """
    costs = Costs(fees_bp=8)
    last = SESSIONS[cut]
    bars = in_shares_of_the_day(bars, actions, "date", PRICES)
    plans = in_shares_of_the_day(plans, actions, "signal_date", LEVELS)
    known = plans.filter(pl.col("signal_date") <= last)
    on_file = actions if announced else actions.filter(pl.col("date") <= last)
    whole = run(plans, bars, costs, actions)
    before = run(known, bars.filter(pl.col("date") <= last), costs, on_file)
    assert_every_fill_is_a_price_of_its_bar(whole.events, bars)
    assert_one_position_per_symbol_at_a_time(whole.trades)
    ended = pl.col("exit_reason") != "end"
    for after, early in ((whole.events, before.events), (whole.trades, before.trades)):
        assert early.filter(ended).join(after, on=early.columns, how="anti").is_empty()
        assert early.height <= after.filter(pl.col("entry_date") <= last).height


def assert_one_position_per_symbol_at_a_time(trades: pl.DataFrame) -> None:
    by_symbol = trades.with_columns(pl.col("exit_date").shift(1).over("symbol").alias("left"))
    assert (by_symbol["entry_date"] >= by_symbol["left"]).all()
