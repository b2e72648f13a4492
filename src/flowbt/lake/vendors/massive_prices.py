"""massive-prices: daily bars of shares from Massive (formerly Polygon.io), from its API or its flat files.

    {"ticker": "AAA", "adjusted": true, "results": [{"v": 31000000, "vw": 256.2, "o": 256.1, "c": 256.4, "h": 257.0, "l": 255.2,
                                                     "t": 1767848400000, "n": 310000}], ...}            one symbol
    ticker,volume,open,close,high,low,window_start,transactions                            the flat file of a day, all symbols

`t` and `window_start` are times of the day in New York, in milliseconds (the API) or nanoseconds (the flat files) since 1970. Prices of
the API are adjusted for splits unless the request turns it off; prices of the flat files are as traded.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.massive import day_of_epoch
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="massive-prices",
    table="prices",
    description="Daily bars of shares from Massive (Polygon.io): JSON of the API, or flat files.",
    suffixes=(".csv", ".parquet", ".json"),
    layouts=(
        Layout(
            rows="results",
            header=frozenset({"o", "h", "l", "c", "v", "t"}),
            columns={
                "symbol": "$.ticker",
                "date": day_of_epoch("t"),
                "open": "o",
                "high": "h",
                "low": "l",
                "close": "c",
                "volume": "v",
            },
        ),
        Layout(
            header=frozenset({"ticker", "volume", "open", "close", "high", "low", "window_start", "transactions"}),
            first_cells={"ticker": "^[A-Za-z.]+$"},
            columns={
                "symbol": "ticker",
                "date": day_of_epoch("window_start"),
                **{name: name for name in ("open", "high", "low", "close", "volume")},
            },
        ),
    ),
)
