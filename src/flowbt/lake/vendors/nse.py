"""nse: the option chain page of India's National Stock Exchange, scraped, calls and puts side by side.

    ,CallOI,CallChnginOI,CallVolume,CallIV,CallLTP,CallNetChng,CallBidQty,CallBidPrice,CallAskPrice,CallAskQty,StrikePrice,
    PutBidQty,PutBidPrice,PutAskPrice,PutAskQty,PutNetChng,PutLTP,PutIV,PutVolume,PutChnginOI,PutOI,CurrentVal

A page shows one expiry and does not say which: --expiration must. Symbol, day and time of day, in Mumbai, are the file's
name: `NIFTY_29-05-2019_15-45.csv`. `CurrentVal` is the underlying's price, `-` stands for "not known", and so does a volatility of 0; the
volatility (`IV`) is in percent. There are no greeks.

Volume is in contracts, open interest and the quantities of quotes are in shares of the underlying. Quotes are for whole contracts, so
the smallest quantity on the page that all others are multiples of is the lot: it becomes the multiplier, and the open interest is
divided by it, to the nearest contract (contracts listed before a change of the lot may leave a remainder). A page without
quotes, as in a halt, does not tell the lot: its rows are set aside as BAD_MULTIPLIER. The change in open interest is the day's own, so
the open interest is live, as of the page's time: of the day itself.
"""

from functools import reduce

import polars as pl

from flowbt.lake.vendors.base import Layout, VendorFormat
from flowbt.schema import SIDES

FIELDS = {"open_interest": "oi", "volume": "volume", "iv": "iv", "last": "ltp", "bid": "bidprice", "ask": "askprice"}
QUANTITIES = [pl.col(f"{side}{of}qty").cast(pl.Int64, strict=False) for side in SIDES for of in ("bid", "ask")]
LOT = pl.min_horizontal(quantity.filter(quantity > 0).min() for quantity in QUANTITIES)
WHOLE = reduce(lambda one, other: one & other, ((quantity % LOT == 0).all() for quantity in QUANTITIES))

FORMAT = VendorFormat(
    name="nse",
    description="Scraped option chain pages of India's NSE, SYMBOL_DD-MM-YYYY_HH-MM.csv; --expiration says the expiry.",
    open_interest="same close",
    exchange="XNSE",
    part=True,
    layouts=(
        Layout(
            header=frozenset(
                {"strikeprice", "currentval", *(f"{side}{theirs}" for side in SIDES for theirs in FIELDS.values())}
                | {f"{side}{of}qty" for side in SIDES for of in ("bid", "ask")}
            ),
            columns={
                **{f"{side}_{ours}": f"{side}{theirs}" for side in SIDES for ours, theirs in FIELDS.items()},
                "strike": "strikeprice",
                "underlying_price": "currentval",
                "multiplier": pl.when(WHOLE).then(LOT).fill_null(0).cast(pl.String),
            },
            path=r"/(?P<symbol>[^/_]+)_(?P<date>\d{2}-\d{2}-\d{4})_(?P<time>\d{2}-\d{2})[^/]*$",
            path_date_format="%d-%m-%Y",
            dates=("%Y-%m-%d",),
            zone="Asia/Kolkata",
            empty=("-",),
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
            divide_by={"iv": 100},
            values={"open_interest": (pl.col("open_interest") / pl.col("multiplier").replace(0, 1)).round()},
        ),
    ),
)
