"""massive: daily bars of options from Massive (formerly Polygon.io), one file a day for all symbols.

    ticker,volume,open,close,high,low,window_start,transactions
    O:SPY260116P00690000,200,11.82,9.83,11.82,8.09,1767848400000000000,62

Only contracts that traded have a row. `window_start` is the beginning of the day in New York, since 1970, in nanoseconds
(the flat files) or milliseconds (the API). The symbol is that of the contract (`SPXW` is SPX). There are no quotes, no
open interest, no volatility and no price of the underlying: a file is part of what is known of its contracts.
"""

import polars as pl

from flowbt.lake.vendors.base import Layout, VendorFormat

START = pl.col("window_start").cast(pl.Int64, strict=False)
MILLISECONDS = pl.when(START > 10**15).then(START // 1_000_000).otherwise(START)
MOMENT = pl.from_epoch(MILLISECONDS, time_unit="ms").dt.replace_time_zone("UTC")

FORMAT = VendorFormat(
    name="massive",
    description="Daily bars of options from Massive (Polygon.io): last price and volume only, to go with other files.",
    open_interest="none",
    part=True,
    layouts=(
        Layout(
            header=frozenset({"ticker", "volume", "open", "close", "high", "low", "window_start", "transactions"}),
            columns={
                "contract": "ticker",
                "date": MOMENT.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d"),
                "last": "close",
                "volume": "volume",
            },
        ),
    ),
)
