"""Keeping metrics in the lake, and bringing up to date only what is not.

A stored value bears the hash of its definition and of the data it was computed from. Asked for again, a metric is read
where both still hold, and computed and stored where one does not: for new days, for days that were restated (and the day
after, where it reads the session before), or for all days after a change of its formula or parameters.

What looks over days is made of the rest in no time, so it is computed each time; where its value has changed it is stored.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flowbt.calendar import previous_session
from flowbt.lake import Lake
from flowbt.metrics.catalogue import SHIPPED, Catalogue
from flowbt.metrics.definition import definitions, label, reads
from flowbt.metrics.engine import Progress, Request, compute, evaluate_chunks
from flowbt.metrics.resolve import OVER_DAYS, Resolved, resolve
from flowbt.schema import METRIC_ROWS, SNAPSHOT_KEY, conform

KEY: Final = list(SNAPSHOT_KEY)
DTYPES: Final[dict[str, pl.DataType]] = {
    str(dtype): dtype
    for dtype in (
        pl.Float64(), pl.Int64(), pl.Int32(), pl.Int8(), pl.UInt64(), pl.UInt32(), pl.Boolean(), pl.Date(), pl.String(),
        pl.List(pl.Float64()), pl.Null(),
    )
}  # fmt: skip


@dataclass
class Tally:
    """How many values were up to date, and how many were computed and stored."""

    read: int = 0
    stored: int = 0


def compute_stored(
    lake: Lake, request: Request, tally: Tally, catalogue: Catalogue = SHIPPED, on_chunk: Progress = None
) -> pl.DataFrame:
    """As `compute` at snapshot grain, with what is computed kept in the lake's table `metrics`; the tally is told of it."""
    store = _Store(lake, request, catalogue, tally)
    frame = compute(lake, request, catalogue, on_chunk, store.evaluate)
    store.keep_over_days(frame)
    return frame


