"""cboe-datashop: the Option EOD Summary of Cboe DataShop (LiveVol), with Calcs or without, one row per option.

    underlying_symbol,quote_date,root,expiration,strike,option_type,open,high,low,close,trade_volume,bid_size_1545,bid_1545,
    ask_size_1545,ask_1545,underlying_bid_1545,underlying_ask_1545,[implied_underlying_price_1545,
    active_underlying_price_1545,implied_volatility_1545,delta_1545,gamma_1545,theta_1545,vega_1545,rho_1545,]bid_size_eod,
    bid_eod,ask_size_eod,ask_eod,underlying_bid_eod,underlying_ask_eod,vwap,open_interest,delivery_code

A row has two snapshots, of 15:45 and of the end of the day. The snapshot of 15:45 is read, because the volatility and the greeks are of
that time and Cboe regards it as the better market. The columns `_eod` are not read, and some files lack them. On half days the same
columns contain 12:45, which is also 15 minutes before the close. Volume, `close` (the last trade) and `vwap` are for the whole day. The
price of the underlying is `active_underlying_price_1545`, from which the volatility was computed, or the middle of its bid and ask at
15:45.

The caret of an index (`^SPX`) is removed. 0 means "not known" in prices of trades, in the ask and in the volatility. 998 and 999 mean no
quote, unless the other side is as high. A volatility of 0.02 or 0.001 means that the vendor's solver failed, and the greeks are unknown
then. A `delivery_code` marks an adjusted contract. Units: volatility as a fraction; theta per calendar day and vega per volatility point
are LiveVol's conventions, which could not be measured. The open interest in the row dated t is of the close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
UNDERLYING = (
    pl.col("underlying_bid_1545").cast(float, strict=False) + pl.col("underlying_ask_1545").cast(float, strict=False)
) / 2
ACTIVE = pl.col("active_underlying_price_1545").cast(float, strict=False)
NO_QUOTE = pl.lit([998.0, 999.0])


def _quoted(price: str, other: str) -> pl.Expr:
    high = pl.col(other).is_between(0.9 * pl.col(price), 1.1 * pl.col(price)) & ~pl.col(other).is_in(NO_QUOTE)
    return pl.when(~pl.col(price).is_in(NO_QUOTE) | high).then(pl.col(price))


FORMAT = VendorFormat(
    name="cboe-datashop",
    description="Cboe DataShop's Option EOD Summary, with Calcs or without; quotes, IV and greeks of 15:45.",
    layouts=(
        Layout(
            header=frozenset(
                {
                    "underlying_symbol",
                    "quote_date",
                    "root",
                    "expiration",
                    "strike",
                    "option_type",
                    "close",
                    "trade_volume",
                }
                | {"bid_1545", "ask_1545", "underlying_bid_1545", "underlying_ask_1545", "open_interest"}
            ),
            columns={
                "symbol": pl.col("underlying_symbol").str.strip_prefix("^"),
                "date": "quote_date",
                "root": pl.col("root").str.strip_prefix("^"),
                "expiration": "expiration",
                "strike": "strike",
                "option_type": "option_type",
                "adjusted": pl.col("delivery_code").is_not_null().cast(pl.String),
                "underlying_price": (
                    pl.coalesce(pl.when(ACTIVE > 0).then(ACTIVE), UNDERLYING).cast(pl.String),
                    UNDERLYING.cast(pl.String),
                ),
                "bid": "bid_1545",
                "ask": "ask_1545",
                "last": "close",
                "vwap": "vwap",
                "volume": "trade_volume",
                "open_interest": "open_interest",
                "iv": "implied_volatility_1545",
                **{greek: f"{greek}_1545" for greek in GREEKS},
            },
            # IV and greeks are in the files with Calcs; older ones have no VWAP and no delivery code
            optional=frozenset({"iv", *GREEKS, "vwap", "adjusted"}),
            dates=("%Y-%m-%d", "%m/%d/%Y"),
            quoted=-15,
            missing={
                "last": (0,),
                "vwap": (0,),
                "ask": (0,),
                "iv": (0, 0.02, 0.001, 998, 999),
                "underlying_price": (0,),
            },
            values={
                "bid": _quoted("bid", "ask"),
                "ask": _quoted("ask", "bid"),
                **where_iv_is_known(*GREEKS),
            },
        ),
    ),
)
