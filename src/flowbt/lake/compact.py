"""Merge many small files into few: a lake that grew day by day then reads as fast as one that was written at once.

The files of a month (all files of a table without months) are merged, in the order of their paths, into files of at most about a
million rows. Units are not split, and memory is limited. Each table gets one commit; older versions keep their files and stay readable.
Under the lock, files that no version refers to are deleted: stopped writers left them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from flowbt.documents import Result
from flowbt.errors import LakeError
from flowbt.lake.delta.commit import Commit
from flowbt.lake.delta.log import TableLog
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import read_checked
from flowbt.lake.delta.row_order import in_order
from flowbt.lake.delta.tables import TABLES
from flowbt.lake.delta.write import MERGED_ROWS, in_turn
from flowbt.lake.store import Lake
from flowbt.lake.verify import referenced_files


@dataclass(frozen=True)
class TableCompaction(Result):
    """How one table was compacted: its numbers of files before and after, and its newest version.

    Attributes:
        table: name of the table.
        files_before: number of files before.
        files_after: number of files after.
        version: version of the table after it.
    """

    table: str
    files_before: int
    files_after: int
    version: int


@dataclass(frozen=True)
class Compaction(Result):
    """How a lake was compacted.

    Attributes:
        lake: its address.
        tables: each table that has been written.
        removed: paths, below the lake, of files that belonged to no version.
    """

    lake: str
    tables: tuple[TableCompaction, ...]
    removed: tuple[str, ...]


def compact_lake(lake: Lake, *, rows_per_file: int = MERGED_ROWS) -> Compaction:
    """Join the small files of every table, and remove files that belong to no version.

    Raises:
        LakeError: there is no lake, it was opened as of a moment, or the storage failed.
        StoreDamagedError: a file to be joined is damaged; nothing was changed in its table.
    """
    if not lake.versions():
        raise LakeError(f"no lake at '{lake.ledger.where}': make one with `flowbt ingest` or `flowbt simulate`")
    tables: list[TableCompaction] = []
    removed: list[str] = []
    for table in TABLES.values():
        log = lake.ledger.to_write(table)
        log.refresh()
        if not log.entries:
            continue
        before, after = in_turn(log, lambda log=log: _compact(log, rows_per_file))  # type: ignore[misc]
        removed += in_turn(log, lambda log=log: _remove_unreferenced(log))  # type: ignore[misc]
        tables.append(TableCompaction(table.name, before, after, log.entries[-1].version))
    lake.forget()
    return Compaction(lake.ledger.where, tuple(tables), tuple(removed))


def _compact(log: TableLog, rows_per_file: int) -> tuple[int, int]:
    state = log.state()
    files = state.files if state else []
    groups = [group for group in _groups(files, rows_per_file) if len(group) > 1]
    if not groups:
        return len(files), len(files)
    with Commit(log) as commit:
        for group in groups:
            rows = pl.concat([read_checked(log.place, log.table, file) for file in group])
            for file in group:
                commit.remove(file)
            commit.add(in_order(rows, log.table.order))
        commit.finish("COMPACT", {})
    log.refresh()
    return len(files), len(files) - sum(len(group) - 1 for group in groups)


def _groups(files: Sequence[DataFile], rows_per_file: int) -> list[list[DataFile]]:
    """Files of one month that together have at most this many rows."""
    groups: list[list[DataFile]] = []
    for file in files:
        last = groups[-1] if groups else []
        if last and last[0].month == file.month and sum(member.rows for member in last) + file.rows <= rows_per_file:
            last.append(file)
        else:
            groups.append([file])
    return groups


def _remove_unreferenced(log: TableLog) -> list[str]:
    """Delete files that no version refers to; without a lock they may belong to a commit in progress, and are kept."""
    place, table = log.place, log.table.name
    if not place.locked:
        return []
    referenced = referenced_files(log.entries, table)
    left = [name for name in place.walk(table) if name.endswith((".parquet", ".tmp")) and name not in referenced]
    for name in left:
        place.delete(name)
    return sorted(left)
