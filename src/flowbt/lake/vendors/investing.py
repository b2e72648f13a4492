"""investing: historical prices of investing.com, newest first.

    "Date","Price","Open","High","Low","Vol.","Change %"
    "01/08/2026","256.40","256.10","257.00","255.20","31.05M","-0.12%"

The date format depends on the edition of the website: `01/08/2026` and `Jan 08, 2026` with the month first, `08.01.2026` in others. It is
inferred from the whole file or given with --date-format. Volume is rounded, in thousands (K), millions (M) or billions (B); `-` means
"not known". The symbol must be given with --symbol if the file is named after the share (`iShares Russell 2000 Stock Price History.csv`)
and not after its symbol.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

DATE = pl.col("date")
SPOKEN = DATE.str.to_date("%b %d, %Y", strict=False)
VOLUME = pl.col("vol.").str.replace_all(",", "", literal=True).str.to_uppercase()
TIMES = VOLUME.str.slice(-1).replace_strict({"K": 1e3, "M": 1e6, "B": 1e9}, default=1.0, return_dtype=pl.Float64)
COUNT = (VOLUME.str.replace(r"[KMB]$", "").cast(pl.Float64, strict=False) * TIMES).round().cast(pl.Int64, strict=False)

FORMAT = VendorFormat(
    name="investing",
    table="prices",
    description="Historical prices of investing.com, volume as 31.05M; give --symbol.",
    layouts=(
        Layout(
            header=frozenset({"date", "price", "open", "high", "low", "vol.", "change_%"}),
            columns={
                "close": "price",
                **{name: name for name in ("open", "high", "low")},
                "date": pl.coalesce(SPOKEN.dt.to_string("%Y-%m-%d"), DATE),
                # a cell that is not a number is unchanged, so that it is reported
                "volume": pl.coalesce(COUNT.cast(pl.String), pl.col("vol.")),
            },
            path=r"/(?P<symbol>[A-Z.]{1,6}) (?:ETF )?(?:Stock Price History|Historical Data)[^/]*$",
            empty=("-",),
            repairs=("thousands",),
        ),
    ),
)
