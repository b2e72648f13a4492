"""ivolatility: raw option data of IVolatility.com with volatility and greeks, one row per option.

    symbol,exchange,company_name,date,stock_price_close,option_symbol,option_expiration,strike,call/put,style,ask,bid,
    mean_price,settlement,iv,volume,open_interest,stock_price_for_iv,forward_price,isinterpolated,delta,vega,gamma,theta,rho

Dates are M/D/YYYY; quotes are of the close. The price of the underlying is `stock_price_for_iv`, which belongs to the quotes, or the
close if it is not given. `iv` is a fraction; theta is per calendar day, vega per volatility point, gamma per USD (they agree with
Black-Scholes). `isinterpolated` (`*`) marks a volatility that was interpolated from neighbouring contracts; it is kept, and so are its
greeks. `settlement` is 0 for options on shares, so there is no last price. 0 means "not known" in `ask` and `iv`. The vendor does not
document the day of the open interest, so the lag is left open and detected from the data.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="ivolatility",
    description="End-of-day option data of IVolatility.com, one row per option, with IV and greeks.",
    open_interest="not established",
    layouts=(
        Layout(
            header=frozenset(
                {
                    "symbol",
                    "date",
                    "option_symbol",
                    "option_expiration",
                    "strike",
                    "call/put",
                    "ask",
                    "bid",
                    "iv",
                    "volume",
                }
                | {"open_interest", "isinterpolated", "delta", "vega", "gamma", "theta"}
            ),
            columns={
                "symbol": "symbol",
                "date": "date",
                "contract": "option_symbol",
                "expiration": "option_expiration",
                "option_type": "call/put",
                "underlying_price": (
                    pl.coalesce(pl.col("stock_price_for_iv").replace("0", None), "stock_price_close"),
                    "stock_price_close",
                ),
                **{name: name for name in ("strike", "bid", "ask", "volume", "open_interest", "iv")},
                **{name: name for name in ("delta", "gamma", "theta", "vega")},
            },
            dates=("%m/%d/%Y", "%Y-%m-%d"),
            quoted=0,
            missing={"ask": (0,), "iv": (0,), "underlying_price": (0,)},
        ),
    ),
)
