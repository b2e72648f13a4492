"""nasdaq: historical prices of nasdaq.com, newest first.

    Date,Close/Last,Volume,Open,High,Low
    01/08/2026,$256.40,31000000,$256.10,$257.00,$255.20

The file, `HistoricalData_1767900000000.csv`, does not contain its symbol: give it with --symbol. Dates have the month first. `N/A` means
"not known".
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

FORMAT = VendorFormat(
    name="nasdaq",
    table="prices",
    description="Historical prices of nasdaq.com, which do not contain their symbol; give --symbol.",
    layouts=(
        Layout(
            header=frozenset({"date", "close/last", "volume", "open", "high", "low"}),
            columns={
                "close": "close/last",
                **{name: name for name in ("date", "open", "high", "low", "volume")},
            },
            dates=("%m/%d/%Y",),
            empty=("N/A", "--"),
            repairs=("thousands", "currency"),
        ),
    ),
)
