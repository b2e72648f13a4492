"""Blocks of the trade tape: the prints that are large enough to name, with the side that crossed the spread."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.daily.contracts import symbol_of, tenor
from flowbt.daily.day import Day
from flowbt.lake import Lake
from flowbt.metrics.tape import is_block, print_premium

SHOWN: Final = 5
COLUMNS: Final = (
    "date",
    "root",
    "expiration",
    "strike",
    "option_type",
    "price",
    "size",
    "side",
    "multiplier",
)


def read_blocks(lake: Lake, symbol: str, days: Sequence[date]) -> pl.DataFrame:
    """The largest blocks of each day by premium; empty where the lake has no tape of them."""
    if "prints" not in lake.versions():
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.Null))
    tape = lake.prints([symbol], days[0], days[-1], (*COLUMNS, "adjusted")).filter(~pl.col("adjusted"))
    # the formulas themselves: a metric's name means something to the engine only
    premium = print_premium().meta.output_name()
    large = tape.with_columns(print_premium.written().alias(premium)).filter(is_block.written())
    ranked = large.rename({premium: "premium"}).sort("date", "premium", descending=[False, True], maintain_order=True)
    return ranked.group_by("date", maintain_order=True).head(SHOWN)


def blocks(day: Day, prints: pl.DataFrame) -> list[dict[str, Any]]:
    """The day's blocks: `contract, expiration, strike, option_type, dte, tenor, side, size, price, premium, share_of_gross, distance`."""
    if not prints.height:
        return []
    gross, spot = day.today["gross_premium"], day.spot
    found = []
    for row in prints.filter(pl.col("date") == day.date).iter_rows(named=True):
        days = (row["expiration"] - day.date).days
        found.append(
            {
                "contract": symbol_of(row),
                **{
                    name: row[name]
                    for name in ("expiration", "strike", "option_type", "side", "size", "price", "premium")
                },
                "dte": days,
                "tenor": tenor(days),
                "share_of_gross": row["premium"] / gross if gross else None,
                "distance": row["strike"] / spot - 1 if spot else None,
            }
        )
    return found
