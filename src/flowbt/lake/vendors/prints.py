"""prints: the trade tape in our own columns (`flowbt.schema.PRINTS`), one row per execution, as CSV or Parquet.

Required: symbol, time (ISO 8601, UTC if it has no offset), price, size, and either `contract` (a contract symbol, as in
`IWM260424P00256000`) or expiration, strike and option_type (`call` or `put`). All other columns are optional. Defaults: `root` is the
symbol, `date` the day of the time in New York, `multiplier` 100. An empty `side` is computed from bid and ask; `no_side` means that the
side is unknown. Rows with `canceled` (true or t) are left out. An `id` of the execution distinguishes repeated rows from different
executions with the same values.
"""

from flowbt.lake.vendors.columns import TAPE_COLUMNS
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat

EXECUTION = frozenset({"symbol", "time", "price", "size"})

FORMAT = VendorFormat(
    name="prints",
    table="prints",
    description="The trade tape in flowbt's own columns, one row per execution, as CSV or Parquet.",
    layouts=tuple(
        Layout(
            header=EXECUTION | contract,
            columns={name: name for name in TAPE_COLUMNS},
            optional=frozenset(TAPE_COLUMNS),
            zone="UTC",
            words={},
        )
        for contract in ({"contract"}, {"expiration", "strike", "option_type"})
    ),
)
