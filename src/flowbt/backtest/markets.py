"""The bars of a run, each symbol on the sessions of its own exchange.

A plan is filled on its symbol's own sessions, so horizons and next sessions are counted on them (`Markets.own`). The
account is kept on the union of all of them (`Markets.grid`): where an exchange is closed, its positions keep their last
close. Prices are taken to be in one currency; exchange rates are not modelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.backtest.bar_grid import BarGrid, lay_out, side_by_side
from flowbt.calendar import opening_time, previous_session, shift_session
from flowbt.errors import FlowbtError
from flowbt.exchanges import DEFAULT_EXCHANGE

Exchanges = Mapping[str, str]
"""Symbols with the MIC of their exchange; New York for one that is not among them."""


@dataclass(frozen=True)
class Markets:
    """The bars of a run.

    Attributes:
        own: by exchange, its symbols on its own sessions.
        grid: all symbols, on all sessions of any of the exchanges.
        exchange_of: symbol to MIC, of all symbols that have bars.
    """

    own: dict[str, BarGrid]
    grid: BarGrid
    exchange_of: dict[str, str]

    def opening_order(self) -> npt.NDArray[np.int64]:
        """For each symbol of the grid, the place of its exchange among those that open on a day, the earliest first.

        Raises:
            UnknownNameError: there are several exchanges, and the hours of one are not on file.
        """
        if len(self.own) == 1:
            return np.zeros(len(self.grid.symbols), np.int64)
        day = self.grid.sessions[0]
        times = {exchange: opening_time(day, exchange) for exchange in self.own}
        order = {time: place for place, time in enumerate(sorted(set(times.values())))}
        return np.array([order[times[self.exchange_of[symbol]]] for symbol in self.grid.symbols], np.int64)


def open_markets(
    plans: pl.DataFrame,
    bars: pl.DataFrame,
    actions: pl.DataFrame | None,
    exchanges: Exchanges,
    first: date | None,
    last: date | None,
) -> Markets:
    """The bars of the evaluated range; it begins on a session on or before the first signal.

    Args:
        plans: `schema.PLAN_ROWS`, those of the range.
        bars: `schema.PRICE_BARS`.
        actions: `schema.CORPORATE_ACTIONS`.
        exchanges: each symbol's.
        first: the first day on which a plan may be decided; by default the earliest signal.
        last: the last day looked at; by default that of the last bar.

    Raises:
        FlowbtError: no bars in the range, two bars of one symbol and date, or an end before the start.
    """
    if bars.is_empty():
        raise FlowbtError("there are no price bars to trade on; ingest prices for these symbols")
    earliest = _day(plans["signal_date"].min())
    start = first or earliest or _day(bars["date"].min())
    end = min(filter(None, (last, _day(bars["date"].max()))))
    if start is None or start > end:
        raise FlowbtError(f"the range to evaluate ends on {end}, before it starts on {start}; give other dates")
    exchange_of = {symbol: exchanges.get(symbol, DEFAULT_EXCHANGE) for symbol in bars["symbol"].unique().sort()}
    own = {}
    for exchange in sorted(set(exchange_of.values())):
        opening = shift_session(start, 0, exchange)
        if earliest is not None and earliest < opening:
            # decided on a day without a session: the account must exist the session before its first trade
            opening = previous_session(opening, exchange)
        symbols = [symbol for symbol, of in exchange_of.items() if of == exchange]
        of_exchange = bars if len(symbols) == len(exchange_of) else bars.filter(pl.col("symbol").is_in(symbols))
        own[exchange] = lay_out(of_exchange, opening, max(end, opening), exchange, actions)
    if all(np.isnan(grid.close).all() for grid in own.values()):
        where = " or ".join(own)
        raise FlowbtError(
            f"no usable price bar from {start} to {end} is on a session of {where}; check the dates and the exchange"
        )
    return Markets(own, side_by_side(list(own.values())), exchange_of)


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None
