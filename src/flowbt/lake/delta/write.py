"""Write rows to a table: whole units, and one commit per write, which readers see completely or not at all.

Each unit (one day of one symbol) is compared with the stored unit. It is new, unchanged (and not written), or restated: then only the
files that contain it are rewritten. The comparison reads the hashes of the units, and their rows if the hashes differ, since another
version of polars may hash the same rows differently.

Writers take turns if the storage has a lock. Without a lock the version number decides: a writer whose version is taken reads the other
writer's commit and compares again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import polars as pl

from flowbt.errors import LakeError
from flowbt.lake.delta.commit import Commit, VersionTakenError, acknowledge, not_written
from flowbt.lake.delta.compare import FILE, compare_units, has_values_of, values_in_ranges
from flowbt.lake.delta.log import TableLog
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import collect, read_checked, scan, within
from flowbt.lake.delta.row_order import in_order
from flowbt.lake.delta.tables import UNIT, Table, require_columns

ATTEMPTS = 1000
MERGED_ROWS = 1 << 20
"""Files are not merged to more rows than this: to restate a day, a whole file is read into memory."""
T = TypeVar("T")


def write_units(
    log: TableLog,
    rows: pl.DataFrame,
    note: Mapping[str, str],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    *,
    dry_run: bool = False,
) -> pl.DataFrame:
    """Write whole units in one commit, or in none if all are stored already.

    Args:
        log: the table's log.
        rows: rows with exactly the table's columns and dtypes.
        note: facts to keep with the commit.
        complete: for units that are stored with other content, combines the new rows with the stored ones. No other writer commits
            in the meantime. If it raises, the table is unchanged.
        dry_run: compare and write nothing.

    Returns:
        `symbol, date, state`; the state is `new`, `restated` or `unchanged`.
    """
    require_columns(rows, log.table.columns, log.table.name)
    if rows.is_empty():
        return rows.select(*UNIT, pl.lit("new").alias("state"))
    rows = in_order(rows, log.table.order)
    if dry_run:
        log.refresh()
        files = within(_files(log), values_in_ranges(rows, log.table))
        return _compared(log, rows, files, complete)[1].select(*UNIT, "state")
    return in_turn(log, lambda: _write_units(log, rows, note, complete))


def replace_rows(log: TableLog, rows: pl.DataFrame, key: Sequence[str]) -> None:
    """Write rows in place of the stored rows with the same key, in one commit."""
    require_columns(rows, log.table.columns, log.table.name)
    rows = in_order(rows, log.table.order)

    def attempt() -> None:
        with Commit(log) as commit:
            files = within(_files(log), values_in_ranges(rows, log.table))
            _commit_in_place(log, commit, files, rows.select(key), rows)
            commit.finish("WRITE", {})

    in_turn(log, attempt)


def append_missing(log: TableLog, rows: pl.DataFrame) -> None:
    """Add the rows that a table without units does not have; only stored rows in the same ranges are read."""
    table = log.table
    require_columns(rows, table.columns, table.name)
    rows = in_order(rows, table.order)

    def attempt() -> None:
        files = within(_files(log), values_in_ranges(rows, table))
        stored = collect(
            scan(log.place, table, files).filter(has_values_of(rows, table.ranges)).select(*table.columns),
            log.place,
            table,
            files,
        )
        missing = rows.join(stored, on=list(table.columns), how="anti", nulls_equal=True, maintain_order="left")
        if missing.height:
            with Commit(log) as commit:
                commit.add(missing)
                commit.finish("WRITE", {})

    in_turn(log, attempt)


def in_turn(log: TableLog, attempt: Callable[[], T]) -> T:
    """Run a commit on top of the newest version, and again if another writer was first.

    Raises:
        LakeError: the storage failed, or other writers always were first.
    """
    log.place.check()
    try:
        with log.place.lock():
            for _ in range(ATTEMPTS):
                log.refresh()
                acknowledge(log)
                try:
                    return attempt()
                except VersionTakenError:
                    continue
    except OSError as error:
        raise not_written(log, error) from None
    raise LakeError(
        f"table '{log.table.name}' of the lake at '{log.where}' is being written by other processes continuously: try again later"
    )


def _write_units(
    log: TableLog,
    rows: pl.DataFrame,
    note: Mapping[str, str],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None,
) -> pl.DataFrame:
    version = len(log.entries)
    files = within(_files(log), values_in_ranges(rows, log.table))
    rows, units = _compared(log, rows, files, complete)
    if len(log.entries) != version:
        # `complete` reads the table, and without a lock it may see another writer's commit: its files are not among `files`
        raise VersionTakenError
    states = units.select(*UNIT, "state")
    if (states["state"] == "unchanged").all():
        return states
    restated = units.filter(pl.col("state") == "restated")
    touched = set(restated[FILE].explode())
    if (states["state"] == "unchanged").any():
        changed = states.filter(pl.col("state") != "unchanged")
        rows = rows.join(changed, on=UNIT, how="semi", maintain_order="left")
    with Commit(log) as commit:
        touched_files = [file for file in files if log.place.locate(f"{log.table.name}/{file.path}") in touched]
        _commit_in_place(log, commit, touched_files, restated.select(UNIT), rows)
        commit.finish("WRITE", note)
    return states


def _compared(
    log: TableLog,
    rows: pl.DataFrame,
    files: Sequence[DataFile],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of whole units, and how they compare with the stored units."""
    units = compare_units(log, rows, files)
    differing = units.filter(pl.col("state") == "restated").select(UNIT)
    if complete is None or not differing.height:
        return rows, units
    parts, others = (rows.join(differing, on=UNIT, how=how, maintain_order="left") for how in ("semi", "anti"))
    rows = in_order(pl.concat([others, complete(parts)]), log.table.order)
    return rows, compare_units(log, rows, files)


def _commit_in_place(
    log: TableLog, commit: Commit, files: Sequence[DataFile], keys: pl.DataFrame, rows: pl.DataFrame
) -> None:
    """Rewrite the files with rows of these keys, without these rows; new rows of a month go into the first of its rewritten files."""
    by_month = _by_month(rows, log.table)
    for file in files:
        stored = read_checked(log.place, log.table, file)
        kept = stored.join(keys, on=keys.columns, how="anti", maintain_order="left")
        if kept.height == stored.height:
            continue
        commit.remove(file)
        if kept.height + (by_month[file.month].height if file.month in by_month else 0) <= MERGED_ROWS:
            kept = in_order(pl.concat([kept, by_month.pop(file.month, kept.clear())]), log.table.order)
        if kept.height:
            commit.add(kept)
    commit.add(*by_month.values())


def _by_month(rows: pl.DataFrame, table: Table) -> dict[str | None, pl.DataFrame]:
    if not table.by_month:
        return {None: rows}
    starts = rows["date"].dt.month_start()
    months = starts.unique().sort()
    return {f"{month:%Y-%m}": rows if months.len() == 1 else rows.filter(starts == month) for month in months}


def _files(log: TableLog) -> Sequence[DataFile]:
    state = log.state()
    return state.files if state else []
