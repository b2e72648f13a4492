"""historicaloptiondata: end-of-day files of historicaloptiondata.com, levels 2 and 3, one row per option.

    underlying,underlying_last, exchange,optionroot,optionext,type,expiration,quotedate,strike,last,bid,ask,volume,
    openinterest,impliedvol,delta,gamma,theta,vega,optionalias
    UnderlyingSymbol,UnderlyingPrice,Exchange,OptionSymbol,OptionExt,Type,Expiration,DataDate,Strike,Last,Bid,Ask,Volume,
    OpenInterest,IV,Delta,Gamma,Theta,Vega,AKA

The contract column (`optionroot`, `OptionSymbol`) has the whole contract symbol, from which the root is taken. For weekly index options
the vendor's underlying is the root (`SPXW`). Dates are MM/DD/YYYY, with a time in newer files. Quotes are of the close, 16:00.

The volatility is a fraction. Vega is per 1.00 of volatility and is divided by 100. Newer files have gamma per USD and theta per year.
Older files have gamma and theta times 100, and theta is per calendar day (measured in 1/2018 and 12/2016). Since
vega = gamma S^2 iv T, the data of each day show which it is. A volatility of 0 or 0.01 means that the vendor's solver failed: the
greeks are all 0 then and unknown. 0 means "not known" in `last` and `ask`. The open interest in the row dated t is of the close before
(measured on VXX, 12/2016, and SPXW, 1/2018).
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
KNOWN = where_iv_is_known(*GREEKS)
YEARS = (pl.col("expiration") - pl.col("date")).dt.total_days() / 365
# `vega` was already divided by 100 here: it is per volatility point
TIMES = pl.col("gamma") * pl.col("underlying_price") ** 2 * pl.col("iv") * YEARS / (100 * pl.col("vega"))
OLDER = TIMES.filter((pl.col("vega") > 0) & (YEARS > 0)).median().over("date") > 10


def _layout(price: str, contract: str, day: str, iv: str, *rest: str) -> Layout:
    return Layout(
        header=frozenset(
            {price, contract, day, iv, *rest, *GREEKS}
            | {"type", "expiration", "strike", "last", "bid", "ask", "volume", "openinterest"}
        ),
        without=frozenset({"ivmean"}),
        columns={
            "symbol": rest[0],
            "underlying_price": price,
            "root": pl.col(contract).str.extract(r"^(.+?)\s*\d{6}[CP]\d{8}$"),
            "option_type": "type",
            "expiration": "expiration",
            "date": day,
            "volume": "volume",
            "open_interest": "openinterest",
            "iv": iv,
            **{name: name for name in ("strike", "last", "bid", "ask", *GREEKS)},
        },
        dates=("%m/%d/%Y",),
        quoted=0,
        missing={"last": (0,), "ask": (0,), "iv": (0, 0.01), "underlying_price": (0,)},
        divide_by={"vega": 100},
        values={
            **KNOWN,
            "gamma": KNOWN["gamma"] / pl.when(OLDER).then(100).otherwise(1),
            "theta": KNOWN["theta"] / pl.when(OLDER).then(100).otherwise(365),
        },
    )


FORMAT = VendorFormat(
    name="historicaloptiondata",
    description="End-of-day files of historicaloptiondata.com, levels 2 and 3, with IV and greeks.",
    layouts=(
        _layout("underlying_last", "optionroot", "quotedate", "impliedvol", "underlying", "optionalias"),
        _layout("underlyingprice", "optionsymbol", "datadate", "iv", "underlyingsymbol"),
    ),
)
