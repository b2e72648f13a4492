"""Trades and the account's days as typed rows, for reports: the frames (`schema.TRADES`, `schema.EQUITY`) row by row."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from flowbt.schema import EQUITY, TRADES


@dataclass(frozen=True)
class Trade:
    """One trade; the attributes are the columns of `schema.TRADES`, which describes them. `total_return` is its column `return`.

    Attributes:
        symbol: of the underlying.
        instrument: what was traded.
        side: `long` or `short`.
        signal_date: the session on which it was decided.
        entry_date: the session of the entry.
        entry_price: as filled, USD.
        exit_date: the session of the exit, or the last one looked at.
        exit_price: as filled, or the mark of a position still open, USD.
        exit_reason: `target`, `stop`, `time`, `expiry`, `missing_quote` or `end`.
        size: shares at the entry.
        fees: USD.
        pnl: USD after fees, with dividends.
        total_return: `pnl` as a fraction of the notional of the entry.
        split_ratio: shares at the exit for each share at the entry.
        dividends: received (positive) or paid (negative), USD.
        price_return: the return without the dividends.
    """

    symbol: str
    instrument: str
    side: str
    signal_date: date
    entry_date: date
    entry_price: float
    exit_date: date
    exit_price: float
    exit_reason: str
    size: float
    fees: float
    pnl: float
    total_return: float
    split_ratio: float
    dividends: float
    price_return: float

    @staticmethod
    def rows(trades: pl.DataFrame) -> "tuple[Trade, ...]":
        """The rows of a frame (`schema.TRADES`)."""
        return tuple(Trade(*row) for row in trades.select(*TRADES).iter_rows())


@dataclass(frozen=True)
class AccountDay:
    """The account at the close of a session; the attributes are the columns of `schema.EQUITY`, which describes them.

    Attributes:
        day: the session, the column `date`.
        equity: USD.
        cash: USD.
        exposure: as a fraction of the equity; None where that is not positive.
        drawdown: 0 or negative.
        buy_and_hold: USD.
        dividends: received less paid so far, USD.
    """

    day: date
    equity: float
    cash: float
    exposure: float | None
    drawdown: float
    buy_and_hold: float
    dividends: float

    @staticmethod
    def rows(equity: pl.DataFrame) -> "tuple[AccountDay, ...]":
        """The rows of a frame (`schema.EQUITY`)."""
        return tuple(AccountDay(*row) for row in equity.select(*EQUITY).iter_rows())
