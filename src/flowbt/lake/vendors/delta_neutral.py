"""delta-neutral: the level 3 files of DeltaNeutral (historicaloptiondata.com), one row per option.

    UnderlyingSymbol,UnderlyingPrice,Flags,OptionSymbol,Type,Expiration, DataDate,Strike,Last,Bid,Ask,Volume,OpenInterest,
    T1OpenInterest,IVMean,IVBid,IVAsk,Delta,Gamma,Theta,Vega,AKA

`OpenInterest` in the row dated t is of the close before. `T1OpenInterest` was published on the next morning: it looks ahead and is never
read (it differs from `OpenInterest` by at most the volume of t). Dates are MM/DD/YYYY, quotes are of the close, 16:00. `IVMean` is a
fraction; unlike in the level 2 files, theta is per calendar day, vega per volatility point and gamma per USD (they agree with
Black-Scholes). 0 means "not known" in `Last`, `Ask` and `IVMean`, and the greeks are unknown without a volatility.
"""

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")

FORMAT = VendorFormat(
    name="delta-neutral",
    description="Level 3 end-of-day files of DeltaNeutral; the next day's open interest in them is never read.",
    layouts=(
        Layout(
            header=frozenset(
                {
                    "underlyingsymbol",
                    "underlyingprice",
                    "optionsymbol",
                    "type",
                    "expiration",
                    "datadate",
                    "strike",
                    "last",
                }
                | {"bid", "ask", "volume", "openinterest", "ivmean", *GREEKS}
            ),
            columns={
                "symbol": "underlyingsymbol",
                "underlying_price": "underlyingprice",
                "contract": "optionsymbol",
                "option_type": "type",
                "expiration": "expiration",
                "date": "datadate",
                "open_interest": "openinterest",
                "iv": "ivmean",
                **{name: name for name in ("strike", "last", "bid", "ask", "volume", *GREEKS)},
            },
            dates=("%m/%d/%Y",),
            quoted=0,
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
            values=where_iv_is_known(*GREEKS),
            never_read=("t1openinterest",),
        ),
    ),
)
