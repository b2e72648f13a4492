"""dolthub: the table `option_chain` of DoltHub's free database `post-no-preference/options`, as CSV, Parquet or JSON.

    date,act_symbol,expiration,strike,call_put,bid,ask,vol,delta,gamma,theta,vega,rho
    2026-01-08,AAA,2026-01-16,100.00,Call,1.40,1.60,0.2500,0.5200,0.0800,-0.0900,0.0600,0.0100
    {"query_execution_status": "Success", ..., "rows": [{"date": "2026-01-08", "act_symbol": "AAA", ...}]}    of the SQL API

`vol` is the implied volatility as a fraction, not the volume: there is no volume, no open interest and no price of the underlying, and
columns for them that a converter added are not read. 0 means "not known" in the volatility and the ask, and the greeks are unknown
without a volatility. By their size, theta is per calendar day and vega per volatility point. The time of the quotes is not documented.
The prices of the sister database (`ohlcv`: `date,act_symbol,open,high,low,close,volume`) have the format `ohlcv`, its `dividend` and
`split` the format `actions`.
"""

from dataclasses import replace

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")

TABLE = Layout(
    header=frozenset({"date", "act_symbol", "expiration", "strike", "call_put", "bid", "ask", "vol", *GREEKS}),
    columns={
        "symbol": "act_symbol",
        "option_type": "call_put",
        "iv": "vol",
        **{name: name for name in ("date", "expiration", "strike", "bid", "ask", *GREEKS)},
    },
    missing={"ask": (0,), "iv": (0,)},
    values=where_iv_is_known(*GREEKS),
)

FORMAT = VendorFormat(
    name="dolthub",
    description="option_chain of DoltHub's post-no-preference/options: quotes, IV and greeks; no volume, no open interest.",
    open_interest="none",
    suffixes=(".csv", ".parquet", ".json"),
    layouts=(TABLE, replace(TABLE, rows="rows")),
)
