"""actions: corporate actions as CSV or Parquet, one row each: symbol, ex-date, `split` or `dividend`, and its value.

The value of a split is the number of new shares per old share (10, or 10:1 or 10/1; 0.1, or 1:10, for a reverse split). The value of a
dividend is in USD per share as of its ex-date.
"""

import polars as pl

from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.vendor_format import VendorFormat


def _ratio(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(r"^\s*([\d.]+)\s*(?:[:/]|for)\s*([\d.]+)\s*$")
    new, old = (parts.struct.field(str(n)).cast(pl.Float64, strict=False) for n in (1, 2))
    return pl.coalesce((new / old).cast(pl.String), text)


FORMAT = VendorFormat(
    name="actions",
    table="actions",
    description="Splits and dividends: symbol, ex-date, split or dividend, its ratio or its amount in USD.",
    layouts=tuple(
        Layout(
            header=frozenset({"symbol", day, "kind|type|action", value}),
            without=frozenset({"strike"}),
            columns={
                "symbol": "symbol",
                "date": day,
                "kind": ("kind", "type", "action"),
                "value": _ratio(pl.col(value)),
            },
            words={
                "kind": {
                    "dividends": "dividend",
                    "cash_dividend": "dividend",
                    "splits": "split",
                    "stock_split": "split",
                }
            },
        )
        for day in ("date", "ex_date")
        for value in ("value", "ratio", "amount")
    ),
)
