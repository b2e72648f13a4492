"""The Delta tables below the lake: how they lie on the disk, and how units come into them.

A *unit* (one symbol's day) is written whole. A write compares each unit with what is stored by the hash of its rows: one
that the table lacks is appended, one that is there unchanged is left alone, one that differs is restated, which rewrites
the partitions that the write touches and leaves the older version readable. Either is one commit: wholly visible or not at
all. Every file is in the table's order and no unit lies in two files, so readers get sorted runs without sorting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from flowbt.errors import LakeError
from flowbt.schema import (
    CHAIN_ROWS,
    CORPORATE_ACTIONS,
    METRIC_ROWS,
    PRICE_BARS,
    PRINT_ORDER,
    SNAPSHOT_KEY,
    STORED_ORDER,
    STORED_PRINTS,
)

UNIT: Final = list(SNAPSHOT_KEY)

WRITER: Final = WriterProperties(compression="ZSTD", max_row_group_size=32_768)
CONFIGURATION: Final = {"delta.enableExpiredLogCleanup": "false"}
ONE_FILE: Final = 1 << 40
"""Target file size: a commit writes one file per partition, so that no unit is split between files."""


@dataclass(frozen=True)
class Table:
    """One table's columns, the order of its rows, and whether it is partitioned by month."""

    name: str
    columns: Mapping[str, pl.DataType]
    order: Sequence[str]
    by_month: bool = False


CHAINS: Final = Table("chains", CHAIN_ROWS, STORED_ORDER, by_month=True)
PRICES: Final = Table("prices", PRICE_BARS, SNAPSHOT_KEY)
ACTIONS: Final = Table("actions", CORPORATE_ACTIONS, ("symbol", "date", "kind"))
TAPE: Final = Table("prints", STORED_PRINTS, PRINT_ORDER, by_month=True)
METRICS: Final = Table("metrics", METRIC_ROWS, ("metric", "parameters", "symbol", "date"), by_month=True)
QUARANTINE: Final = Table(
    "quarantine",
    {
        "file": pl.String(),
        "format": pl.String(),
        "row": pl.Int64(),
        "reason": pl.String(),
        "reasons": pl.String(),
        "record": pl.String(),
    },
    ("file", "row"),
)
"""Rows that were not kept: where they came from (rows are counted from 1 below the header), the code why, the codes of all
their cells, and what they said as JSON."""


def open_table(root: Path, table: Table) -> DeltaTable | None:
    """The table at its newest version, or None where it was never written.

    Raises:
        LakeError: the table is there and cannot be opened.
    """
    folder = _folder(root, table)
    if not (folder / "_delta_log").is_dir():
        return None
    try:
        delta = DeltaTable(folder.resolve().as_uri())
        lacking = set(table.columns) - {field.name for field in delta.schema().fields}
    except DeltaError as error:
        raise LakeError(f"table '{table.name}' of the lake at '{root}' cannot be opened: {error}") from None
    if lacking:
        raise LakeError(
            f"table '{table.name}' of the lake at '{root}' lacks {', '.join(sorted(lacking))}: another version of flowbt "
            "wrote it; ingest its files again into a new lake"
        )
    return delta


def files_of(delta: DeltaTable, months: Sequence[str] | None = None) -> list[str]:
    """The paths of the table's Parquet files, of these months or all, sorted."""
    pruned = delta.file_uris(file_pruning_predicate=None if months is None else [("month", "in", list(months))])
    return sorted(_path_of(uri) for uri in pruned)


def files_by_month(delta: DeltaTable) -> dict[str, list[str]]:
    """The table's Parquet files by month (`2026-08`), months ascending."""
    months = sorted(partition["month"] for partition in delta.partitions())
    return {month: files_of(delta, [month]) for month in months}


def _folder(root: Path, table: Table) -> Path:
    if root.exists() and not root.is_dir():
        raise LakeError(f"the lake '{root}' is a file: name a folder with --lake")
    if set("%[]") & set(str(root.resolve())):
        raise LakeError(
            f"a lake cannot lie in '{root}': Delta Lake takes no path with %, [ or ]; name another with --lake"
        )
    return root / table.name


def _path_of(uri: str) -> str:
    """delta-rs names files on a disk as percent-encoded paths or URIs."""
    return unquote(uri.removeprefix("file://"))


def read_files(files: Sequence[str]) -> pl.LazyFrame:
    """The rows of these files of one table."""
    return pl.scan_parquet(list(files), hive_partitioning=False, glob=False)


def collect(scan: pl.LazyFrame) -> pl.DataFrame:
    """The scan's rows; a damaged file is a `LakeError` that says so."""
    try:
        return scan.collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise LakeError(
            f"a file of the lake cannot be read ({str(error).splitlines()[0]}): "
            "restore it from a backup, or ingest its days again"
        ) from None


