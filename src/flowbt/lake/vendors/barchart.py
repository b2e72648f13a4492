"""barchart: the list of unusual options activity of barchart.com, all symbols in one file.

    Symbol,Price,Type,Strike,"Exp Date",DTE,Bid,Midpoint,Ask,Last,Volume,"Open Int",Vol/OI,IV[,Delta],Time
    AAA,100.00,Call,105.00,01/16/26,8,1.40,1.50,1.60,1.50,"1,200",300,4.00,25.00%,01/08/26
    "Downloaded from Barchart.com as of 01-08-2026 05:30pm CST"

It is a list of contracts with unusual volume relative to open interest, not a chain: sums over it (put/call ratios, max pain, walls) are
those of the list. So it is treated as a part of the day and is combined with whole chains of the day.

`Price` (`Price~` in newer files) is the price of the underlying. The day is the last `Time` in the file, which is a date after the close.
During the session it is a time of day (`15:29 ET`), and the last line has the date. A file without that line needs --date. The quote
time is the time in that line, if it is on the same day. The volatility is in percent. Open interest is the last published value, of the
close before.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout, where_iv_is_known
from flowbt.lake.vendors.vendor_format import VendorFormat

DOWNLOADED = r"(?i)downloaded from barchart\.com as of\s+(\d{2}-\d{2}-\d{4}\s+\d{1,2}:\d{2}\s*[ap]m\s+C[DS]?T)"
"""The last line: a moment in Chicago."""
MOMENT = (
    pl.col("$.downloaded")
    .str.replace(r"(?i)\s+C[DS]?T$", "")
    .str.replace(r"(?i)\s*([ap]m)$", " $1")
    .str.to_uppercase()
    .str.to_datetime("%m-%d-%Y %I:%M %p", strict=False)
    .dt.replace_time_zone("America/Chicago", ambiguous="earliest", non_existent="null")
)
DOWNLOAD_DAY = MOMENT.dt.convert_time_zone("America/New_York").dt.date()


def _written(time: str) -> pl.Expr:
    """The latest date among the times."""
    forms = ("%m/%d/%y", "%Y-%m-%d")
    return pl.coalesce(pl.col(time).str.to_date(form, strict=False) for form in forms).max()


def _quoted(time: str) -> pl.Expr:
    """The time of the download, if it is on the day of the quotes."""
    same = pl.coalesce(_written(time), DOWNLOAD_DAY) == DOWNLOAD_DAY
    return pl.when(same).then(MOMENT.dt.convert_time_zone("UTC").dt.strftime("%FT%TZ"))


TIMES = ("time", "last_trade")
DAYS = (*(pl.coalesce(_written(time), DOWNLOAD_DAY) for time in TIMES), *map(_written, TIMES))

FORMAT = VendorFormat(
    name="barchart",
    description="Unusual options activity of barchart.com as CSV: a list of contracts, not a whole chain.",
    part=True,
    layouts=(
        Layout(
            header=frozenset(
                {
                    "symbol",
                    "price|price~",
                    "type",
                    "strike",
                    "exp_date",
                    "dte",
                    "bid",
                    "midpoint|mid",
                    "ask",
                    "last|latest",
                }
                | {"volume", "open_int", "vol/oi", "iv", "time|last_trade"}
            ),
            columns={
                "symbol": "symbol",
                "date": tuple(day.dt.to_string("%Y-%m-%d") for day in DAYS),
                "quote_time": tuple(map(_quoted, TIMES)),
                "expiration": "exp_date",
                "option_type": "type",
                "underlying_price": ("price~", "price"),
                **{name: name for name in ("strike", "bid", "ask", "volume", "iv", "delta")},
                "last": ("last", "latest"),
                "open_interest": "open_int",
            },
            optional=frozenset({"date", "quote_time", "delta"}),
            dates=("%m/%d/%y", "%Y-%m-%d", "%m/%d/%Y"),
            footer={"downloaded": DOWNLOADED},
            empty=("N/A", "unch"),
            missing={"last": (0,), "ask": (0,), "iv": (0,), "underlying_price": (0,)},
            values=where_iv_is_known("delta"),
            repairs=("thousands", "percent"),
        ),
    ),
)
