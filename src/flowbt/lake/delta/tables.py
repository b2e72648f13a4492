"""The tables of a lake: their columns, the order of their rows, and what makes two of their units the same."""

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
"""A *unit* is one symbol's day: it is written whole, and no two files hold rows of it."""


@dataclass(frozen=True)
class Table:
    """One table of a lake.

    `content` are the columns that tell one unit from another; the rest the lake adds, and may come to add otherwise.
    `ranges` are the columns of which the log says the least and the greatest value in each file. `by_month`: each month has
    a folder of its own.
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
"""Rows that were not kept: where they came from (rows are counted from 1 below the header), the code why, the codes of all
their cells, and what they said as JSON."""

SYMBOLS: Final = Table("symbols", SYMBOL_ROWS, ("symbol",), content=tuple(SYMBOL_ROWS), ranges=("symbol",))

TABLES: Final = {table.name: table for table in (CHAINS, PRICES, ACTIONS, TAPE, METRICS, SYMBOLS, QUARANTINE)}


def require_columns(rows: pl.DataFrame, columns: Mapping[str, pl.DataType], table: str) -> None:
    """Refuse rows that do not have exactly these columns and dtypes: a cast would change them in silence."""
    if dict(rows.schema) != dict(columns):
        odd = [name for name in {**rows.schema, **columns} if rows.schema.get(name) != columns.get(name)]
        raise LakeError(
            f"rows for table '{table}' do not have its columns and dtypes: see {', '.join(odd) or 'their order'}"
        )
