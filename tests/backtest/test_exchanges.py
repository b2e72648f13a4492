"""Symbols of several exchanges in one run: New York was closed on Monday 21 January 2019, Mumbai was not."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.backtest import Costs, Simulation, simulate
from flowbt.calendar import sessions
from flowbt.errors import FlowbtError
from flowbt.schema import CORPORATE_ACTIONS, PLAN_ROWS, PRICE_BARS, conform

FIRST, LAST = date(2019, 1, 16), date(2019, 1, 29)
FRIDAY, HOLIDAY = date(2019, 1, 18), date(2019, 1, 21)
EXCHANGES = {"IND": "XNSE", "USA": "XNYS"}


def bars(price: float = 100.0, step: float = 0.0, only: Sequence[str] = ("IND", "USA")) -> pl.DataFrame:
    rows = [
        {"symbol": symbol, "date": day, **dict.fromkeys(("open", "high", "low", "close"), price + step * place)}
        for symbol in only
        for place, day in enumerate(sessions(FIRST, LAST, EXCHANGES[symbol]))
    ]
    return conform(pl.DataFrame(rows), PRICE_BARS)


def plans(*rows: dict[str, Any]) -> pl.DataFrame:
    return conform(
        pl.DataFrame([{"signal_date": FRIDAY, "side": 1, "entry": "market", **row} for row in rows]), PLAN_ROWS
    )


def run(*rows: dict[str, Any], prices: pl.DataFrame | None = None, **asked: Any) -> Simulation:
    given = bars() if prices is None else prices
    return simulate(plans(*rows), given, exchanges=EXCHANGES, first=FIRST, initial_cash=1_000.0, **asked)


def test_horizons_are_counted_on_the_symbols_own_sessions() -> None:
    events = run({"symbol": "IND", "exit_after": 2}, {"symbol": "USA", "exit_after": 2}).events
    assert events.select("symbol", "entry_date", "exit_date").rows() == [
        ("IND", HOLIDAY, date(2019, 1, 23)),
        ("USA", date(2019, 1, 22), date(2019, 1, 24)),
    ]


def test_an_order_waits_its_own_sessions() -> None:
    prices = bars(step=1.0)
    order = {"entry": "stop", "entry_level": 104.0, "valid_for": 2, "exit_after": 1}
    result = run({"symbol": "IND", **order}, {"symbol": "USA", **order}, prices=prices)
    # Mumbai: 103 on Monday, 104 on Tuesday; New York: 103 on Tuesday, 104 on Wednesday
    assert result.events["entry_date"].to_list() == [date(2019, 1, 22), date(2019, 1, 23)]


def test_an_expiry_is_of_the_symbols_own_sessions() -> None:
    events = run({"symbol": "IND", "exit_on": HOLIDAY}, {"symbol": "USA", "exit_on": HOLIDAY})
    assert events.events.select("symbol", "exit_date", "exit_reason").rows() == [("IND", HOLIDAY, "expiry")]
    assert events.not_traded["reason"].to_list() == ["exit_on is before the first session on which it could be entered"]


def test_a_closed_exchange_is_no_missing_bar_and_keeps_its_close() -> None:
    prices = bars(step=1.0)
    result = run({"symbol": "USA", "signal_date": date(2019, 1, 16), "size": 1.0}, prices=prices)
    line = dict(result.equity.select("date", "equity").iter_rows())
    # bought at 101 on the 17th, 102 on the 18th, closed on the 21st, 103 on the 22nd
    assert [line[day] for day in (FRIDAY, HOLIDAY, date(2019, 1, 22))] == pytest.approx(
        [1_000 * 102 / 101, 1_000 * 102 / 101, 1_000 * 103 / 101]
    )
    assert (result.counts.missing_bars, result.counts.off_calendar_bars) == (0, 0)
    assert result.equity["date"].to_list() == sorted({*sessions(FIRST, LAST, "XNSE"), *sessions(FIRST, LAST, "XNYS")})


def test_each_symbol_as_in_a_run_of_its_own() -> None:
    random = np.random.default_rng(3)
    prices = bars().with_columns(pl.Series("close", random.uniform(95, 105, bars().height)))
    prices = prices.with_columns(
        high=pl.max_horizontal("open", "close"),
        low=pl.min_horizontal("open", "close"),
        open=pl.col("close").shift(1).over("symbol").fill_null(100.0),
    ).with_columns(high=pl.max_horizontal("high", "open"), low=pl.min_horizontal("low", "open"))
    rows = [
        {"symbol": symbol, "signal_date": day, "exit_after": 2, "stop_offset": 0.03}
        for symbol in EXCHANGES
        for day in sessions(FIRST, LAST, EXCHANGES[symbol])[:-1]
    ]
    together = run(*rows, prices=prices, costs=Costs(fees_bp=3, slippage_bp=2)).events
    for symbol, exchange in EXCHANGES.items():
        alone = simulate(
            plans(*(row for row in rows if row["symbol"] == symbol)), prices.filter(pl.col("symbol") == symbol),
            exchanges={symbol: exchange}, first=FIRST, costs=Costs(fees_bp=3, slippage_bp=2),
        ).events  # fmt: skip
        assert together.filter(pl.col("symbol") == symbol).equals(alone)


def test_without_an_exchange_it_is_new_york() -> None:
    result = simulate(plans({"symbol": "USA"}), bars(only=["USA"]), first=FIRST)
    assert result.trades["entry_date"].to_list() == [date(2019, 1, 22)]


@pytest.mark.parametrize(
    ("early", "late", "size"),
    [("IND", "USA", [10.0, 10.0]), ("USA", "IND", [10.0])],
    ids=["Mumbai's exit pays for New York's entry", "New York opens too late to pay for Mumbai's entry"],
)
def test_an_exit_pays_for_no_entry_on_an_exchange_that_opens_earlier(early: str, late: str, size: list[float]) -> None:
    """Both on Wednesday the 23rd: one goes out at its open, the other wants in at its own."""
    out = {"symbol": early, "signal_date": date(2019, 1, 21 if early == "IND" else 18), "exit_after": 1, "size": 1.0}
    enter = {"symbol": late, "signal_date": date(2019, 1, 22), "size": 1.0}
    result = run(out, enter)
    assert result.trades.sort("entry_date")["size"].to_list() == pytest.approx(size)
    assert result.counts.skipped_cash == 2 - len(size)


def test_splits_and_dividends_go_by_the_symbols_own_sessions() -> None:
    prices = bars().with_columns(
        pl.when((pl.col("symbol") == "USA") & (pl.col("date") > HOLIDAY))
        .then(pl.col(name) / 2)
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("open", "high", "low", "close")
    )
    rows = [("USA", date(2019, 1, 22), "split", 2.0), ("IND", HOLIDAY, "dividend", 1.0)]
    given = pl.DataFrame(rows, schema=CORPORATE_ACTIONS, orient="row")
    start = date(2019, 1, 16)
    result = run(
        {"symbol": "IND", "signal_date": start}, {"symbol": "USA", "signal_date": start}, prices=prices, actions=given
    )
    line = dict(result.equity.select("date", "equity").iter_rows())
    assert [line[day] for day in (FRIDAY, HOLIDAY, date(2019, 1, 22), LAST)] == pytest.approx(
        [1_000.0, 1_005.0, 1_005.0, 1_005.0]
    )
    assert result.jumps.is_empty()


def test_no_bar_on_any_session_is_refused() -> None:
    sunday = bars(only=["USA"]).head(1).with_columns(date=pl.date(2019, 1, 20))
    with pytest.raises(FlowbtError, match="no usable price bar from 2019-01-20 to 2019-01-20 is on a session of XNYS"):
        simulate(plans().clear(), sunday)
