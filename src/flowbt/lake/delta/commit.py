"""One commit to a table: data files first, then the log entry that makes them part of the table, then HEAD.

1. `Commit.add` writes Parquet files durably. The name of each has its version and the sha256 of its bytes. Nothing refers to them yet.
2. `Commit.finish` writes the log entry and HEAD durably under temporary names, so that a full disk cannot interrupt the next steps.
3. The log entry gets its name: this is the commit. If another writer has created this version, `VersionTakenError` is raised.
4. HEAD gets its name, and the write is acknowledged.
"""

import hashlib
import io
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import polars as pl

from flowbt.errors import LakeError
from flowbt.lake.delta.log import TableLog, write_head
from flowbt.lake.delta.log_entry import DataFile, Entry, name_of, write_entry
from flowbt.lake.parallel import parallel_map

ROW_GROUP = 32_768
"""Rows per row group: a few snapshots of one symbol, so that a query for some days skips most of a file."""
COMPRESSION_LEVEL = 1


class VersionTakenError(Exception):
    """Another writer has committed this version first."""


class Commit:
    """A commit on top of the newest version that the log has read."""

    def __init__(self, log: TableLog) -> None:
        self._log = log
        self._version = len(log.entries)
        self._added: list[DataFile] = []
        self._removed: list[DataFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._abandon()

    def add(self, *files: pl.DataFrame) -> None:
        """Write data files, each from rows of one month (any rows for a table without months) in the table's order."""
        for rows, data in parallel_map(self._encoded, iter(files)):
            self._stage(rows, data)

    def _encoded(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, bytes]:
        buffer = io.BytesIO()
        rows.select(*self._log.table.columns).rechunk().write_parquet(
            buffer, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=ROW_GROUP
        )
        return rows, buffer.getvalue()

    def _stage(self, rows: pl.DataFrame, data: bytes) -> None:
        table = self._log.table
        folder = f"month={rows['date'][0]:%Y-%m}/" if table.by_month else ""
        path = f"{folder}{self._version:020d}-{hashlib.sha256(data).hexdigest()}.parquet"
        low, high = (rows.select(getattr(pl.col(*table.ranges), kind)().cast(pl.String)) for kind in ("min", "max"))
        try:
            self._log.place.stage(f"{table.name}/{path}", data).replace()
        except OSError as error:
            raise not_written(self._log, error) from None
        self._added.append(DataFile(path, len(data), rows.height, low.row(0, named=True), high.row(0, named=True)))

    def remove(self, file: DataFile) -> None:
        """Remove a file from the table; older versions keep it."""
        self._removed.append(file)

    def finish(self, operation: str, facts: Mapping[str, str]) -> None:
        """Write the log entry and HEAD.

        Raises:
            VersionTakenError: another writer was first.
            LakeError: the storage failed; the table is unchanged, or the commit is complete.
        """
        log, place = self._log, self._log.place
        before = log.last
        timestamp = max(time.time_ns() // 1_000_000, before.timestamp + 1 if before else 0)
        data = write_entry(log.table, before, timestamp, operation, facts, self._added, self._removed)
        head = write_head(self._version, hashlib.sha256(data).hexdigest())
        try:
            entry = place.stage(f"{log.folder}/{name_of(self._version)}", data)
            try:
                acknowledgement = place.stage(f"{log.table.name}/HEAD", head)
                try:
                    entry.create()
                    acknowledgement.replace()
                finally:
                    acknowledgement.drop()
            finally:
                entry.drop()
        except FileExistsError:
            raise VersionTakenError from None
        except OSError as error:
            raise not_written(log, error) from None

    def _abandon(self) -> None:
        """Delete the files of a failed commit, if it is certain that nothing refers to them."""
        log, place = self._log, self._log.place
        if not place.locked or name_of(self._version) in place.names(log.folder):
            return
        for file in self._added:
            with suppress(OSError):
                place.delete(f"{log.table.name}/{file.path}")


def acknowledge(log: TableLog) -> None:
    """Acknowledge commits whose writer stopped between the last two steps, before the next commit follows them.

    Raises:
        LakeError: the storage failed.
    """
    last: Entry | None = log.last
    if last is None or log.acknowledged >= last.version:
        return
    try:
        log.place.settle(log.folder)
        log.place.stage(f"{log.table.name}/HEAD", write_head(last.version, last.sha256)).replace()
    except OSError as error:
        raise not_written(log, error) from None
    log.acknowledged = last.version


def not_written(log: TableLog, error: OSError) -> LakeError:
    """The error for storage that failed during a write."""
    return LakeError(
        f"table '{log.table.name}' of the lake at '{log.where}' cannot be written: {error.strerror or error}; "
        "earlier commits are unchanged"
    )
