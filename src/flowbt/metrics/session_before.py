"""Bringing each contract's values of one session before beside today's.

A snapshot's rows are sorted by expiration, root and strike, so two snapshots are matched by walking down both at once, which
costs a few nanoseconds a row where a join on five columns costs hundreds.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

import numpy as np
import polars as pl

from flowbt.calendar import previous_session
from flowbt.metrics.resolve import PRIOR
from flowbt.schema import SIDES, SNAPSHOT_KEY

SNAPSHOT: Final = "_place"
KNOWN: Final = "_known_"


def with_session_before(rows: pl.DataFrame, before: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The strike rows with what `prior` promises of these columns, `before` being those of earlier sessions.

    Both are in stored order, each snapshot one run of rows, and have `call_listed` and `put_listed`.
    """
    both = pl.concat([before, rows]).with_columns(pl.struct(SNAPSHOT_KEY).rle_id().alias(SNAPSHOT))
    snapshots = _snapshots(both, columns)
    today = both[SNAPSHOT].slice(before.height)
    if not rows.height:
        return rows.with_columns(pl.lit(None, rows.schema[name]).alias(name + PRIOR) for name in columns)
    matched = _matches(both, snapshots, today[0])
    earlier = snapshots["before"].gather(today)
    was_listed = {side: both[f"{side}_listed"].gather(matched) for side in SIDES}
    return rows.with_columns(
        pl.when(was_listed.get(name.partition("_")[0], matched.is_not_null()))
        .then(both[name].gather(matched))
        .when(snapshots[KNOWN + name].gather(earlier))
        .then(0)
        .alias(name + PRIOR)
        for name in columns
    )


def _snapshots(both: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The snapshots in order: `start` and number of their `rows`, the one of one session `before`, which columns they know."""
    found = both.group_by(SNAPSHOT, maintain_order=True).agg(
        pl.col(*SNAPSHOT_KEY).first(),
        pl.len().cast(pl.Int64).alias("rows"),
        *(pl.col(name).is_not_null().any().alias(KNOWN + name) for name in columns),
    )
    sessions = {day: previous_session(day) for day in found["date"].unique()}
    wanted = found.with_columns(pl.col("date").replace_strict(sessions, return_dtype=pl.Date))
    places = found.select(*SNAPSHOT_KEY, pl.col(SNAPSHOT).alias("before"))
    return wanted.join(places, on=SNAPSHOT_KEY, how="left", maintain_order="left").with_columns(
        (pl.col("rows").cum_sum() - pl.col("rows")).alias("start")
    )


def _matches(both: pl.DataFrame, snapshots: pl.DataFrame, first: int) -> pl.Series:
    """For each row of the snapshots from `first` on, the row of the same contract one session before, or null."""
    roots = pl.Enum(both["root"].unique().sort())
    match = import_module("flowbt.metrics.contract_match").match
    matched = match(
        both["expiration"].to_physical().to_numpy(),
        both["root"].cast(roots).to_physical().to_numpy(),
        both["strike"].to_numpy(),
        snapshots["start"].to_numpy(),
        snapshots["rows"].to_numpy(),
        snapshots["before"].cast(pl.Int64).fill_null(-1).to_numpy(),
        first,
    )
    return pl.Series(np.asarray(matched)).replace(-1, None)
