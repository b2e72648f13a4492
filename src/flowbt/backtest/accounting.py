"""The books, kept by vectorbt: order records in, trades and the value of the account day by day out.

The only module that imports vectorbt and pandas, and only when it is called: that takes some five seconds. vectorbt
annualises on 365 days and guesses a frequency unless told otherwise, and caches what it computed, so both settings
are made before the first portfolio exists.

vectorbt knows neither splits nor dividends. Its orders and closes are therefore those of the first session's shares
(`BarGrid.shares`), which a split does not change; the dividends of the shares that it says are held are added to its cash.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from flowbt import compiled  # noqa: F401  (says where numba keeps its cache, before vectorbt imports numba)
from flowbt.backtest.allocation import Records
from flowbt.backtest.bar_grid import BarGrid, Prices


@dataclass(frozen=True)
class Books:
    """What vectorbt made of the orders.

    Attributes:
        trades: vectorbt's trade records, by symbol and within it in the order of the orders; without dividends.
        value: the account at each session's close, USD.
        cash: of it cash, the proceeds of short sales included, USD.
        dividends: received less paid so far, USD; they are in the cash.
        gross: absolute value of all positions at each session's close, USD.
    """

    trades: npt.NDArray[np.void]
    value: Prices
    cash: Prices
    dividends: Prices
    gross: Prices


def keep_books(records: Records, grid: BarGrid, initial_cash: float) -> Books:
    """Trades and account values of the orders, positions marked at the last known close."""
    portfolio = shared_portfolio(records, grid, initial_cash)
    shares = portfolio.assets().to_numpy()
    values = np.where(shares == 0, 0.0, shares * grid.marks.T)
    # a dividend goes to whoever held the share at the close before its ex-date
    received = (shares[:-1] * np.diff(grid.dividends.T, axis=0)).sum(axis=1)
    dividends = np.concatenate([[0.0], received.cumsum()])
    return Books(
        trades=portfolio.trades.values,
        value=portfolio.value().to_numpy() + dividends,
        cash=portfolio.cash().to_numpy() + dividends,
        dividends=dividends,
        gross=np.abs(values).sum(axis=1),
    )


def shared_portfolio(records: Records, grid: BarGrid, initial_cash: float) -> Any:
    """The `vectorbt.Portfolio` of these orders: a column per symbol, one cash account for all.

    Args:
        records: `allocation.ORDER_RECORDS`, by column and within it in time.
        grid: the symbols are its rows, in their order.
        initial_cash: USD.
    """
    import pandas as pd  # noqa: PLC0415

    vbt = _vectorbt()
    close = pd.DataFrame(grid.marks.T, index=pd.DatetimeIndex(grid.sessions), columns=list(grid.symbols))
    wrapper = vbt.ArrayWrapper(close.index, close.columns, 2, freq="1D", group_by=True)
    no_log = np.empty(0, vbt.portfolio.enums.log_dt)
    return vbt.Portfolio(wrapper, close, records, no_log, np.array([initial_cash]), cash_sharing=True)


@cache
def _vectorbt() -> Any:
    import vectorbt as vbt  # noqa: PLC0415

    vbt.settings.array_wrapper["freq"] = "1D"
    vbt.settings.returns["year_freq"] = "252 days"
    return vbt
