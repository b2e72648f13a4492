"""prints: the trade tape in our own columns (`flowbt.schema.PRINTS`), one row per execution, as CSV or Parquet.

Required: symbol, time (ISO 8601, UTC where it bears no offset), price, size, and either `contract` (a contract symbol, as in
`IWM260424P00256000`) or expiration, strike and option_type (`call` or `put`). Everything else may be absent: `root` is then
the symbol, `date` the time's day in New York, `multiplier` 100; `side` follows from bid and ask where its cell is empty, and
is left unknown where the cell says `no_side`. Rows with `canceled` (true or t) are left out; with an `id` of the execution,
rows that repeat one are told from executions that are alike.
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
