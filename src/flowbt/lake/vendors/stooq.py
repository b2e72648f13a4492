"""stooq: the text files of Stooq's database, daily.

    <TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
    IWM.US,D,20260108,000000,256.1,257.0,255.2,256.4,31000000,0

The ending of the US market (`.US`) is removed from the symbol. `<PER>` is D in daily files; minute bars are set aside as MISSING_DATE.
Prices are adjusted for splits and dividends, and the file does not contain the adjustment. Stooq's CSV downloads (`spy_us_d.csv`) have
the format `ohlcv`.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.ohlcv import DAYS
from flowbt.lake.vendors.vendor_format import VendorFormat

WHOLE = pl.col("vol").cast(pl.Float64, strict=False).round().cast(pl.Int64, strict=False)

FORMAT = VendorFormat(
    name="stooq",
    table="prices",
    description="Daily price bars of Stooq's text files, <TICKER>,<PER>,<DATE>,...",
    layouts=(
        Layout(
            header=frozenset({"ticker", "per", DAYS, "open", "high", "low", "close", "vol"}),
            columns={
                **{name: name for name in ("open", "high", "low", "close")},
                "symbol": pl.col("ticker").str.replace(r"(?i)\.us$", ""),
                "date": pl.when(pl.col("per").str.to_uppercase() == "D").then(pl.col("date")),
                # a volume adjusted for splits may not be a whole number; a cell that is not a number is unchanged, so that it is reported
                "volume": pl.coalesce(WHOLE.cast(pl.String), pl.col("vol")),
            },
            dates=("%Y%m%d", "%Y-%m-%d"),
        ),
    ),
)
