"""optionmetrics: option prices of OptionMetrics' IvyDB US, as WRDS delivers them, one row per option.

    secid,date,symbol,symbol_flag,exdate,last_date,cp_flag,strike_price,best_bid,best_offer,volume,open_interest,
    impl_volatility,delta,gamma,vega,theta,optionid,cfadj,am_settlement,contract_size,ss_flag,forward_price,
    expiry_indicator,root,suffix[,ticker]

`strike_price` is the strike times 1,000. The underlying is `ticker` if the query includes it, otherwise the root of the contract in
`symbol` (`SPXW 260116C6900000`; `SPXW` is SPX). There is no last price and no price of the underlying. -99.99 means "not known", and so
does 0 in an offer. Dates are YYYY-MM-DD or YYYYMMDD. The volatility is a fraction. By the IvyDB manual theta is per year and vega per
1.00 of volatility; they are divided by 365 and by 100. `ss_flag` 1 marks a contract with non-standard settlement: adjusted.
`contract_size` is the shares per contract; -99 means "not known". Since March 2008 quotes are the last before 15:59, earlier they were
closing quotes. Since 28 November 2000 the open interest in the row dated t is of the close before; earlier it was of the close of t.
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
