"""Compare units (one day of one symbol each) with the stored units: by their hashes, and row by row if the hashes differ."""

from collections.abc import Sequence

import polars as pl

from flowbt.lake.delta.log import TableLog
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import collect, scan
from flowbt.lake.delta.tables import UNIT, Table

FILE, HASH = "_file", "snapshot_hash"


def compare_units(log: TableLog, rows: pl.DataFrame, files: Sequence[DataFile]) -> pl.DataFrame:
    """`symbol, date, state` of the units of `rows`, and the stored files that contain each (`_file`, a list)."""
    hashed = HASH in log.table.columns
    summary = [pl.len().alias("rows"), (pl.col(HASH).first() if hashed else pl.lit(None, pl.Int64)).alias("hash")]
    incoming = rows.lazy().group_by(UNIT).agg(summary).collect()
    query = (
        scan(log.place, log.table, files, paths=FILE)
        .filter(has_values_of(incoming, UNIT))
        .group_by(UNIT)
        .agg(*summary, pl.col(FILE).unique())
    )
    stored = collect(query, log.place, log.table, files)
    joined = incoming.join(stored, on=UNIT, how="left", suffix="_stored")
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
        same = _equal_units(log, rows, doubtful, files)
        units = units.join(same, on=UNIT, how="left").with_columns(
            pl.coalesce("verdict", pl.col("state").replace("to compare", "restated")).alias("state")
        )
    return units.select(*UNIT, "state", FILE).sort(UNIT)


def _equal_units(log: TableLog, rows: pl.DataFrame, units: pl.DataFrame, files: Sequence[DataFile]) -> pl.DataFrame:
    """`symbol, date, verdict` (unchanged) of those units that the table has with the same number of rows and the same content."""
    content = list(log.table.content)
    query = (
        scan(log.place, log.table, files)
        .filter(has_values_of(units, UNIT))
        .join(units.lazy(), on=UNIT, how="semi")
        .group_by(content)
        .len()
    )
    stored = collect(query, log.place, log.table, files)
    incoming = rows.join(units, on=UNIT, how="semi").group_by(content).len()
    differing = incoming.join(stored, on=[*content, "len"], how="anti", nulls_equal=True)
    return units.join(differing, on=UNIT, how="anti").with_columns(verdict=pl.lit("unchanged"))


def has_values_of(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Expr:
    """Whether each column of a row has one of these values; a condition per column lets polars use the statistics of a file."""
    return pl.all_horizontal(pl.col(name).is_in(rows[name].unique().implode()) for name in columns)


def values_in_ranges(rows: pl.DataFrame, table: Table) -> dict[str, list[str]]:
    """The values of rows in each of the table's `ranges`, as text, to select files."""
    return {column: rows[column].unique().cast(pl.String).to_list() for column in table.ranges}
