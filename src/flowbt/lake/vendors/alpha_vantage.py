"""alpha-vantage: HISTORICAL_OPTIONS of Alpha Vantage, as CSV or JSON, one row per option.

    contractID,symbol,expiration,strike,type,last,mark,bid,bid_size,ask,ask_size,volume,open_interest,date,
    implied_volatility,delta,gamma,theta,vega,rho
    {"endpoint": "Historical Options", "message": "success", "data": [{"contractID": ..., "symbol": ..., ...}]}

A chain of one symbol at the close of `date`. `implied_volatility` is a fraction. The documentation does not give the units of theta and
vega; by their size they are per calendar day and per volatility point. 0 means "not known" in `last`, `ask` and the volatility, and so
does a volatility of 0.01488; greeks are unknown without a volatility. There is no price of the underlying. The day of the open interest
is not documented, so the lag is left open and detected from the data.
"""

from dataclasses import replace

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
NO_VOLATILITY = 0.01488
"""Given if no volatility fits the price, with a delta of 1, 0 or -1 and a gamma of 0."""

TABLE = Layout(
    header=frozenset(
        {
            "contractid",
            "symbol",
            "expiration",
            "strike",
            "type",
            "last",
            "mark",
            "bid",
            "ask",
            "volume",
            "open_interest",
        }
        | {"date", "implied_volatility", *GREEKS}
    ),
    columns={
        "contract": "contractid",
        "option_type": "type",
        "iv": "implied_volatility",
        **{name: name for name in ("symbol", "date", "expiration", "strike", "last", "bid", "ask", "volume")},
        **{name: name for name in ("open_interest", *GREEKS)},
    },
    quoted=0,
    missing={"last": (0,), "ask": (0,), "iv": (0, NO_VOLATILITY)},
    values=where_iv_is_known(*GREEKS),
)

FORMAT = VendorFormat(
    name="alpha-vantage",
    description="Historical options of Alpha Vantage, as CSV or JSON, with IV and greeks.",
    open_interest="not established",
    suffixes=(".csv", ".parquet", ".json"),
    layouts=(TABLE, replace(TABLE, rows="data")),
)
