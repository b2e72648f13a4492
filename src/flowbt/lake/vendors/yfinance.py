"""yfinance: option chains as `yfinance` gives them from Yahoo, saved as CSV or Parquet, one row per option.

    contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,change,percentChange,volume,openInterest,impliedVolatility,
    inTheMoney,contractSize,currency[,optionType,expirationDate,...,underlyingPrice]
    strike,lastPrice,bid,ask,...,volume,openInterest,impliedVolatility,...,expiration,type,symbol,date     as scripts rename them

A chain is live and does not contain its day: give it with --date, in a column (`date`, `quote_date`, `snapshot_date`), or in the path
(`2026-01-08/SPY.csv`, `SPY_2026-01-08.csv`). A date in the path on which all contracts expire is used only if one of them last traded on
it. `lastTradeDate` is the last trade of each contract. Symbol, expiration and type come from the contract's symbol or, without one, from
columns (`symbol` may be either). The path gives the share class that a contract's symbol does not separate (`2026-01-08/BRK-B.csv`:
BRK.B). A `contractSize` other than `REGULAR` marks an adjusted contract. `impliedVolatility` is a fraction; 0 and 0.00001 mean "not
known", as do 0 in the last price and the ask, and an empty volume. There are no greeks. The quote time is known only for files of
`flowbt snapshot`. Open interest is the last published value, of the close before.
"""

from dataclasses import replace

import polars as pl

from flowbt.lake.flags import LEAST_VOLATILITY
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

QUOTES = frozenset({"strike", "lastprice", "bid", "ask", "volume", "openinterest", "impliedvolatility"})
TYPES = ("optiontype", "option_type", "type", "call_put", "callput", "side")
EXPIRATIONS = ("expirationdate", "expiration", "expiration_date", "expiry", "expiry_date", "exp_date", "expirydate")
DATES = ("date", "quotedate", "quote_date", "snapshot_date", "as_of_date", "trade_date")
SYMBOLS = ("underlyingsymbol", "underlying_symbol", "underlying", "ticker")
IS_CONTRACT = pl.col("symbol").str.contains(r"\d{6}[CP]\d{8}$")

GIVEN = Layout(
    header=QUOTES | {"contractsymbol"},
    columns={
        "contract": "contractsymbol",
        "strike": "strike",
        "option_type": TYPES,
        "expiration": EXPIRATIONS,
        "date": DATES,
        "underlying_price": ("underlyingprice", "underlying_price"),
        "quote_time": "quotetime",
        "adjusted": (pl.col("contractsize") != "REGULAR").cast(pl.String),
        "last": "lastprice",
        "bid": "bid",
        "ask": "ask",
        "volume": "volume",
        "open_interest": "openinterest",
        "iv": "impliedvolatility",
    },
    optional=frozenset({"option_type", "expiration", "date", "underlying_price", "quote_time", "adjusted"}),
    path=r"(?P<date>\d{4}-\d{2}-\d{2})[^/]*(?:/[^/]+)?$",
    traded="lasttradedate",
    missing={"last": (0,), "ask": (0,), "underlying_price": (0,)},
    values={"iv": pl.when(pl.col("iv") >= LEAST_VOLATILITY).then(pl.col("iv"))},
)
RENAMED = replace(
    GIVEN,
    header=QUOTES | {"|".join(("symbol", *SYMBOLS))},
    without=frozenset({"contractsymbol"}),
    columns={
        **GIVEN.columns,
        "symbol": (*SYMBOLS, pl.when(~IS_CONTRACT).then(pl.col("symbol"))),
        "contract": pl.when(IS_CONTRACT).then(pl.col("symbol")),
    },
    optional=GIVEN.optional | {"symbol", "contract"},
)

FORMAT = VendorFormat(
    name="yfinance",
    description="Option chains as yfinance gives them, saved as CSV; they do not contain their day, so give --date.",
    part=True,
    layouts=(GIVEN, RENAMED),
)
