"""canonical: our own columns (`flowbt.schema.CONTRACT_ROWS`), one row per option, as CSV or Parquet.

Required: symbol, date, expiration, strike, option_type (`call` or `put`). Everything else may be absent; `root` is then
the symbol and `oi_lag` is 1, as at most vendors (0: the row dated t holds the open interest of the close of t itself). A
column `contract` may say the contract as its symbol. Units are those of the schema: `iv` as a fraction, puts' `delta` negative.
"""

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat
from flowbt.schema import CONTRACT_ROWS

FORMAT = VendorFormat(
    name="canonical",
    description="flowbt's own columns, one row per option, as CSV or Parquet.",
    open_interest="said by its rows",
    layouts=(
        Layout(
            header=frozenset({"symbol", "date", "expiration", "strike", "option_type"}),
            without=frozenset({"time", "price", "size"}),
            columns={name: name for name in (*CONTRACT_ROWS, "contract")},
            optional=frozenset({*CONTRACT_ROWS, "contract"}),
            zone="UTC",
            words={},
        ),
    ),
)
