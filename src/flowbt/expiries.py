"""When contracts trade for the last time: their expiration, root and exchange decide.

    expiration                                     expiry session       last trading day
    a session                                      itself               itself
    a Saturday (monthlies until January 2015)      the Friday before    the Friday before
    a holiday                                      the session before   the session before
    any of the above, settled at the open (AM)     as above             the session before the expiry session

A contract is *live* after the close of a day that comes before its last trading day. Root and expiration tell AM-settled index
options from the others (Cboe contract specifications): of most index roots only the third-Friday expiry is settled at the
open, of the volatility indices every expiry.
"""

from datetime import date
from functools import cache
from typing import Final

import polars as pl

from flowbt.calendar import is_session, monthly_expiry, previous_session
from flowbt.exchanges import DEFAULT_EXCHANGE

AM_SETTLED_MONTHLIES: Final = frozenset({"SPX", "NDX", "RUT", "MRUT", "DJX", "XSPAM", "MXEA", "MXEF", "MXACW", "MXUSA"})
"""Roots whose third-Friday expiry is settled at that day's opening prices; it trades until the session before."""
AM_SETTLED_ALWAYS: Final = frozenset({"VIX", "VIXW"})
"""Roots every expiry of which is settled at the open."""


def expiry_session(expiration: date, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The session on which a contract expires: its expiration, or the last session before where that is not one."""
    return expiration if is_session(expiration, exchange) else previous_session(expiration, exchange)


@cache
def last_trading_day(expiration: date, root: str, exchange: str = DEFAULT_EXCHANGE) -> date:
    """The last session on which a contract trades."""
    session = expiry_session(expiration, exchange)
    return previous_session(session, exchange) if _settled_at_open(session, root, exchange) else session


def with_last_trading_day(rows: pl.DataFrame, exchange: str = DEFAULT_EXCHANGE) -> pl.DataFrame:
    """Rows of contracts with `last_trading_day` (a date), null where the expiration or the root is.

    Args:
        rows: with `root` and `expiration`; each different pair of them is looked up once.
        exchange: whose sessions count.
    """
    pairs = rows.select("root", "expiration").unique().drop_nulls()
    days = [last_trading_day(expiration, root, exchange) for root, expiration in pairs.iter_rows()]
    found = pairs.with_columns(pl.Series("last_trading_day", days, pl.Date))
    return rows.join(found, on=["root", "expiration"], how="left", maintain_order="left")


def _settled_at_open(session: date, root: str, exchange: str) -> bool:
    if root in AM_SETTLED_ALWAYS:
        return True
    return root in AM_SETTLED_MONTHLIES and session == monthly_expiry(session.year, session.month, exchange)