def write_units(root: Path, table: Table, rows: pl.DataFrame, note: Mapping[str, str]) -> pl.DataFrame:
    """Bring whole units into the table in one commit, or in none where all are there already.

    Args:
        root: the lake's folder.
        table: which table.
        rows: rows with exactly the table's columns and dtypes.
        note: facts to keep with the commit.

    Returns:
        `symbol, date, state`, the state being `new`, `restated` or `unchanged`.
    """
    require_columns(rows, table.columns, table.name)
    delta = open_table(root, table)
    months = rows.select(_month().unique().sort()).to_series().to_list() if table.by_month else None
    touched = pl.col("symbol").is_in(rows["symbol"].unique()) & pl.col("date").is_in(rows["date"].unique())
    units = _compare(rows, _stored(table, delta, months, touched))
    changed = rows.join(units.filter(pl.col("state") != "unchanged"), on=UNIT, how="semi")
    if (units["state"] == "restated").any():
        kept = _stored(table, delta, months).join(changed.select(UNIT).unique(), on=UNIT, how="anti")
        _commit(root, table, delta, pl.concat([kept, changed]), note, replace=months or [])
    elif changed.height:
        _commit(root, table, delta, changed, note)
    return units


def require_columns(rows: pl.DataFrame, columns: Mapping[str, pl.DataType], table: str) -> None:
    """Refuse rows that do not have exactly these columns and dtypes: delta-rs would cast them in silence."""
    if dict(rows.schema) != dict(columns):
        odd = [name for name in {**rows.schema, **columns} if rows.schema.get(name) != columns.get(name)]
        raise LakeError(
            f"rows for table '{table}' do not have its columns and dtypes: see {', '.join(odd) or 'their order'}"
        )


def replace_rows(root: Path, table: Table, rows: pl.DataFrame, key: Sequence[str]) -> None:
    """Bring rows into a table by month, in place of those of the same key, in one commit."""
    delta = open_table(root, table)
    months = rows.select(_month().unique().sort()).to_series().to_list()
    stored = _stored(table, delta, months)
    kept = stored.join(rows, on=list(key), how="anti")
    replaced = kept.height < stored.height
    _commit(root, table, delta, pl.concat([kept, rows]) if replaced else rows, {}, replace=months if replaced else None)


def append_rows(root: Path, table: Table, rows: pl.DataFrame) -> None:
    """Add rows to a table without units."""
    _commit(root, table, open_table(root, table), rows, {})


def _stored(
    table: Table, delta: DeltaTable | None, months: list[str] | None, wanted: pl.Expr | None = None
) -> pl.DataFrame:
    files = [] if delta is None else files_of(delta, months)
    if not files:
        return pl.DataFrame(schema=dict(table.columns))
    scan = read_files(files).select(*table.columns)
    return collect(scan if wanted is None else scan.filter(wanted))


def _compare(rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    incoming = _digest(rows)
    known = _digest(stored.join(incoming, on=UNIT, how="semi"))
    same = (pl.col("digest") == pl.col("digest_stored")) & (pl.col("rows") == pl.col("rows_stored"))
    state = (
        pl.when(pl.col("digest_stored").is_null())
        .then(pl.lit("new"))
        .when(same)
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("restated"))
    )
    joined = incoming.join(known, on=UNIT, how="left", suffix="_stored")
    return joined.select(*UNIT, state.alias("state")).sort(UNIT)


def _digest(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.select(*UNIT, rows.hash_rows().alias("digest"))
        .group_by(UNIT)
        .agg(pl.col("digest").sum(), pl.len().alias("rows"))
    )


def _commit(
    root: Path,
    table: Table,
    delta: DeltaTable | None,
    rows: pl.DataFrame,
    note: Mapping[str, str],
    replace: list[str] | None = None,
) -> None:
    """Append, or replace these months (an empty list: the whole table, which then has no months)."""
    rows = rows.sort(table.order)
    if table.by_month:
        rows = rows.with_columns(_month().alias("month"))
    mode: Any = "append" if replace is None else "overwrite"
    folder = _folder(root, table)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_deltalake(
            delta if delta is not None else folder.resolve().as_uri(),
            rows,
            partition_by=["month"] if table.by_month else None,
            mode=mode,
            predicate="month IN ({})".format(", ".join(f"'{month}'" for month in replace)) if replace else None,
            configuration=CONFIGURATION if delta is None else None,
            target_file_size=ONE_FILE,
            writer_properties=WRITER,
            commit_properties=CommitProperties(custom_metadata=dict(note)),
        )
    except (DeltaError, OSError) as error:
        raise LakeError(f"table '{table.name}' of the lake at '{root}' cannot be written: {error}") from None


def _month() -> pl.Expr:
    return pl.col("date").dt.strftime("%Y-%m")
