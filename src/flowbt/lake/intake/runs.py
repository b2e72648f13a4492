"""Runs of neighbouring rows with the same values: values are computed once per run, and text is compared only with the row before.

Contract rows are in stored order almost everywhere, so a snapshot is one run, and so is each of its expiries.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from flowbt.lake.delta.row_order import varying
from flowbt.schema import SNAPSHOT_KEY

UNIT: Final = list(SNAPSHOT_KEY)
SAMPLE: Final = 16
"""Number of rows of a snapshot that are checked before the whole snapshot is."""
_NUMBER: Final = "_number"


def in_runs(rows: pl.DataFrame, names: Sequence[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The values of these columns, one row for each run of rows with the same values, and the lengths of the runs."""
    another = [pl.col(name).ne_missing(pl.col(name).shift(1)) for name in varying(rows, names)]
    first = np.arange(min(rows.height, 1), dtype=np.uint32)
    changes = rows.select(pl.arg_where(pl.any_horizontal(another))).to_series().to_numpy() if another else first
    starts = np.union1d(first, changes)
    lengths = pl.Series("length", np.diff(starts, append=rows.height).astype(np.uint32))
    return rows.select(pl.col(names).gather(pl.Series(starts))), lengths


def places_of(lengths: pl.Series) -> pl.Series:
    """The number of each row's run, counted from 0."""
    return pl.Series(np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths.to_numpy()))


def by_snapshot(rows: pl.DataFrame, *results: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """`rows.group_by("symbol", "date").agg(...)`, in the order of the snapshots' first rows.

    If each snapshot is one run, rows are grouped by the number of the run, which is several times faster.
    """
    snapshots, lengths = in_runs(rows, UNIT)
    if snapshots.is_duplicated().any():
        return rows.group_by(UNIT, maintain_order=True).agg(*results, **named)
    numbered = rows.lazy().with_columns(places_of(lengths).alias(_NUMBER))
    aggregated = numbered.group_by(_NUMBER).agg(*results, **named).sort(_NUMBER).drop(_NUMBER).collect()
    return snapshots.hstack(aggregated)


def of_snapshots(rows: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The rows of these units (`symbol, date`), in their order."""
    if not units.height:
        return rows.clear()
    snapshots, lengths = in_runs(rows, UNIT)
    wanted = snapshots.join(units.select(*UNIT, wanted=True).unique(), on=UNIT, how="left", maintain_order="left")
    return rows.filter(wanted["wanted"].fill_null(value=False).gather(places_of(lengths)))


def doubtful(rows: pl.DataFrame, alike: pl.Expr) -> pl.DataFrame:
    """The rows of the snapshots for which `alike` is true in a sample of `SAMPLE` rows.

    Args:
        rows: rows of snapshots.
        alike: an aggregation that is true for any part of a snapshot if it is true for the whole snapshot.
    """
    lengths = in_runs(rows, UNIT)[1]
    begins = (lengths.cum_sum() - lengths).to_numpy()
    places = begins[:, None] + np.arange(SAMPLE) * lengths.to_numpy()[:, None].astype(np.int64) // SAMPLE
    sample = rows[places.ravel()]
    return of_snapshots(rows, by_snapshot(sample, alike=alike).filter("alike").select(UNIT))
