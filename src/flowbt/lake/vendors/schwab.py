"""schwab: option chains of the trader API of Schwab, and formerly of TD Ameritrade, one JSON document per symbol.

    {"symbol": "AAA", "status": "SUCCESS", "underlyingPrice": 100.0, "isDelayed": false, "underlying": {...}, ...,
     "callExpDateMap": {"2026-01-16:8": {"100.0": [{"putCall": "CALL", "symbol": "AAA   260116C00100000", "bid": 1.4, "ask": 1.6, "last": 1.5,
         "mark": 1.5, "totalVolume": 10, "quoteTimeInLong": 1767905999000, "tradeTimeInLong": ..., "volatility": 25.0, "delta": 0.52,
         "gamma": 0.08, "theta": -0.09, "vega": 0.06, "openInterest": 50, "strikePrice": 100.0, "multiplier": 100.0, "nonStandard": false, ...}]}},
     "putExpDateMap": {...}}

The key of an expiry is its date and the number of days until then. The day and the quote time are those of the latest quote
(`quoteTimeInLong`: milliseconds since 1970). The volatility is in percent; `NaN` and -999 mean "not known" in it and in the greeks, 0 in
the last price, the ask and the volatility. The greeks are unknown without a volatility; theta is per calendar day, vega per volatility
point. The `$` of an index (`$SPX`, at TD Ameritrade `$SPX.X`) is removed. `nonStandard` marks an adjusted contract. Open interest is the
last published value, of the close before. A document may contain only some expiries or strikes of a day.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
YOUNGEST = pl.col("quotetimeinlong").cast(pl.Int64, strict=False).max()
MOMENT = pl.when(YOUNGEST > 0).then(pl.from_epoch(YOUNGEST, time_unit="ms").dt.replace_time_zone("UTC"))

FORMAT = VendorFormat(
    name="schwab",
    description="Option chains of Schwab's trader API (and TD Ameritrade's) as JSON, with IV and greeks.",
    suffixes=(".json",),
    part=True,
    layouts=(
        Layout(
            rows="callExpDateMap|putExpDateMap.*expdate.*strike",
            header=frozenset(
                {"putcall", "symbol", "bid", "ask", "last", "totalvolume", "openinterest", "volatility"}
                | {"strikeprice", "quotetimeinlong"}
            ),
            columns={
                "symbol": "$.symbol",
                # `SPXW  260116C06900000`, at TD Ameritrade `SPXW_011626C6900`
                "root": pl.col("symbol").str.extract(r"^(.+?)(?:\s*\d{6}[CP]\d{8}|_\d{6}[CP][\d.]+)$"),
                "expiration": pl.col("expdate").str.split(":").list.first(),
                "strike": "strikeprice",
                "option_type": "putcall",
                "multiplier": "multiplier",
                "adjusted": "nonstandard",
                "date": MOMENT.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d"),
                "quote_time": MOMENT.dt.strftime("%FT%T%.3fZ"),
                "underlying_price": "$.underlyingprice",
                "volume": "totalvolume",
                "open_interest": "openinterest",
                "iv": "volatility",
                **{name: name for name in ("bid", "ask", "last", *GREEKS)},
            },
            optional=frozenset({"multiplier", "adjusted"}),
            empty=("NaN",),
            missing={"last": (0,), "ask": (0,), "iv": (0, -999), "underlying_price": (0,)}
            | dict.fromkeys(GREEKS, (-999.0,)),
            divide_by={"iv": 100},
            values=where_iv_is_known(*GREEKS),
        ),
    ),
)
