"""schwab-prices: daily price history of the trader API of Schwab, and formerly of TD Ameritrade, one JSON document per symbol.

    {"symbol": "AAA", "empty": false, "candles": [{"open": 256.1, "high": 257.0, "low": 255.2, "close": 256.4, "volume": 31000000,
                                                   "datetime": 1767852000000}]}

`datetime` is the beginning of the day in Chicago, in milliseconds since 1970.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.massive import day_of_epoch
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="schwab-prices",
    table="prices",
    description="Daily price history of Schwab's trader API (and TD Ameritrade's) as JSON.",
    suffixes=(".json",),
    layouts=(
        Layout(
            rows="candles",
            header=frozenset({"open", "high", "low", "close", "volume", "datetime"}),
            columns={
                "symbol": "$.symbol",
                "date": day_of_epoch("datetime"),
                **{name: name for name in ("open", "high", "low", "close", "volume")},
            },
        ),
    ),
)
