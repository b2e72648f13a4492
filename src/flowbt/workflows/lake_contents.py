"""What `flowbt.workflows.lake_status.status` returns, and `flowbt status --json` prints."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flowbt.documents import Result, keyed

DIFFERS: Final = 0.05
"""A close this far from the price of the underlying in the same day's chain is on another scale: adjusted, or another symbol."""


@dataclass(frozen=True)
class PriceJump(Result):
    """A move of the underlying that a split must explain.

    Attributes:
        date: of the snapshot after the move.
        start: price of the underlying before; the key is `from`.
        end: price after; the key is `to`.
        split: shares that one share became by the split on file; None where there is none.
    """

    date: datetime.date
    start: float = keyed("from")
    end: float = keyed("to")
    split: float | None = keyed("")


@dataclass(frozen=True)
class ChainStatus(Result):
    """The chains of one symbol.

    Attributes:
        symbol: whose.
        exchange: its MIC.
        first: first day with a snapshot.
        last: last day with one.
        sessions: number of days with one.
        missing_sessions: sessions of the exchange between them without one.
        contracts: number of contracts, added up over the days.
        adjusted_contracts: of these, those that a corporate action changed; metrics leave them out.
        oi_lag_declared: 1 where the open interest is declared to be of the close before, 0 of the same day; None: not or not alike.
        oi_lag_detected: the same as volume shows it; None: the data do not show it.
        oi_lag_contradicted: whether both are known and differ.
        partial_days: days whose snapshot has far fewer strikes than those before.
        stale_open_interest: days that repeat the open interest of the day before.
        price_jumps: moves of the underlying that a split must explain.
        spot: number of days by source of the price of the underlying: `chain`, `bar`, `parity`, `unknown`.
        unknown_open_interest: days on which the source gave 0 for every contract.
        unknown_volume: the same of volume.
    """

    symbol: str
    exchange: str
    first: datetime.date
    last: datetime.date
    sessions: int
    missing_sessions: tuple[datetime.date, ...]
    contracts: int
    adjusted_contracts: int
    oi_lag_declared: int | None
    oi_lag_detected: int | None
    oi_lag_contradicted: bool
    partial_days: tuple[datetime.date, ...]
    stale_open_interest: tuple[datetime.date, ...]
    price_jumps: tuple[PriceJump, ...]
    spot: Mapping[str, int]
    unknown_open_interest: tuple[datetime.date, ...]
    unknown_volume: tuple[datetime.date, ...]


@dataclass(frozen=True)
class PriceStatus(Result):
    """The price bars of one symbol.

    Attributes:
        symbol: whose.
        exchange: its MIC.
        first: first day with a bar.
        last: last day with one.
        sessions: number of bars.
        differ_from_chain: days on which the close is more than `DIFFERS` from the price of the underlying in the chain.
    """

    symbol: str
    exchange: str
    first: datetime.date
    last: datetime.date
    sessions: int
    differ_from_chain: int


@dataclass(frozen=True)
class PrintStatus(Result):
    """The trade prints of one symbol: first and last day, number of days and of prints.

    Attributes:
        symbol: whose tape.
        first: first day with prints.
        last: last day with prints.
        sessions: days with prints.
        prints: executions in all.
    """

    symbol: str
    first: datetime.date
    last: datetime.date
    sessions: int
    prints: int


@dataclass(frozen=True)
class ActionStatus(Result):
    """The corporate actions of one symbol: numbers of splits and dividends, first and last day.

    Attributes:
        symbol: whose corporate actions.
        splits: splits on file.
        dividends: dividends on file.
        first: date of the first action.
        last: date of the last action.
    """

    symbol: str
    splits: int
    dividends: int
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True)
class LakeStatus(Result):
    """What a lake contains, and what is unusual about it.

    Attributes:
        lake: its address.
        version: number of the newest commit by table.
        chains: by symbol.
        prices: by symbol.
        prints: by symbol.
        actions: by symbol.
        quarantined: number of rows in quarantine.
    """

    lake: str
    version: Mapping[str, int]
    chains: tuple[ChainStatus, ...]
    prices: tuple[PriceStatus, ...]
    prints: tuple[PrintStatus, ...]
    actions: tuple[ActionStatus, ...]
    quarantined: int
