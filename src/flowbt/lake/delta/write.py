"""How rows come into a table: whole units where it has them, each write one commit, wholly visible or not at all.

A unit (one symbol's day) is compared with the one stored: one that the table lacks is new, one that is there with the same content
is left alone, one that differs is restated, which writes anew only the files that hold it. Comparing reads the hashes of the units in
question, and their rows where the hashes differ: another version of polars may hash the same rows differently.

Writers take turns where the storage has a lock. Where it has none, or the lock fails, the version decides: who finds it taken
reads what the other has committed, and compares again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import polars as pl

from flowbt.errors import LakeError
from flowbt.lake.delta.commit import Commit, VersionTakenError, acknowledge, not_written
from flowbt.lake.delta.log import TableLog
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import collect, read_checked, scan, within
from flowbt.lake.delta.row_order import in_order
from flowbt.lake.delta.tables import UNIT, Table, require_columns

ATTEMPTS = 1000
MERGED_ROWS = 1 << 20
"""A file is not written anew with more rows than this: so much is held in memory, and read to restate a day."""
T = TypeVar("T")
FILE, HASH = "_file", "snapshot_hash"


def write_units(
    log: TableLog,
    rows: pl.DataFrame,
    note: Mapping[str, str],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    *,
    dry_run: bool = False,
) -> pl.DataFrame:
    """Bring whole units into the table in one commit, or in none where all are there already.

    Args:
        log: the table's.
        rows: rows with exactly the table's columns and dtypes.
        note: facts to keep with the commit.
        complete: combines the rows of units that are stored with other content with the stored rows; no other writer commits
            meanwhile. If it raises, the table is unchanged.
        dry_run: compare and write nothing.

    Returns:
        `symbol, date, state`, the state being `new`, `restated` or `unchanged`.
    """
    require_columns(rows, log.table.columns, log.table.name)
    if rows.is_empty():
        return rows.select(*UNIT, pl.lit("new").alias("state"))
    rows = in_order(rows, log.table.order)
    if dry_run:
        log.refresh()
        files = within(_files(log), _ranges(rows, log.table))
        return _compared(log, rows, files, complete)[1].select(*UNIT, "state")
    return in_turn(log, lambda: _write_units(log, rows, note, complete))


def replace_rows(log: TableLog, rows: pl.DataFrame, key: Sequence[str]) -> None:
    """Bring rows into a table in place of those of the same key, in one commit."""
    require_columns(rows, log.table.columns, log.table.name)
    rows = in_order(rows, log.table.order)

    def attempt() -> None:
        with Commit(log) as commit:
            files = within(_files(log), _ranges(rows, log.table))
            _commit_in_place(log, commit, files, rows.select(key), rows)
            commit.finish("WRITE", {})

    in_turn(log, attempt)


def append_missing(log: TableLog, rows: pl.DataFrame) -> None:
    """Add the rows that a table without units lacks; only the stored rows of the same ranges are read."""
    table = log.table
    require_columns(rows, table.columns, table.name)
    rows = in_order(rows, table.order)

    def attempt() -> None:
        files = within(_files(log), _ranges(rows, table))
        known = collect(
            scan(log.place, table, files).filter(_near(rows, table.ranges)).select(*table.columns),
            log.place,
            table,
            files,
        )
        missing = rows.join(known, on=list(table.columns), how="anti", nulls_equal=True, maintain_order="left")
        if missing.height:
            with Commit(log) as commit:
                commit.add(missing)
                commit.finish("WRITE", {})

    in_turn(log, attempt)


def in_turn(log: TableLog, attempt: Callable[[], T]) -> T:
    """Do what commits, on top of the newest version and again if another writer was first.

    Raises:
        LakeError: the storage failed.
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
        f"table '{log.table.name}' of the lake at '{log.where}' is being written by others without pause: try again"
    )


def _write_units(
    log: TableLog,
    rows: pl.DataFrame,
    note: Mapping[str, str],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None,
) -> pl.DataFrame:
    files = within(_files(log), _ranges(rows, log.table))
    rows, units = _compared(log, rows, files, complete)
    states = units.select(*UNIT, "state")
    if (states["state"] == "unchanged").all():
        return states
    restated = units.filter(pl.col("state") == "restated")
    touched = set(restated[FILE].explode())
    if (states["state"] == "unchanged").any():
        changed = states.filter(pl.col("state") != "unchanged")
        rows = rows.join(changed, on=UNIT, how="semi", maintain_order="left")
    with Commit(log) as commit:
        held = [file for file in files if log.place.locate(f"{log.table.name}/{file.path}") in touched]
        _commit_in_place(log, commit, held, restated.select(UNIT), rows)
        commit.finish("WRITE", note)
    return states


