"""nse: the option chain page of India's National Stock Exchange, calls and puts side by side, scraped or downloaded.

    ,CallOI,CallChnginOI,CallVolume,CallIV,CallLTP,CallNetChng,CallBidQty,CallBidPrice,CallAskPrice,CallAskQty,StrikePrice,
    PutBidQty,PutBidPrice,PutAskPrice,PutAskQty,PutNetChng,PutLTP,PutIV,PutVolume,PutChnginOI,PutOI,CurrentVal

A page shows one expiry and does not contain its date: give it with --expiration. The symbol, the day and the time of day (Mumbai) are in
the file's name: `NIFTY_29-05-2019_15-45.csv`. `CurrentVal` is the price of the underlying, `-` means "not known", and so does a
volatility of 0. The volatility (`IV`) is in percent. There are no greeks.

Volume is in contracts; open interest and the quantities of quotes are in shares of the underlying. Quotes are for whole contracts, so the
lot is the smallest quantity on the page of which all others are multiples. It becomes the multiplier, and the open interest is divided
by it and rounded to contracts (contracts listed before a change of the lot may leave a remainder). A page without quotes, as during a
halt, does not show the lot: its rows are set aside as BAD_MULTIPLIER. The change in open interest is that of the day, so the open
interest is live, as of the page's time on the same day.

The page's own download, `option-chain-ED-NIFTY-15-Sep-2026.csv`, has the symbol and the expiry in its name. Its day must be given with
--date or be the name of the folder (`2026-09-08/option-chain-ED-NIFTY-15-Sep-2026.csv`):

    CALLS,,PUTS
    ,OI,CHNG IN OI,VOLUME,IV,LTP,CHNG,BID QTY,BID,ASK,ASK QTY,STRIKE,BID QTY,BID,ASK,ASK QTY,CHNG,LTP,IV,VOLUME,CHNG IN OI,OI,

Digits are grouped in lakhs ("2,54,729"). Open interest is in contracts here, like volume; quantities are in shares. There is no price of
the underlying and no time of day.
"""

from functools import reduce

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

FIELDS = {"open_interest": "oi", "volume": "volume", "iv": "iv", "last": "ltp", "bid": "bidprice", "ask": "askprice"}
DOWNLOADED = {
    "open_interest": "oi", "volume": "volume", "iv": "iv", "last": "ltp", "bid": "bid", "ask": "ask", "bid_qty": "bid_qty",
    "ask_qty": "ask_qty",
}  # fmt: skip


def _second(side: str, name: str) -> str:
    """A column of the download: the columns of the puts are the second with their names."""
    return f"{name}_2" if side == "put" else name


def lot_of(*columns: str) -> pl.Expr:
    """The smallest quantity of which all others are multiples, as text; 0 if there is none."""
    quantities = [pl.col(name).str.replace_all(",", "").cast(pl.Int64, strict=False) for name in columns]
    lot = pl.min_horizontal(quantity.filter(quantity > 0).min() for quantity in quantities)
    whole = reduce(lambda one, other: one & other, ((quantity % lot == 0).all() for quantity in quantities))
    return pl.when(whole).then(lot).fill_null(0).cast(pl.String)


FORMAT = VendorFormat(
    name="nse",
    description="Option chain pages of India's NSE: scraped, with --expiration, or its own download, with --date.",
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
                "multiplier": lot_of(*(f"{side}{of}qty" for side in SIDES for of in ("bid", "ask"))),
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
        Layout(
            header=frozenset({"strike", *(_second(side, name) for side in SIDES for name in DOWNLOADED.values())}),
            columns={
                **{
                    f"{side}_{ours}": _second(side, theirs)
                    for side in SIDES
                    for ours, theirs in DOWNLOADED.items()
                    if not ours.endswith("qty")
                },
                "strike": "strike",
                "multiplier": lot_of(*(_second(side, f"{of}_qty") for side in SIDES for of in ("bid", "ask"))),
            },
            path=r"(?:/(?P<date>\d{4}-\d{2}-\d{2}))?/option-chain-[A-Z]+-(?P<symbol>[A-Z0-9&-]+)-"
            r"(?P<expiration>\d{2}-[A-Za-z]{3}-\d{4})[^/]*$",
            dates=("%Y-%m-%d", "%d-%b-%Y"),
            zone="Asia/Kolkata",
            empty=("-",),
            missing={"last": (0,), "ask": (0,), "iv": (0,)},
            divide_by={"iv": 100},
            repairs=("thousands",),
        ),
    ),
)