class _Store:
    """The values of one request that the lake holds."""

    def __init__(self, lake: Lake, request: Request, catalogue: Catalogue, tally: Tally) -> None:
        self.tally = tally
        self._lake = lake
        self._parameters = ", ".join(f"{name}={value}" for name, value in sorted((request.overrides or {}).items()))
        self._resolved = resolve(
            catalogue, {name: catalogue.parse(name) for name in request.metrics}, {}, request.overrides or {}
        )
        self._labels = {node.column: label(node) for node in self._resolved.nodes}
        self._definitions = definitions(self._resolved, catalogue)
        self._known = lake.metric_values(request.symbols, self._parameters)

    def evaluate(
        self,
        lake: Lake,
        snapshots: pl.DataFrame,
        resolved: Resolved,
        grain: str,
        keep: Sequence[str],
        on_chunk: Progress,
    ) -> pl.DataFrame:
        """As `evaluate_chunks`, but from the lake where that is up to date."""
        wanted = self._wanted(snapshots, keep)
        current = ["metric", "definition", "data"]
        held = wanted.join(self._known, on=[*KEY, *current], how="inner", nulls_equal=True)
        missing = wanted.join(self._known, on=[*KEY, *current], how="anti", nulls_equal=True)
        self.tally.read += held.height
        fresh = [held.select(*METRIC_ROWS)]
        for columns, days in _by_columns(missing):
            part = snapshots.join(days, on=KEY, how="semi")
            frame = evaluate_chunks(lake, part, resolved.only(columns), grain, columns, on_chunk)
            rows = [self._rows(frame, column).join(part.select(KEY), on=KEY, how="semi") for column in columns]
            facts = missing.select(*KEY, *current)
            fresh.append(
                pl.concat(rows).drop("definition", "data").join(facts, on=[*KEY, "metric"]).select(*METRIC_ROWS)
            )
        self._write(pl.concat(fresh[1:])) if fresh[1:] else None
        return self._wide(pl.concat(fresh), snapshots, keep)

    def keep_over_days(self, frame: pl.DataFrame) -> None:
        """Store what looks over days, where it is not stored as it is."""
        over = {
            name: column
            for name, column in self._resolved.columns.items()
            for node in self._resolved.at(*OVER_DAYS, "bars")
            if node.column == column
        }
        if not over:
            return
        rows = pl.concat(self._rows(frame.rename({name: column}), column) for name, column in over.items())
        same = [*KEY, "metric", "definition", "number", "text"]
        changed = rows.join(self._known, on=same, how="anti", nulls_equal=True)
        self.tally.read += rows.height - changed.height
        self._write(changed)

    def _write(self, rows: pl.DataFrame) -> None:
        self.tally.stored += rows.height
        self._lake.write_metric_values(rows)

    def _wanted(self, snapshots: pl.DataFrame, keep: Sequence[str]) -> pl.DataFrame:
        """`symbol, date, column, metric, definition, data` of all that is asked for."""
        facts = _hashes(snapshots, self._lake)
        sources = reads(self._resolved)
        return pl.concat(
            facts.select(
                *KEY,
                pl.lit(column).alias("column"),
                pl.lit(self._labels[column]).alias("metric"),
                pl.lit(self._definitions[column]).alias("definition"),
                pl.sum_horizontal("day", *sorted(sources[column])).alias("data"),
            )
            for column in keep
        )

    def _rows(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """A column's values as rows of the table."""
        values = frame[column]
        number, text = pl.lit(None, pl.Float64), pl.lit(None, pl.String)
        if values.dtype == pl.String:
            text = pl.col(column)
        elif values.dtype.is_nested():
            text = pl.Series(None if value is None else json.dumps(value.to_list()) for value in values)  # type: ignore[assignment]
        elif values.dtype == pl.Date:
            number = pl.col(column).cast(pl.Int32).cast(pl.Float64)
        else:
            number = pl.col(column).cast(pl.Float64)
        facts: Mapping[str, Any] = {
            "metric": self._labels[column],
            "parameters": self._parameters,
            "dtype": str(values.dtype),
            "definition": self._definitions[column],
        }
        rows = frame.select(
            *KEY, number.alias("number"), text.alias("text"), **{k: pl.lit(v) for k, v in facts.items()}
        )
        return conform(rows, METRIC_ROWS)

    def _wide(self, rows: pl.DataFrame, snapshots: pl.DataFrame, keep: Sequence[str]) -> pl.DataFrame:
        """The values as a frame of a column each."""
        frame = snapshots.select(KEY).sort(KEY)
        for column in keep:
            of_column = rows.filter(pl.col("metric") == self._labels[column])
            dtype = DTYPES[of_column["dtype"].to_list()[0]]
            if dtype == pl.String:
                value = pl.col("text")
            elif dtype.is_nested():
                value = pl.col("text").str.json_decode(dtype)
            elif dtype == pl.Date:
                value = pl.col("number").cast(pl.Int32).cast(pl.Date)
            else:
                value = pl.col("number").cast(dtype)
            frame = frame.join(of_column.select(*KEY, value.alias(column)), on=KEY, how="left", maintain_order="left")
        return frame


def _by_columns(missing: pl.DataFrame) -> list[tuple[list[str], pl.DataFrame]]:
    """The days that miss the same columns, together."""
    per_day = missing.group_by(KEY).agg(pl.col("column").sort().alias("columns"))
    grouped = per_day.group_by("columns").agg(pl.struct(KEY).alias("days"))
    return [
        (list(columns), pl.DataFrame({"day": days}).unnest("day"))
        for columns, days in grouped.sort("columns").iter_rows()
    ]


def _hashes(snapshots: pl.DataFrame, lake: Lake) -> pl.DataFrame:
    """`symbol, date`, and the hash of what a value can be computed from: `day`, `before`, `tape`."""
    own = lake.snapshots(snapshots["symbol"].unique().to_list()).select(*KEY, "snapshot_hash")
    before = {day: previous_session(day) for day in snapshots["date"].unique()}
    tape = lake.tape().select(*KEY, (pl.col("snapshot_hash") * 3).alias("tape"))
    return (
        snapshots.select(*KEY, pl.col("snapshot_hash").alias("day"))
        .with_columns(pl.col("date").replace_strict(before, return_dtype=pl.Date).alias("_before"))
        .join(own, left_on=["symbol", "_before"], right_on=KEY, how="left")
        # times 2 and 3, so that the hashes of data that change places do not add up to the same
        .with_columns((pl.col("snapshot_hash") * 2).alias("before"))
        .join(tape, on=KEY, how="left")
        .select(*KEY, "day", "before", "tape")
    )
