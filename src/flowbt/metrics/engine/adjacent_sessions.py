"""Joining each contract's values of an adjacent session, the previous or the next one, to today's rows.

The rows of a snapshot are sorted by expiration, root and strike. Two snapshots are therefore matched by one merge pass
over both, which costs a few nanoseconds per row where a join on five columns costs hundreds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import numpy as np
import polars as pl

from flowbt.calendar import shift_session
from flowbt.metrics.engine.resolve import PRIOR
from flowbt.schema import SIDES, SNAPSHOT_KEY

SNAPSHOT: Final = "_place"
MATCHING: Final = ("symbol", "date", "root", "expiration", "strike", *(f"{side}_listed" for side in SIDES))
"""The columns by which contracts are matched."""


@dataclass(frozen=True)
class Neighbours:
    """Where to find, for each strike row, the values of the same contract in an adjacent session.

    Attributes:
        both: rows of the other sessions, followed by the rows themselves; each snapshot has a number.
        contract: by row, the position in `both` of the same contract's row in the adjacent session; null: it has none.
        snapshot: by row, the number of the adjacent session's snapshot; null: it is missing.
    """

    both: pl.DataFrame
    contract: pl.Series
    snapshot: pl.Series

    def values(self, column: str) -> pl.Series:
        """The contract's value in the adjacent session; null where it has no row."""
        return self.both[column].gather(self.contract)

    def of_snapshot(self, value: pl.Expr) -> pl.Series:
        """An aggregate over the whole snapshot of the adjacent session; null where that is missing."""
        aggregates = self.both.group_by(SNAPSHOT, maintain_order=True).agg(value.alias("value"))
        return aggregates["value"].gather(self.snapshot)

    def zero_if_unlisted(self, column: str) -> pl.Series:
        """The contract's value in the adjacent session, and 0 where it was not listed.

        Null where it was listed and its value is unknown, and where that snapshot has no value of the column at all.
        """
        side = column.partition("_")[0]
        was_listed = self.values(f"{side}_listed") if side in SIDES else self.contract.is_not_null()
        has_values = self.of_snapshot(pl.col(column).is_not_null().any())
        # a frame, because a literal alone would give one value where there are no rows
        return (
            pl.DataFrame({"listed": was_listed, "has_values": has_values, "value": self.values(column)})
            .select(pl.when("listed").then("value").when("has_values").then(0).alias(column))
            .to_series()
        )


def neighbours(rows: pl.DataFrame, others: pl.DataFrame, shift: int, exchange: str, splits: pl.DataFrame) -> Neighbours:
    """Match the contracts of `rows` one session before (`shift` -1) or after (1), in `others` or in `rows`.

    A snapshot has no neighbour where either of the two is on the day of a split: strikes and numbers of contracts
    change then, and sources take until the next day to adjust them.

    Args:
        rows: in stored order, each snapshot one run of rows, with the columns `MATCHING`.
        others: rows of other snapshots, likewise.
        shift: which neighbour.
        exchange: MIC of the exchange whose sessions count.
        splits: `symbol, date`.
    """
    shared = [name for name in rows.columns if name in others.columns]
    both = pl.concat([others.select(shared), rows.select(shared)]).with_columns(
        pl.struct(SNAPSHOT_KEY).rle_id().cast(pl.Int64).alias(SNAPSHOT)
    )
    if not rows.height:
        nowhere = pl.Series([], dtype=pl.Int64)
        return Neighbours(both, nowhere, nowhere)
    snapshots = _snapshots(both, shift, exchange, splits)
    own = both[SNAPSHOT].slice(others.height)
    return Neighbours(both, _matches(both, snapshots, own[0]), snapshots["other"].gather(own))


def with_session_before(
    rows: pl.DataFrame, before: pl.DataFrame, columns: Iterable[str], exchange: str, splits: pl.DataFrame
) -> pl.DataFrame:
    """Strike rows with the previous session's values of these columns, as `prior` defines them; `before` holds earlier rows."""
    previous = neighbours(rows, before, -1, exchange, splits)
    return rows.with_columns(previous.zero_if_unlisted(name).alias(name + PRIOR) for name in columns)


def _snapshots(both: pl.DataFrame, shift: int, exchange: str, splits: pl.DataFrame) -> pl.DataFrame:
    """The snapshots in order: `start` and number of their `rows`, and the number of the `other` snapshot, one session away."""
    snapshots = both.group_by(SNAPSHOT, maintain_order=True).agg(
        pl.col(*SNAPSHOT_KEY).first(), pl.len().cast(pl.Int64).alias("rows")
    )
    sessions = {day: shift_session(day, shift, exchange) for day in snapshots["date"].unique()}
    split = snapshots.join(splits, on=SNAPSHOT_KEY, how="semi").select(SNAPSHOT)
    comparable = snapshots.join(split, on=SNAPSHOT, how="anti")
    wanted = snapshots.with_columns(
        pl.when(~pl.col(SNAPSHOT).is_in(split[SNAPSHOT].implode()))
        .then(pl.col("date").replace_strict(sessions, return_dtype=pl.Date))
        .alias("date")
    )
    places = comparable.select(*SNAPSHOT_KEY, pl.col(SNAPSHOT).alias("other"))
    return wanted.join(places, on=SNAPSHOT_KEY, how="left", maintain_order="left").with_columns(
        (pl.col("rows").cum_sum() - pl.col("rows")).alias("start")
    )


def _matches(both: pl.DataFrame, snapshots: pl.DataFrame, first: int) -> pl.Series:
    """For each row of the snapshots from `first` on, the position of the same contract in the other snapshot, or null."""
    roots = pl.Enum(both["root"].unique().sort())
    match = import_module("flowbt.metrics.engine.contract_match").match
    matched = match(
        both["expiration"].to_physical().to_numpy(),
        both["root"].cast(roots).to_physical().to_numpy(),
        both["strike"].to_numpy(),
        snapshots["start"].to_numpy(),
        snapshots["rows"].to_numpy(),
        snapshots["other"].fill_null(-1).to_numpy(),
        first,
    )
    return pl.Series(np.asarray(matched)).replace(-1, None)
