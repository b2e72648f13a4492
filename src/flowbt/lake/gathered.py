"""A file's rows while it is being read: in memory while they are few, on the disk when they are many.

A file may be larger than memory, and its days may lie in any order, while days are judged and stored whole. So rows beyond
`MOST_IN_MEMORY` are spilled as Parquet, each spill sorted by date, and come back day by day.
"""

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.schema import SNAPSHOT_KEY

MOST_IN_MEMORY: Final = 1_000_000
GROUP_ROWS: Final = 400_000


class Gathered:
    """Rows by the block in, by whole days out; spills are gone when it is."""

    def __init__(self) -> None:
        self._blocks: list[pl.DataFrame] = []
        self._height = 0
        self._folder: Path | None = None
        self._spills: list[Path] = []
        self._units: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take a block in."""
        self._blocks.append(rows)
        self._height += rows.height
        if self._height > MOST_IN_MEMORY:
            self._spill()

    @property
    def spilled(self) -> bool:
        """Whether there are more rows than are held in memory."""
        return bool(self._spills)

    def groups(self) -> Iterator[pl.DataFrame]:
        """The rows in groups of whole days: all of them at once, or some 400,000 at a time in order of the days."""
        if not self._spills:
            yield pl.concat(self._blocks)
            return
        if self._blocks:
            self._spill()
        units = pl.concat(self._units).group_by(SNAPSHOT_KEY).agg(pl.col("rows").sum()).sort("date", "symbol")
        number = (units["rows"].cum_sum() - units["rows"]) // GROUP_ROWS
        for _, group in units.group_by(number.alias("number"), maintain_order=True):
            yield self._rows_of(group)

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="flowbt-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        rows = pl.concat(self._blocks).sort("date", "symbol", maintain_order=True)
        path = self._folder / f"{len(self._spills)}.parquet"
        rows.write_parquet(path, compression="lz4", row_group_size=50_000)
        self._spills.append(path)
        self._units.append(rows.group_by(SNAPSHOT_KEY).agg(pl.len().cast(pl.Int64).alias("rows")))
        self._blocks, self._height = [], 0

    def _rows_of(self, units: pl.DataFrame) -> pl.DataFrame:
        first, last = units["date"].min(), units["date"].max()
        of_days = pl.scan_parquet(self._spills).filter(pl.col("date").is_between(first, last)).collect()
        return of_days.join(units, on=list(SNAPSHOT_KEY), how="semi", nulls_equal=True)
