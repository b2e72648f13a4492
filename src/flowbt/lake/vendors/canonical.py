"""canonical: our own columns (`flowbt.schema.CONTRACT_ROWS`), one row per option, as CSV or Parquet.

Required: symbol, date, expiration, strike, option_type (`call` or `put`). All other columns are optional. The default of `root` is the
symbol, and the default of `oi_lag` is 1, as for most vendors (0: the row dated t has the open interest of the close of t). The contract
may be given as a contract symbol in a column `contract`. Units are those of the schema: `iv` as a fraction, the `delta` of puts negative.
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
