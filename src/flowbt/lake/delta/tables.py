"""The tables of a lake: their columns, the order of their rows, and the columns by which two units are the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from flowbt.errors import LakeError
from flowbt.schema import (
    CHAIN_ROWS,
    CORPORATE_ACTIONS,
    METRIC_ROWS,
    PRICE_BARS,
    PRINT_ORDER,
    PRINTS,
    SNAPSHOT_KEY,
    STORED_ORDER,
    STORED_PRINTS,
    STRIKE_ROWS,
    SYMBOL_ROWS,
    ZERO_COLUMNS,
)

UNIT: Final = list(SNAPSHOT_KEY)
"""A *unit* is one day of one symbol: it is written whole, and all its rows are in one file."""


@dataclass(frozen=True)
class Table:
    """One table of a lake.

    Attributes:
        name: its name and the name of its folder.
        columns: its columns and their dtypes.
        order: the columns by which its rows are sorted.
        content: the columns by which units are compared. The lake computes the other columns, and a later version may compute them
            in another way.
        ranges: the columns whose least and greatest value in each file is in the log.
        by_month: whether each month has its own folder.
    """

    name: str
    columns: Mapping[str, pl.DataType]
    order: Sequence[str]
    content: Sequence[str]
    ranges: Sequence[str] = SNAPSHOT_KEY
    by_month: bool = False


CHAINS: Final = Table("chains", CHAIN_ROWS, STORED_ORDER, content=(*STRIKE_ROWS, *ZERO_COLUMNS.values()), by_month=True)
PRICES: Final = Table("prices", PRICE_BARS, SNAPSHOT_KEY, content=tuple(PRICE_BARS))
ACTIONS: Final = Table(
    "actions", CORPORATE_ACTIONS, ("symbol", "date", "kind", "value"), content=tuple(CORPORATE_ACTIONS)
)
TAPE: Final = Table("prints", STORED_PRINTS, PRINT_ORDER, content=tuple(PRINTS), by_month=True)
METRICS: Final = Table(
    "metrics", METRIC_ROWS, ("metric", "parameters", "symbol", "date"), content=tuple(METRIC_ROWS), by_month=True
)
_QUARANTINE: Final[dict[str, pl.DataType]] = {
    "file": pl.String(),
    "format": pl.String(),
    "row": pl.Int64(),
    "reason": pl.String(),
    "reasons": pl.String(),
    "record": pl.String(),
}
QUARANTINE: Final = Table("quarantine", _QUARANTINE, ("file", "row"), content=tuple(_QUARANTINE), ranges=("file",))
"""Rows that were not kept: `file, format, row` (counted from 1 below the header), `reason` (the first code), `reasons` (all codes,
separated by blanks) and `record` (the cells as JSON)."""

SYMBOLS: Final = Table("symbols", SYMBOL_ROWS, ("symbol",), content=tuple(SYMBOL_ROWS), ranges=("symbol",))

TABLES: Final = {table.name: table for table in (CHAINS, PRICES, ACTIONS, TAPE, METRICS, SYMBOLS, QUARANTINE)}


def require_columns(rows: pl.DataFrame, columns: Mapping[str, pl.DataType], table: str) -> None:
    """Refuse rows that do not have exactly these columns and dtypes, since a cast would change values silently."""
    if dict(rows.schema) != dict(columns):
        differing = [name for name in {**rows.schema, **columns} if rows.schema.get(name) != columns.get(name)]
        raise LakeError(
            f"rows for table '{table}' do not have its columns and dtypes: see {', '.join(differing) or 'their order'}"
        )
