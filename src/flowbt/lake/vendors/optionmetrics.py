"""optionmetrics: option prices of OptionMetrics' IvyDB US, as WRDS hands them out, one row per option.

    secid,date,symbol,symbol_flag,exdate,last_date,cp_flag,strike_price,best_bid,best_offer,volume,open_interest,
    impl_volatility,delta,gamma,vega,theta,optionid,cfadj,am_settlement,contract_size,ss_flag,forward_price,
    expiry_indicator,root,suffix[,ticker]

`strike_price` is the strike times 1,000. The underlying is `ticker` where the query asked for it, else the root of the
contract in `symbol` (`SPXW 260116C6900000`; `SPXW` is SPX). There is no last price, nor one of the underlying. -99.99 stands
for "not known", as does 0 in an offer. Dates are written YYYY-MM-DD or YYYYMMDD. Greeks as the IvyDB manual has them: theta per
year and vega per 1.00 of volatility (so in cents per point), divided by 365 and by 100; volatility is a fraction.
`ss_flag` 1 marks a contract that does not settle as others do: adjusted. `contract_size` is the shares it is for; -99 is "not known". Quotes
are the last before 15:59 since March 2008, and were the closing ones before. The open interest of the row dated t is that of the
close before since 28 November 2000, and was that of t itself until then.
"""

import polars as pl

from flowbt.lake.intake.contract_symbols import underlying_of
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
ROOT = pl.col("symbol").str.extract(r"^(\S+)")
LAGGED_SINCE = "20001128"

FORMAT = VendorFormat(
    name="optionmetrics",
    description="Option prices of OptionMetrics' IvyDB US, one row per option, with IV and greeks.",
    layouts=(
        Layout(
            header=frozenset(
                {"secid", "date", "symbol", "exdate", "cp_flag", "strike_price", "best_bid", "best_offer", "volume"}
                | {"open_interest", "impl_volatility", *GREEKS}
            ),
            columns={
                "symbol": ("ticker", underlying_of(ROOT)),
                "root": ROOT,
                "date": "date",
                "expiration": "exdate",
                "strike": "strike_price",
                "option_type": "cp_flag",
                "multiplier": pl.col("contract_size").replace(["-99", "-99.99", "0"], None),
                "adjusted": (pl.col("ss_flag") == "1").cast(pl.String),
                "oi_lag": pl.when(pl.col("date").str.replace_all("-", "") < LAGGED_SINCE)
                .then(pl.lit("0"))
                .otherwise(pl.lit("1")),
                "bid": "best_bid",
                "ask": "best_offer",
                "iv": "impl_volatility",
                **{name: name for name in ("volume", "open_interest", *GREEKS)},
            },
            dates=("%Y-%m-%d", "%Y%m%d"),
            quoted=-1,
            missing={"ask": (0, -99.99), **dict.fromkeys(("bid", "iv", *GREEKS), (-99.99,))},
            divide_by={"strike": 1000, "theta": 365, "vega": 100},
        ),
    ),
)
