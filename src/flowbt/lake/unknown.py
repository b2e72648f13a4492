"""Days without open interest or volume because their source gave 0 for every contract.

The commit that stored such a day records it (`flowbt.lake.batch`), so only the recorded days are read. A day that was stored again
with numbers is no longer listed.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from flowbt.lake.store import Lake
from flowbt.schema import SIDES, SNAPSHOT_KEY

FACT: Final = "unknown"
"""The name of the fact in a commit: a JSON list of `symbol, date, what`."""


def told_of(suspected: pl.DataFrame) -> dict[str, str]:
    """The fact to record with a commit (`flowbt.lake.sentinels`); empty if there is nothing to record."""
    rows = suspected.unique(maintain_order=True)
    return (
        {FACT: json.dumps([[symbol, str(day), what] for symbol, day, what in rows.iter_rows()])} if rows.height else {}
    )


def unknown_days(lake: Lake) -> pl.DataFrame:
    """The days without any open interest or volume: `symbol, date, what` (`open_interest` or `volume`), by symbol and date."""
    found = pl.DataFrame(
        [row for row in set(_told(lake)) if row[2] in {"open_interest", "volume"}],
        schema={"symbol": pl.String(), "date": pl.Date(), "what": pl.String()},
        orient="row",
    )
    if not found.height:
        return found
    first, last = found.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    columns = [f"{side}_{name}" for side in SIDES for name in ("open_interest", "volume")]
    rows = lake.strike_rows([*SNAPSHOT_KEY, *columns], found["symbol"].unique().to_list(), first, last)
    lacks = [
        rows.join(found.filter(pl.col("what") == what), on=list(SNAPSHOT_KEY))
        .group_by(*SNAPSHOT_KEY, "what")
        .agg(pl.all_horizontal(pl.col(f"call_{what}", f"put_{what}").is_null()).all().alias("lacks"))
        for what in ("open_interest", "volume")
    ]
    return pl.concat(lacks).filter("lacks").drop("lacks").sort("symbol", "date", "what")


def _told(lake: Lake) -> Iterator[tuple[str, date, str]]:
    for commit in lake.commits():
        for symbol, day, what in json.loads(commit["facts"].get(FACT, "[]")):
            yield symbol, date.fromisoformat(day), what
