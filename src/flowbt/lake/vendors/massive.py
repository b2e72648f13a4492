"""massive: daily bars of options from Massive (formerly Polygon.io), one file per day for all symbols.

    ticker,volume,open,close,high,low,window_start,transactions
    O:SPY260116P00690000,200,11.82,9.83,11.82,8.09,1767848400000000000,62

Only contracts that traded have a row. `window_start` is the beginning of the day in New York, in nanoseconds (the flat files) or
milliseconds (the API) since 1970. The symbol comes from the contract (`SPXW` is SPX). There are no quotes, no open interest, no
volatility and no price of the underlying, so a file is treated as a part of its day.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

NANOSECONDS = 10**15
"""Numbers above this are nanoseconds since 1970 (after 12 January 1970), numbers below are milliseconds (before the year 33658)."""


def day_of_epoch(column: str) -> pl.Expr:
    """The day in New York, as text, of a column with milliseconds or nanoseconds since 1970."""
    moment = pl.col(column).cast(pl.Int64, strict=False)
    moment = pl.when(moment > NANOSECONDS).then(moment // 1_000_000).otherwise(moment)
    utc = pl.from_epoch(moment, time_unit="ms").dt.replace_time_zone("UTC")
    return utc.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d")


FORMAT = VendorFormat(
    name="massive",
    description="Daily bars of options from Massive (Polygon.io): last price and volume only, to combine with other files.",
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
