"""massive: daily bars of options from Massive (formerly Polygon.io), one file a day for all symbols.

    ticker,volume,open,close,high,low,window_start,transactions
    O:SPY260116P00690000,200,11.82,9.83,11.82,8.09,1767848400000000000,62

Only contracts that traded have a row. `window_start` is the beginning of the day in New York, since 1970, in nanoseconds
(the flat files) or milliseconds (the API). The symbol is that of the contract (`SPXW` is SPX). There are no quotes, no
open interest, no volatility and no price of the underlying: a file is part of what is known of its contracts.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

NANOSECONDS = 10**15
"""A moment since 1970 above this is in nanoseconds, one below in milliseconds: the years 1970 and 33658."""


def day_of_epoch(column: str) -> pl.Expr:
    """The day in New York of a moment since 1970 in milliseconds or nanoseconds, as text."""
    moment = pl.col(column).cast(pl.Int64, strict=False)
    moment = pl.when(moment > NANOSECONDS).then(moment // 1_000_000).otherwise(moment)
    utc = pl.from_epoch(moment, time_unit="ms").dt.replace_time_zone("UTC")
    return utc.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d")


FORMAT = VendorFormat(
    name="massive",
    description="Daily bars of options from Massive (Polygon.io): last price and volume only, to go with other files.",
    open_interest="none",
    part=True,
    layouts=(
        Layout(
            header=frozenset({"ticker", "volume", "open", "close", "high", "low", "window_start", "transactions"}),
            first_cells={"ticker": "^O:"},
            columns={
                "contract": "ticker",
                "date": day_of_epoch("window_start"),
                "last": "close",
                "volume": "volume",
            },
        ),
    ),
)
