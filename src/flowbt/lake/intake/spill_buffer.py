"""A file's rows while it is being read: in memory if they are few, in temporary files if they are many.

A file may be larger than memory, and its days may be in any order, but days are checked and stored whole.

1. Most files are sorted by day. Then all days before the newest are complete, and every `GROUP_ROWS` rows of complete days form
   a group: in memory up to `MOST_BYTES`, after that in a temporary Parquet file.
2. If a day appears again after its group was formed, the file is not sorted by day. Then rows are written to temporary files in
   the order of the file, and regrouped by day at the end.
"""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.lake.delta.row_order import in_order
from flowbt.schema import SNAPSHOT_KEY

MOST_IN_MEMORY: Final = 1_000_000
"""A file of up to this many rows is one group."""
MOST_IN_ANY_ORDER: Final = 500_000
"""Rows of an unsorted file that are kept in memory before they are written to a temporary file."""
GROUP_ROWS: Final = 400_000
"""Rows of complete days per group."""
MOST_BYTES: Final = 280 << 20
"""Memory for groups of complete days: about two million contracts."""


class SpillBuffer:
    """Takes rows in blocks and returns them in groups of whole days; its temporary files are deleted with it.

    Args:
        order: the order in which rows of whole days are stored.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self._order = order
        self._blocks: list[pl.DataFrame] = []
        self._height = 0
        self._rows = 0
        self._groups: list[pl.DataFrame | Path] = []
        self._bytes = 0
        self._until: date | None = None
        self._in_order = True
        self._folder: Path | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Add a block of rows."""
        self._blocks.append(rows)
        self._height += rows.height
        self._rows += rows.height
        first = rows["date"].min()
        if self._in_order and self._until is not None and isinstance(first, date) and first <= self._until:
            self._in_order = False
            self._groups = [self._on_disk(group) for group in self._groups]
        if self._rows <= MOST_IN_MEMORY:
            return
        if not self._in_order and self._height > MOST_IN_ANY_ORDER:
            self._groups.append(self._on_disk(self._taken().sort("date", "symbol", maintain_order=True)))
        elif self._in_order and self._height > GROUP_ROWS:
            self._form_groups()

    @property
    def several(self) -> bool:
        """Whether there are so many rows that they need more than one group."""
        return len(self._groups) > 1 or not self._in_order

    @property
    def on_disk(self) -> bool:
        """Whether some of the rows are in temporary files."""
        return self._folder is not None

    def groups(self, *, last: bool = False) -> Iterator[pl.DataFrame]:
        """The rows in groups of whole days: all at once, or about `GROUP_ROWS` at a time, ordered by day.

        Args:
            last: release each group; the groups cannot be requested again.
        """
        if self._groups and not self._in_order:
            yield from self._regrouped()
            return
        if self._blocks:
            rest = self._taken()
            self._groups.append(in_order(rest, self._order) if self._groups else rest)
        for number in range(len(self._groups)):
            group = self._groups[0 if last else number]
            if last:
                del self._groups[0]
            yield group if isinstance(group, pl.DataFrame) else pl.read_parquet(group)

    def keep(self, number: int, rows: pl.DataFrame) -> bool:
        """Replace a group if it is in memory; returns whether it is."""
        if not self._in_order or not isinstance(self._groups[number], pl.DataFrame):
            return False
        self._groups[number] = rows
        return True

    def _taken(self) -> pl.DataFrame:
        rows = pl.concat(self._blocks)
        self._blocks, self._height = [], 0
        return rows

    def _form_groups(self) -> None:
        """Form groups of the days that are complete if the file is sorted by day."""
        newest = max(block["date"].max() for block in self._blocks if block.height)  # type: ignore[type-var]
        if all((block["date"] == newest).all() for block in self._blocks):
            return
        rows = self._taken()
        if not rows["date"].is_sorted():
            rows = rows.sort("date", maintain_order=True)
        days = rows.group_by("date", maintain_order=True).agg(pl.len().alias("rows")).rows()
        begin = end = 0
        for day, height in days[:-1]:
            end += height
            if end - begin >= GROUP_ROWS:
                self._add_group(rows.slice(begin, end - begin))
                begin, self._until = end, day
        self._blocks, self._height = [rows.slice(begin)], rows.height - begin

    def _add_group(self, rows: pl.DataFrame) -> None:
        group = in_order(rows, self._order)
        self._bytes += int(group.estimated_size())
        self._groups.append(group if self._bytes <= MOST_BYTES else self._on_disk(group))

    def _regrouped(self) -> Iterator[pl.DataFrame]:
        if self._blocks:
            self._groups.append(self._on_disk(self._taken().sort("date", "symbol", maintain_order=True)))
        spills = [group for group in self._groups if isinstance(group, Path)]
        for units in _in_parts(pl.scan_parquet(spills).select(SNAPSHOT_KEY).collect()):
            yield pl.scan_parquet(spills).filter(_between(*units[[0, -1]].rows())).collect()

    def _on_disk(self, group: pl.DataFrame | Path) -> Path:
        if isinstance(group, Path):
            return group
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="flowbt-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{len(list(self._folder.iterdir()))}.parquet"
        group.write_parquet(path, compression="lz4", row_group_size=50_000)
        return path


def _between(first: tuple[str, date], last: tuple[str, date]) -> pl.Expr:
    """Whether a row belongs to a unit from the first to the last (`symbol, date`), ordered by day and symbol.

    Each column is compared with a value, so that no other rows need to be in memory.
    """
    symbol, day = pl.col("symbol"), pl.col("date")
    return (
        day.is_between(first[1], last[1])
        & ((day > first[1]) | (symbol >= first[0]))
        & ((day < last[1]) | (symbol <= last[0]))
    )


def _in_parts(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The units (`symbol, date`) of these rows, ordered by day, in parts of about `GROUP_ROWS` rows."""
    units = rows.group_by(SNAPSHOT_KEY).agg(pl.len().cast(pl.Int64).alias("rows")).sort("date", "symbol")
    number = (units["rows"].cum_sum() - units["rows"]) // GROUP_ROWS
    for _, part in units.group_by(number.alias("number"), maintain_order=True):
        yield part.select(SNAPSHOT_KEY)
