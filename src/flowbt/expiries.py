"""Last trading day of contracts, from their expiration, root and exchange.

    expiration                                     expiry session       last trading day
    a session                                      itself               itself
    a Saturday (monthlies until January 2015)      the Friday before    the Friday before
    a holiday                                      the session before   the session before
    any of the above, settled at the open (AM)     as above             the session before the expiry session

A contract is *live* on a day if its last trading day is later (`is_live`): it is still a position after the close. A
source may list a contract after its last trading day, such as SPX options on the morning of their settlement; it is
then *dead* (`is_dead`), and no metric counts it.

AM-settled index options are identified by root and expiration (Cboe contract specifications): for most index roots only
the third-Friday expiry settles at the open, for volatility indices every expiry. If a source gives no root, the symbol
is used instead, so PM-settled options of a third Friday look like AM-settled ones.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from flowbt.calendar import last_session, monthly_expiry, previous_session
from flowbt.exchanges import DEFAULT_EXCHANGE

AM_SETTLED_MONTHLIES: Final = frozenset(
    {"SPX", "NDX", "MNX", "RUT", "MRUT", "DJX", "XSPAM", "MXEA", "MXEF", "MXACW", "MXUSA"}
)
"""Roots whose third-Friday expiry settles at that day's opening prices; it trades until the session before."""
AM_SETTLED_ALWAYS: Final = frozenset({"VIX", "VIXW", "RVX", "VXN"})
"""Roots whose expiries all settle at the open."""
LAST_TRADING_DAY: Final = "last_trading_day"


@cache
def expiry_session(expiration: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The session on which a contract expires: its expiration, or the last session before if that is not a session."""
    return last_session(expiration, exchange)


@cache
def last_trading_day(expiration: date, root: str, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The last session on which a contract trades.

    Args:
        expiration: as the source dates it.
        root: option root, as in `SPXW`.
        exchange: MIC of the exchange whose sessions apply.
    """
    session = expiry_session(expiration, exchange)
    return previous_session(session, exchange) if _settled_at_open(session, root, exchange) else session


def with_last_trading_day(rows: pl.DataFrame, exchange: str | Mapping[str, str] = DEFAULT_EXCHANGE) -> pl.DataFrame:
    """Rows of contracts with `last_trading_day` (a date), null where the expiration or the root is.

    Args:
        rows: with `root` and `expiration`; each distinct pair is looked up once. Rows in stored order are fastest.
        exchange: MIC of the exchange whose sessions apply; or the exchange by symbol, if the rows have a `symbol`.
    """
    contract = ["root", "expiration"] if isinstance(exchange, str) else ["symbol", "root", "expiration"]
    # adjacent rows mostly share both, so one row per run is looked up and joined
    runs = rows.select(pl.struct(contract).rle().alias("run")).unnest("run").unnest("value")
    distinct = runs.select(contract).unique(maintain_order=True).drop_nulls()
    days = [
        last_trading_day(expiration, root, exchange if isinstance(exchange, str) else exchange[symbol[0]])
        for *symbol, root, expiration in distinct.iter_rows()
    ]
    distinct = distinct.with_columns(pl.Series(LAST_TRADING_DAY, days, pl.Date))
    by_run = runs.join(distinct, on=contract, how="left", maintain_order="left")[LAST_TRADING_DAY]
    return rows.with_columns(repeated(by_run, runs["len"]))


def repeated(values: pl.Series, lengths: pl.Series) -> pl.Series:
    """Each value repeated by the length of its run."""
    times = lengths.to_numpy()
    if values.null_count():
        return values.gather(pl.Series(np.repeat(np.arange(len(values), dtype=np.uint32), times)))
    return pl.Series(values.name, np.repeat(values.to_physical().to_numpy(), times)).cast(values.dtype)


def is_live() -> pl.Expr:
    """Whether the contract can still trade after its `date`; null where its last trading day is unknown."""
    return pl.col(LAST_TRADING_DAY) > pl.col("date")


def is_dead() -> pl.Expr:
    """Whether the contract's last trading day was before its `date`."""
    return pl.col(LAST_TRADING_DAY) < pl.col("date")


def _settled_at_open(session: date, root: str, exchange: str) -> bool:
    if root in AM_SETTLED_ALWAYS:
        return True
    return root in AM_SETTLED_MONTHLIES and session == monthly_expiry(session.year, session.month, exchange)
