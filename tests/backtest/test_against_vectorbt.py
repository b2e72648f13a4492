"""The same plans told to vectorbt's own simulator give the same orders, trades and figures."""

# ruff: noqa: PLC0415  (vectorbt takes seconds to import: not while tests are collected)

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowbt.backtest import Costs, Simulation, simulate
from flowbt.backtest.accounting import shared_portfolio
from flowbt.backtest.allocation import ORDER_RECORDS
from flowbt.backtest.bar_grid import BarGrid, lay_out
from flowbt.calendar import sessions

Make = Callable[..., pl.DataFrame]
COSTS = Costs(fees_bp=5, slippage_bp=7)
COUNT = 250
HOLD = 4
DAYS = {session: place for place, session in enumerate(sessions(date(2024, 1, 2), date(2025, 1, 31)))}


@pytest.fixture(scope="module")
def path() -> list[tuple[float, ...]]:
    random = np.random.default_rng(5)
    closes = 100 * np.exp(np.cumsum(random.normal(0, 0.02, COUNT)))
    opens = closes * np.exp(random.normal(0, 0.01, COUNT))
    tops = np.maximum(opens, closes) * np.exp(random.exponential(0.01, COUNT))
    bottoms = np.minimum(opens, closes) * np.exp(-random.exponential(0.01, COUNT))
    return [tuple(map(float, bar)) for bar in zip(opens, tops, bottoms, closes, strict=True)]


@pytest.fixture(scope="module")
def signals() -> list[int]:
    return sorted(map(int, np.random.default_rng(6).choice(COUNT - 10, 60, replace=False)))


@contextmanager
def uncompiled() -> Iterator[None]:
    """vectorbt's functions as they are written: to compile those of a simulation takes longer than all tests of this file."""
    from vectorbt.portfolio import nb

    with pytest.MonkeyPatch.context() as patch:
        for name, function in list(vars(nb).items()):
            if hasattr(function, "py_func"):
                patch.setattr(nb, name, function.py_func)
        yield


def simulated(path: list[tuple[float, ...]], order_function: Any) -> Any:
    """vectorbt's own event-driven simulation of one symbol, uncompiled."""
    import pandas as pd
    import vectorbt as vbt

    close = pd.Series([bar[3] for bar in path], index=pd.bdate_range("2024-01-02", periods=len(path)))
    with uncompiled():
        return vbt.Portfolio.from_order_func(
            close, order_function, flexible=True, use_numba=False, init_cash=100_000.0, freq="1D", max_orders=1000
        )


def entering(path: list[tuple[float, ...]], signals: list[int], trigger: Callable[[int], float] | None) -> Any:
    """Put the equity of the evening before into a buy the session after a signal, sell `HOLD` sessions later."""
    from vectorbt.portfolio import nb

    bought = -1
    evening = 0.0

    def order(c: Any) -> Any:
        nonlocal bought, evening
        open_, high = path[c.i][:2]
        held, cash = c.last_position[0], c.last_cash[0]
        if c.call_idx == 0:
            evening = cash + (held * path[c.i - 1][3] if c.i else 0.0)
        if held > 0 and c.i == bought + HOLD:
            return 0, nb.order_nb(size=-held, price=open_, fees=COSTS.fees, slippage=COSTS.slippage)
        if held == 0 and c.i - 1 in signals:
            level = trigger(c.i - 1) if trigger else open_
            if high >= level:
                bought, price = c.i, max(open_, level)
                shares = min(evening, cash / (1 + COSTS.fees)) / (price * (1 + COSTS.slippage))
                return 0, nb.order_nb(size=shares, price=price, fees=COSTS.fees, slippage=COSTS.slippage)
        return -1, nb.order_nothing_nb()

    return order


