"""cboe-quotedata: the quote table that Cboe's website offers for download, calls and puts side by side.

    (an empty line)
    SPDR S&P 500 ETF Trust,Last: 450.81,Change:  3.85
    "Date: September 14, 2023 at 4:31 PM EDT",Bid: 450.81,Ask: 450.83,Size: 9*11,"Volume: 71,039,449"
    Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,Last Sale,Net,Bid,Ask,...

The day, the quote time and the price of the underlying are above the header. The symbol comes from the contracts in `Calls` and `Puts`
(`SPXW` is SPX). Expirations are written `Fri Jan 16 2026`. `IV` is a fraction; 0 means "not known" in it, in `Last Sale` and in `Ask`.
Without a volatility, delta and gamma are unknown too, although the file has 1 and 0. Gamma is per USD. Quotes are delayed by 15 minutes
or more; the quote time is the time on the page. Open interest is the last published value, of the close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import SIDES

FIELDS = {
    "contract": {"call": "calls", "put": "puts"},
    **{
        ours: {"call": theirs, "put": f"{theirs}_2"}
        for ours, theirs in {
            "last": "last_sale",
            "bid": "bid",
            "ask": "ask",
            "volume": "volume",
            "iv": "iv",
            "delta": "delta",
            "gamma": "gamma",
            "open_interest": "open_interest",
        }.items()
    },
}
MOMENT = pl.col("$.moment").str.to_datetime("%B %d, %Y at %I:%M %p", strict=False)

FORMAT = VendorFormat(
    name="cboe-quotedata",
    description="The quote table that Cboe's website offers as CSV, calls and puts side by side; delayed quotes of one time.",
    layouts=(
        Layout(
            header=frozenset(
                {"expiration_date", "strike", *(theirs[side] for theirs in FIELDS.values() for side in SIDES)}
            ),
            preamble={
                "moment": r"Date: (\w+ \d+, \d{4} at \d+:\d+ [AP]M)",
                "last": r"Last: ([\d.,]*\d)",
            },
            columns={
                **{f"{side}_{ours}": theirs[side] for ours, theirs in FIELDS.items() for side in SIDES},
                "expiration": "expiration_date",
                "strike": "strike",
                "date": MOMENT.dt.strftime("%Y-%m-%d"),
                "quote_time": MOMENT.dt.strftime("%Y-%m-%dT%H:%M:%S"),
                "underlying_price": pl.col("$.last").str.replace_all(",", "", literal=True),
            },
            dates=("%a %b %d %Y", "%Y-%m-%d"),
            missing={"last": (0,), "ask": (0,), "iv": (0,)},
            values=where_iv_is_known("delta", "gamma"),
        ),
    ),
)
