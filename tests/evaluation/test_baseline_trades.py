"""The same trade on every session: what a hit rate must beat."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.backtest import Costs
from flowbt.calendar import sessions
from flowbt.evaluation.baseline_trades import base_rate, base_trades
from flowbt.schema import CORPORATE_ACTIONS, TRADES, conform
from flowbt.strategy import Plan, limit_order

Bars = Callable[..., pl.DataFrame]
FREE = Costs()


def judged(days: Sequence[date], when: Sequence[bool | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"symbol": ["AAA"] * len(when), "date": days[: len(when)], "when": when, "side": [1] * len(when)},
        schema_overrides={"when": pl.Boolean, "side": pl.Int8},
    )


def trades_of(plan: Plan, decided: pl.DataFrame, bars: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    return base_trades(plan, decided, bars, FREE, **asked).filter(pl.col("exit_reason") != "end")


ONE_SESSION = Plan(when=pl.col("when"), side="long", exit_after=1)


def test_it_is_traded_on_every_session_that_was_judged_both_ways(days: Sequence[date], bars: Bars) -> None:
    found = trades_of(ONE_SESSION, judged(days, [True, False, None]), bars([10.0, 10.0, 12.0, 9.0]))
    assert found.select("signal_date", "side", "return").sort("signal_date", "side").rows() == [
        (days[0], "long", pytest.approx(0.2)),
        (days[0], "short", pytest.approx(-0.2)),
        (days[1], "long", pytest.approx(-0.25)),
        (days[1], "short", pytest.approx(0.25)),
    ]


def test_the_side_of_the_day_does_not_matter(days: Sequence[date], bars: Bars) -> None:
    decided = judged(days, [True, False, False])
    unsaid = decided.with_columns(side=pl.lit(None, pl.Int8))
    prices = bars([10.0, 10.0, 12.0, 9.0])
    assert trades_of(ONE_SESSION, decided, prices).equals(trades_of(ONE_SESSION, unsaid, prices))


def test_trades_are_carried_over_splits_and_dividends(days: Sequence[date], bars: Bars) -> None:
    rows = [("AAA", days[2], "split", 2.0), ("AAA", days[2], "dividend", 0.5)]
    given = pl.DataFrame(rows, schema=CORPORATE_ACTIONS, orient="row")
    found = trades_of(ONE_SESSION, judged(days, [False]), bars([10.0, 10.0, 5.0]), actions=given)
    assert found["return"].to_list() == pytest.approx([0.1, -0.1])


def test_trades_are_on_the_sessions_of_the_symbols_exchange(bars: Bars) -> None:
    # on 21 January 2019 New York was closed and Mumbai was not
    mumbai = sessions(date(2019, 1, 18), date(2019, 1, 23), "XNSE")
    found = trades_of(ONE_SESSION, judged(mumbai, [False]), bars([10.0] * 4, on=mumbai), exchanges={"AAA": "XNSE"})
    assert found["entry_date"].to_list() == [date(2019, 1, 21)] * 2


def test_an_order_that_does_not_fill_is_no_trade(days: Sequence[date], bars: Bars) -> None:
    plan = Plan(when=pl.col("when"), side="long", entry=limit_order(at=pl.col("entry_level")), exit_after=1)
    decided = judged(days, [False, False]).with_columns(entry_level=pl.lit(9.5))
    found = trades_of(plan, decided, bars([10.0, 10.0, 9.0, 9.0]))
    assert found.filter(side="long")["signal_date"].to_list() == [days[1]]


def test_only_days_of_the_range_are_traded(days: Sequence[date], bars: Bars) -> None:
    decided, prices = judged(days, [False] * 5), bars([10.0] * 6)
    found = trades_of(ONE_SESSION, decided, prices, first=days[1], last=days[4])
    assert found["signal_date"].unique().sort().to_list() == list(days[1:3])


def trades(*told: tuple[str, str, float, str]) -> pl.DataFrame:
    """Trades as `symbol, side, return, exit_reason`."""
    rows = [dict(zip(("symbol", "side", "return", "exit_reason"), row, strict=True)) for row in told]
    return conform(pl.DataFrame(rows, schema=["symbol", "side", "return", "exit_reason"], orient="row"), TRADES)


def test_symbols_and_sides_weigh_as_among_the_own_trades() -> None:
    own = trades(("AAA", "long", 0.1, "time"), ("AAA", "long", 0.1, "time"), ("BBB", "short", 0.1, "time"))
    base = trades(
        ("AAA", "long", 0.4, "time"),
        ("AAA", "long", -0.2, "time"),
        ("BBB", "short", 0.3, "time"),
        ("BBB", "long", -0.9, "time"),
        ("CCC", "long", -0.9, "time"),
    )
    found = base_rate(own, base, 0)
    # two thirds of AAA long, of which half won and the mean is 0.1; a third of BBB short
    assert found == {
        "base_n": 3,
        "base_rate": pytest.approx(2 / 3 * 0.5 + 1 / 3),
        "base_return": pytest.approx(2 / 3 * 0.1 + 1 / 3 * 0.3),
    }


def test_trades_still_open_do_not_count() -> None:
    own = trades(("AAA", "long", 0.1, "time"), ("AAA", "short", 0.1, "end"))
    base = trades(("AAA", "long", 0.1, "time"), ("AAA", "long", -0.1, "end"), ("AAA", "short", -0.1, "time"))
    assert base_rate(own, base, 0) == {"base_n": 1, "base_rate": 1.0, "base_return": pytest.approx(0.1)}


@pytest.mark.parametrize(("count", "known"), [(11, True), (10, False)])
def test_ten_trades_must_not_be_the_strategy_s_own(count: int, known: bool) -> None:
    own, base = trades(("AAA", "long", 0.1, "time")), trades(*[("AAA", "long", 0.1, "time")] * count)
    assert (base_rate(own, base, 10)["base_rate"] is not None) is known


def test_a_strategy_that_never_traded_has_none() -> None:
    own, base = trades(), trades(("AAA", "long", 0.1, "time"))
    assert base_rate(own, base, 0) == {"base_n": 0, "base_rate": None, "base_return": None}


def test_a_trade_that_made_nothing_did_not_win() -> None:
    own, base = trades(("AAA", "long", 0.0, "time")), trades(("AAA", "long", 0.0, "time"))
    assert base_rate(own, base, 0)["base_rate"] == 0.0
