"""yfinance: option chains as `yfinance` gives them from Yahoo, saved as CSV or Parquet, one row per option.

    contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,change,percentChange,volume,openInterest,impliedVolatility,
    inTheMoney,contractSize,currency[,optionType,expirationDate,...,underlyingPrice]

A chain is live and does not say of what day it is: --date must, or the path (`2026-01-08/SPY.csv`, `SPY_2026-01-08.csv`).
`lastTradeDate` is each contract's own. The contract's symbol says the rest. A `contractSize` other than `REGULAR` is an adjusted
contract. `impliedVolatility` is a fraction, and 0 or 0.00001 where there is none; 0 stands for "not known" in the last
price and the ask, and an empty volume for none that is known. There are no greeks, and the moment of the quotes is not
known but in what `flowbt snapshot` takes. Open interest is the last published, of the close before.
"""

import polars as pl

from flowbt.lake.vendors.base import Layout, VendorFormat

FORMAT = VendorFormat(
    name="yfinance",
    description="Option chains as yfinance gives them, saved as CSV; they do not say their day, so --date must.",
    part=True,
    layouts=(
        Layout(
            header=frozenset(
                {"contractsymbol", "lasttradedate", "strike", "lastprice", "bid", "ask", "volume", "openinterest"}
                | {"impliedvolatility", "contractsize"}
            ),
            columns={
                "contract": "contractsymbol",
                "strike": "strike",
                "option_type": "optiontype",
                "expiration": "expirationdate",
                "underlying_price": "underlyingprice",
                "quote_time": "quotetime",
                "adjusted": (pl.col("contractsize") != "REGULAR").cast(pl.String),
                "last": "lastprice",
                "bid": "bid",
                "ask": "ask",
                "volume": "volume",
                "open_interest": "openinterest",
                "iv": "impliedvolatility",
            },
            optional=frozenset({"option_type", "expiration", "underlying_price", "quote_time"}),
            path=r"(?P<date>\d{4}-\d{2}-\d{2})[^/]*(?:/[^/]+)?$",
            missing={"last": (0,), "ask": (0,), "underlying_price": (0,)},
            values={"iv": pl.when(pl.col("iv") > 0.0001).then(pl.col("iv"))},
        ),
    ),
)
