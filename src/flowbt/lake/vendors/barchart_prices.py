"""barchart-prices: historical prices as barchart.com offers them, newest first.

    Time,Open,High,Low,Latest,Change,%Change,Volume           (once: Last for Latest)
    2026-01-08,256.1,257.0,255.2,256.4,0.3,+0.12%,31000000
    "Downloaded from Barchart.com as of 01-08-2026 05:30pm CST"

The symbol is the file's name up to the first underscore (`iwm_price-history-01-08-2026.csv`). The last line is not a row. Minute bars have
a time of day and are set aside as UNREADABLE_DATE.
"""

from flowbt.lake.vendors.barchart import DOWNLOADED
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.symbol_in_name import NAMED
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="barchart-prices",
    table="prices",
    description="Historical daily prices of barchart.com.",
    layouts=(
        Layout(
            header=frozenset({"time", "open", "high", "low", "latest|last", "volume"}),
            without=frozenset({"strike"}),
            columns={
                "date": "time",
                "close": ("latest", "last"),
                **{name: name for name in ("open", "high", "low", "volume")},
            },
            path=rf"/{NAMED}",
            dates=("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"),
            footer={"downloaded": DOWNLOADED},
            repairs=("thousands",),
        ),
    ),
)
