"""orats: ORATS strikes, as CSV or as the JSON of their API, calls and puts side by side.

    ticker,tradeDate,expirDate,dte,strike,stockPrice,callVolume,callOpenInterest,callBidSize,callAskSize,putVolume,
    putOpenInterest,putBidSize,putAskSize,callBidPrice,callValue,callAskPrice,putBidPrice,putValue,putAskPrice,callBidIv,
    callMidIv,callAskIv,smvVol,putBidIv,putMidIv,putAskIv,residualRate,delta,gamma,theta,vega,rho,phi,driftlessTheta,
    callSmvVol,putSmvVol,extSmvVol,extCallValue,extPutValue,spotPrice,quoteDate,updatedAt,...

`delta` is the call's; the put's delta is that minus 1, as ORATS documents. Gamma, theta and vega are given once and used for both sides:
per USD, per calendar day and per volatility point (measured on one row). The volatility of a side is that of its mid (`callMidIv`), a
fraction. `callValue` and `putValue` are theoretical and not read, and there is no last price. 0 means "not known" in asks and
volatilities. `stockPrice` of an index is a forward, so `spotPrice` is used if it is given. `quoteDate` is the quote time, about 14
minutes before the close in the historical files. The day of the open interest is not established (the ORATS glossary: "updated by OCC
the night before"), so the lag is left open and detected from the data.
"""

from dataclasses import replace

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

FIELDS = {"volume": "volume", "open_interest": "openinterest", "bid": "bidprice", "ask": "askprice", "iv": "midiv"}
DELTA = pl.col("delta") - pl.when(pl.col("option_type") == "put").then(1.0).otherwise(0.0)

TABLE = Layout(
    header=frozenset(
        {"ticker", "tradedate", "expirdate", "strike", "stockprice", "delta", "gamma", "theta", "vega"}
        | {f"{side}{theirs}" for side in SIDES for theirs in FIELDS.values()}
    ),
    columns={
        **{f"{side}_{ours}": f"{side}{theirs}" for side in SIDES for ours, theirs in FIELDS.items()},
        "symbol": "ticker",
        "date": "tradedate",
        "expiration": "expirdate",
        "underlying_price": ("spotprice", "stockprice"),
        "quote_time": "quotedate",
        **{name: name for name in ("strike", "delta", "gamma", "theta", "vega")},
    },
    missing={"ask": (0,), "iv": (0,), "underlying_price": (0,)},
    values={"delta": DELTA},
)

FORMAT = VendorFormat(
    name="orats",
    description="ORATS strikes as CSV or JSON, calls and puts side by side, with smoothed greeks.",
    open_interest="not established",
    suffixes=(".csv", ".txt", ".parquet", ".json"),
    layouts=(TABLE, replace(TABLE, rows="data")),
)