def assert_same(result: Simulation, portfolio: Any, day: Callable[[int], Any]) -> None:
    theirs = portfolio.trades.values
    assert result.trades.height == len(theirs) > 15
    assert result.trades["entry_date"].to_list() == [day(int(at)) for at in theirs["entry_idx"]]
    assert result.trades["exit_date"].to_list() == [day(int(at)) for at in theirs["exit_idx"]]
    for name in ("entry_price", "exit_price", "size", "pnl", "return"):
        np.testing.assert_allclose(result.trades[name], theirs[name], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(result.trades["fees"], theirs["entry_fees"] + theirs["exit_fees"], rtol=1e-9)
    np.testing.assert_allclose(result.equity["equity"], portfolio.value().to_numpy(), rtol=1e-9)


def test_market_entries_and_time_exits(
    path: list[tuple[float, ...]], signals: list[int], bars: Make, plans: Make, day: Callable[[int], Any]
) -> None:
    told = plans(*({"signal": at, "exit_after": HOLD} for at in signals))
    result = simulate(told, bars(A=path), costs=COSTS, first=day(0))
    assert_same(result, simulated(path, entering(path, signals, None)), day)


def test_stop_entries_and_time_exits(
    path: list[tuple[float, ...]], signals: list[int], bars: Make, plans: Make, day: Callable[[int], Any]
) -> None:
    def trigger(at: int) -> float:
        return path[at][3] * 1.005

    told = plans(*({"signal": at, "exit_after": HOLD, "entry": "stop", "entry_level": trigger(at)} for at in signals))
    result = simulate(told, bars(A=path), costs=COSTS, first=day(0))
    assert result.counts.unfilled > 5
    assert_same(result, simulated(path, entering(path, signals, trigger)), day)


def test_over_splits_as_vectorbt_on_split_adjusted_prices(
    path: list[tuple[float, ...]],
    signals: list[int],
    bars: Make,
    plans: Make,
    actions: Make,
    day: Callable[[int], Any],
) -> None:
    """A 3:1 split and a 1:10 reverse split: what is traded differs in shares and prices, and in nothing else."""
    shares = [1.0 if at < 90 else 3.0 if at < 170 else 0.3 for at in range(COUNT)]
    traded = [tuple(price / shares[at] for price in bar) for at, bar in enumerate(path)]

    def trigger(at: int) -> float:
        return path[at][3] * 1.005

    told = plans(
        *(
            {"signal": at, "exit_after": HOLD, "entry": "stop", "entry_level": trigger(at) / shares[at]}
            for at in signals
        )
    )
    on_file = actions((90, "split", 3.0), (170, "split", 0.1))
    result = simulate(told, bars(A=traded), costs=COSTS, first=day(0), actions=on_file)
    # vectorbt trades the shares of the first session
    at_entry, at_exit = (
        pl.Series([shares[place] for place in result.trades[name].replace_strict(DAYS, return_dtype=pl.Int64)])
        for name in ("entry_date", "exit_date")
    )
    assert result.trades["split_ratio"].to_list() == pytest.approx((at_exit / at_entry).to_list())
    assert (result.trades["split_ratio"] != 1).any()
    restated = result.trades.with_columns(
        size=pl.col("size") / at_entry,
        entry_price=pl.col("entry_price") * at_entry,
        exit_price=pl.col("exit_price") * at_exit,
    )
    assert_same(replace(result, trades=restated), simulated(path, entering(path, signals, trigger)), day)


def by_hand(
    path: list[tuple[float, ...]], signals: list[int], given: dict[int, list[tuple[str, float]]]
) -> list[float]:
    """The equity of a long at the open after each signal, all cash in, out `HOLD` sessions later; no costs."""
    cash, shares, bought, line = 100_000.0, 0.0, -1, []
    evening = cash
    for at, (open_, _, _, close) in enumerate(path):
        for kind, value in sorted(given.get(at, []), reverse=True):
            if kind == "split":
                shares *= value
            else:
                cash += shares * value
        # the dividend of this very day is in the evening's mark, so it is no cash to invest yet
        free = cash - sum(shares * value for kind, value in given.get(at, []) if kind == "dividend")
        if shares and at == bought + HOLD:
            cash, free, shares = cash + shares * open_, cash + shares * open_, 0.0
        if not shares and at - 1 in signals:
            invested = min(evening, free)
            shares, cash, bought = invested / open_, cash - invested, at
        evening = cash + shares * close
        line.append(evening)
    return line


def test_splits_and_dividends_as_a_loop_over_the_days(
    path: list[tuple[float, ...]],
    signals: list[int],
    bars: Make,
    plans: Make,
    actions: Make,
    day: Callable[[int], Any],
) -> None:
    given = {at: [("dividend", 0.6)] for at in range(7, COUNT, 9)}
    given |= {90: [("split", 3.0), ("dividend", 0.2)], 170: [("split", 0.1)]}
    shares = [1.0 if at < 90 else 3.0 if at < 170 else 0.3 for at in range(COUNT)]
    traded = [tuple(price / shares[at] for price in bar) for at, bar in enumerate(path)]
    on_file = actions(*((at, *action) for at, of_day in given.items() for action in of_day))
    told = plans(*({"signal": at, "exit_after": HOLD} for at in signals))
    result = simulate(told, bars(A=traded), first=day(0), actions=on_file)
    np.testing.assert_allclose(result.equity["equity"], by_hand(traded, signals, given), rtol=1e-12)
    assert (result.trades["dividends"] > 0).sum() > 10


def test_the_order_records_are_vectorbts_own() -> None:
    from vectorbt.portfolio.enums import order_dt

    assert order_dt == ORDER_RECORDS


def test_figures_equal_vectorbts(
    path: list[tuple[float, ...]],
    signals: list[int],
    bars: Make,
    plans: Make,
    day: Callable[[int], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two symbols, longs and shorts, one account."""
    from flowbt.backtest import accounting

    kept: list[Any] = []

    def keeping(records: Any, grid: BarGrid, cash: float) -> Any:
        kept.append(shared_portfolio(records, grid, cash))
        return kept[-1]

    monkeypatch.setattr(accounting, "shared_portfolio", keeping)
    told = plans(
        *(
            {
                "symbol": "AB"[at % 2],
                "signal": at,
                "exit_after": HOLD,
                "stop_offset": 0.03,
                "side": 1 - 2 * (at % 3 == 0),
            }
            for at in signals
        )
    )
    result = simulate(told, bars(A=path, B=path[::-1]), costs=COSTS, first=day(0))
    portfolio = kept[0]
    closed = portfolio.trades.closed
    assert result.measures.total_return == pytest.approx(portfolio.total_return(), rel=1e-9)
    assert result.measures.annual_return == pytest.approx(portfolio.annualized_return(), rel=1e-9)
    assert result.measures.sharpe == pytest.approx(portfolio.sharpe_ratio(), rel=1e-9)
    assert result.measures.max_drawdown == pytest.approx(portfolio.max_drawdown(), rel=1e-9)
    assert result.measures.hit_rate == pytest.approx(closed.win_rate())
    assert result.measures.profit_factor == pytest.approx(closed.profit_factor())


def test_a_symbol_without_bars_in_the_range_is_carried(bars: Make, day: Callable[[int], Any]) -> None:
    quiet = (100.0, 101.0, 99.0, 100.0)
    grid = lay_out(bars(A=[quiet] * 5, B=[None, None, None, None, quiet]), day(0), day(2), "XNYS")
    portfolio = shared_portfolio(np.empty(0, ORDER_RECORDS), grid, 500.0)
    assert portfolio.value().to_list() == [500.0] * 3
