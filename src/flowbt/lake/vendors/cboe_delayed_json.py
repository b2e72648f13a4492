"""cboe-delayed-json: the delayed quotes that Cboe's website loads, one JSON document per symbol.

    {"timestamp": "2026-01-08 21:20:05",
     "data": {"symbol": "^SPX", "current_price": 6900.5, "last_trade_time": "2026-01-08T16:04:59", ...,
              "options": [{"option": "SPXW260116C06900000", "bid": 40.1, "bid_size": 5.0, "ask": 40.5, "ask_size": 7.0,
                           "iv": 0.12, "open_interest": 1204.0, "volume": 310.0, "delta": 0.5, "gamma": 0.002, "vega": 4.1,
                           "theta": -2.0, "rho": 0.7, "theo": 40.3, ..., "last_trade_price": 40.2, ...}]},
     "symbol": "_SPX"}

The day and the quote time are those of the underlying's last trade (`last_trade_time`, New York time): a document fetched at night or on
a Sunday has the quotes of the session before, which `timestamp` does not show. The symbol comes from the contracts (`SPXW` is SPX). `iv`
is a fraction; 0 means "not known" in it, in the ask and in the last price, and the greeks are unknown without it. Cboe does not give the
units of theta and vega; by their size they are per calendar day and per volatility point. Open interest is the last published value, of
the close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="cboe-delayed-json",
    description="The delayed quotes of Cboe's website, one JSON document per symbol, with IV and greeks.",
    suffixes=(".json",),
    layouts=(
        Layout(
            rows="data.options",
            header=frozenset({"option", "bid", "ask", "iv", "open_interest", "volume", "last_trade_price"}),
            columns={
                "contract": "option",
                "date": pl.col("$.data.last_trade_time").str.slice(0, 10),
                "quote_time": "$.data.last_trade_time",
                "underlying_price": "$.data.current_price",
                "last": "last_trade_price",
                **{name: name for name in ("bid", "ask", "volume", "open_interest", "iv")},
                **{name: name for name in ("delta", "gamma", "theta", "vega")},
            },
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
            values=where_iv_is_known("delta", "gamma", "theta", "vega"),
        ),
    ),
)
