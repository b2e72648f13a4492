"""historicaloptiondata: end-of-day files of historicaloptiondata.com, levels 2 and 3, one row per option.

    underlying,underlying_last, exchange,optionroot,optionext,type,expiration,quotedate,strike,last,bid,ask,volume,
    openinterest,impliedvol,delta,gamma,theta,vega,optionalias
    UnderlyingSymbol,UnderlyingPrice,Exchange,OptionSymbol,OptionExt,Type,Expiration,DataDate,Strike,Last,Bid,Ask,Volume,
    OpenInterest,IV,Delta,Gamma,Theta,Vega,AKA

The second column of contracts (`optionroot`, `OptionSymbol`) is the whole symbol, of which the root is taken; the symbol of
an index's weeklies is what the vendor calls the underlying (`SPXW`). Dates are MM/DD/YYYY, with a time in newer files. Quotes
are of the close, 16:00.

Volatility is a fraction. Vega is per 1.00 of volatility: divided by 100. Newer files have gamma per USD and theta per year,
older ones both times 100, theta then per calendar day (measured: 1/2018 the one, 12/2016 the other). Since gamma and vega
come of one formula, vega = gamma S^2 iv T, each day says itself which it is. A volatility of 0 or 0.01 is where the search
for one gave up: its greeks are all 0 and mean nothing. 0 stands for "not known" in `last` and `ask`. The open interest of
the row dated t is that of the close before (measured on VXX, 12/2016, and SPXW, 1/2018).
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

GREEKS = ("delta", "gamma", "theta", "vega")
KNOWN = where_iv_is_known(*GREEKS)
YEARS = (pl.col("expiration") - pl.col("date")).dt.total_days() / 365
# `vega` is per volatility point by now
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