def _compared(
    log: TableLog,
    rows: pl.DataFrame,
    files: Sequence[DataFile],
    complete: Callable[[pl.DataFrame], pl.DataFrame] | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of whole units, and how they compare with the stored units."""
    units = _compare(log, rows, files)
    differing = units.filter(pl.col("state") == "restated").select(UNIT)
    if complete is None or not differing.height:
        return rows, units
    parts, others = (rows.join(differing, on=UNIT, how=how, maintain_order="left") for how in ("semi", "anti"))
    rows = in_order(pl.concat([others, complete(parts)]), log.table.order)
    return rows, _compare(log, rows, files)


def _compare(log: TableLog, rows: pl.DataFrame, files: Sequence[DataFile]) -> pl.DataFrame:
    """`symbol, date, state` of the units of `rows`, and in which stored files each lies (`_file`, a list)."""
    hashed = HASH in log.table.columns
    summary = [pl.len().alias("rows"), (pl.col(HASH).first() if hashed else pl.lit(None, pl.Int64)).alias("hash")]
    incoming = rows.lazy().group_by(UNIT).agg(summary).collect()
    query = (
        scan(log.place, log.table, files, paths=FILE)
        .filter(_near(incoming, UNIT))
        .group_by(UNIT)
        .agg(*summary, pl.col(FILE).unique())
    )
    known = collect(query, log.place, log.table, files)
    joined = incoming.join(known, on=UNIT, how="left", suffix="_stored")
    alike = pl.col("rows") == pl.col("rows_stored")
    units = joined.with_columns(
        pl.when(pl.col("rows_stored").is_null())
        .then(pl.lit("new"))
        .when(alike & (pl.col("hash") == pl.col("hash_stored")))
        .then(pl.lit("unchanged"))
        .when(alike)
        .then(pl.lit("to compare"))
        .otherwise(pl.lit("restated"))
        .alias("state")
    )
    doubtful = units.filter(pl.col("state") == "to compare").select(UNIT)
    if doubtful.height:
        same = _same(log, rows, doubtful, files)
        units = units.join(same, on=UNIT, how="left").with_columns(
            pl.coalesce("verdict", pl.col("state").replace("to compare", "restated")).alias("state")
        )
    return units.select(*UNIT, "state", FILE).sort(UNIT)


def _same(log: TableLog, rows: pl.DataFrame, units: pl.DataFrame, files: Sequence[DataFile]) -> pl.DataFrame:
    """`symbol, date, verdict` (unchanged) of those units of which the table holds as many rows, with the same content."""
    content = list(log.table.content)
    query = (
        scan(log.place, log.table, files)
        .filter(_near(units, UNIT))
        .join(units.lazy(), on=UNIT, how="semi")
        .group_by(content)
        .len()
    )
    stored = collect(query, log.place, log.table, files)
    incoming = rows.join(units, on=UNIT, how="semi").group_by(content).len()
    differing = incoming.join(stored, on=[*content, "len"], how="anti", nulls_equal=True)
    return units.join(differing, on=UNIT, how="anti").with_columns(verdict=pl.lit("unchanged"))


def _commit_in_place(
    log: TableLog, commit: Commit, files: Sequence[DataFile], keys: pl.DataFrame, rows: pl.DataFrame
) -> None:
    """Write the files anew that hold rows of these keys, without them; the new rows of a month go into the first of its files."""
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


def _near(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Expr:
    """Whether a row has values of these: said of each column alone, so that the statistics of a file can answer it."""
    return pl.all_horizontal(pl.col(name).is_in(rows[name].unique().implode()) for name in columns)


def _files(log: TableLog) -> Sequence[DataFile]:
    state = log.state()
    return state.files if state else []


def _ranges(rows: pl.DataFrame, table: Table) -> dict[str, list[str]]:
    return {column: rows[column].unique().cast(pl.String).to_list() for column in table.ranges}
