"""calls-puts-json: chains by expiry as scripts around yfinance save them, one JSON document per symbol and day.

    {"ticker": "AAA", "date": "2026-01-08", "spot": 100.0, "timestamp": "2026-01-08T19:13:50",
     "chains": {"2026-01-16": {"calls": [{"strike": 100.0, "lastPrice": 1.5, "volume": 10.0, "openInterest": 50, "iv": 0.25, "delta": 0.52}],
                               "puts": [...]}}}

The rows have yfinance's names; `impliedVolatility` may replace `iv`, and bid and ask are optional. The volatility is a fraction. Yahoo
writes 0 and 0.00001 for "not known", and the script limits it to 5; delta is unknown in these cases. `timestamp` has no time zone and is
not read. Open interest is the last published value, of the close before.
"""

import polars as pl

from flowbt.lake.flags import LEAST_VOLATILITY
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

CAP = 5.0

FORMAT = VendorFormat(
    name="calls-puts-json",
    description="Chains by expiry as JSON, chains: {EXPIRY: {calls: [...], puts: [...]}}, rows as of yfinance.",
    suffixes=(".json",),
    layouts=(
        Layout(
            rows="chains.*expiration.*option_type",
            header=frozenset({"strike", "lastprice", "volume", "openinterest", "iv|impliedvolatility", "$.ticker"}),
            columns={
                "symbol": "$.ticker",
                "date": "$.date",
                "expiration": "expiration",
                "option_type": "option_type",
                "underlying_price": ("$.spot", "$.underlyingprice", "$.underlying_price"),
                "strike": "strike",
                "last": "lastprice",
                "iv": ("iv", "impliedvolatility"),
                "open_interest": "openinterest",
                **{name: name for name in ("bid", "ask", "volume", "delta")},
            },
            optional=frozenset({"date", "underlying_price", "bid", "ask", "delta"}),
            path=r"/(?P<date>\d{4}-\d{2}-\d{2})[-_](?P<symbol>[^/._]+)[^/]*$",
            missing={"last": (0,), "ask": (0,), "iv": (0, CAP), "underlying_price": (0,)},
            values={
                "iv": pl.when(pl.col("iv") >= LEAST_VOLATILITY).then(pl.col("iv")),
                "delta": pl.when(pl.col("iv") >= LEAST_VOLATILITY).then(pl.col("delta")),
            },
        ),
    ),
)
