"""Keeping metrics in the lake, and bringing up to date only what is not.

A stored value bears the hash of its definition and of the data it was computed from. Asked for again, a metric is read
where both still hold, and computed and stored where one does not: for new days, for days that were restated (and the day
after, where it reads the session before), or for all days after a change of its formula or parameters. What was decided at
another time is another metric, and a neighbouring day from which open interest was taken is data that it was computed from.

What looks over days is made of the rest in no time, so it is computed each time; where its value has changed it is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from flowbt.lake import Lake
from flowbt.metrics.engine.cache_values import KEY, from_rows, to_rows
from flowbt.metrics.engine.compute import Progress, Request, compute, evaluate_chunks
from flowbt.metrics.engine.definition import SHIPPED, Catalogue
from flowbt.metrics.engine.failures import Lost
from flowbt.metrics.engine.fingerprint import definitions, label, reads
from flowbt.metrics.engine.input_hashes import data_hashes
from flowbt.metrics.engine.point_in_time import View
from flowbt.metrics.engine.resolve import OVER_DAYS, Resolved, resolve
from flowbt.schema import METRIC_ROWS

CURRENT = [*KEY, "metric", "definition", "data"]


@dataclass
class Tally:
    """How many values were up to date, and how many were computed and stored."""

    read: int = 0
    stored: int = 0


def compute_stored(
    lake: Lake,
    request: Request,
    tally: Tally,
    catalogue: Catalogue = SHIPPED,
    on_chunk: Progress = None,
    lost: Lost | None = None,
) -> pl.DataFrame:
    """As `compute` at snapshot grain, with what is computed kept in the lake's table `metrics`; the tally is told of it.

    A value that could not be computed is not kept: it would be null for ever, and the reason forgotten.
    """
    store = _Store(lake, request, catalogue, tally)
    frame = compute(lake, request, catalogue, on_chunk, store.evaluate, lost)
    store.keep_over_days(frame, lost)
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
        self._labels = {node.column: label(node, request.decision) for node in self._resolved.nodes}
        self._definitions = definitions(self._resolved, catalogue)
        self._held = lake.snapshots(request.symbols)
        self._tape = lake.tape()

    def evaluate(
        self,
        view: View,
        snapshots: pl.DataFrame,
        resolved: Resolved,
        grain: str,
        keep: Sequence[str],
        on_chunk: Progress,
        lost: Lost | None,
    ) -> pl.DataFrame:
        """As `evaluate_chunks`, but from the lake where that is up to date; month by month, as memory is bounded."""
        parts = []
        for _, month in snapshots.sort(KEY[::-1]).group_by(pl.col("date").dt.truncate("1mo"), maintain_order=True):
            wanted = self._wanted(view, month, keep)
            known = self._known(month, wanted["metric"].unique().to_list())
            held = wanted.join(known, on=CURRENT, how="inner", nulls_equal=True)
            missing = wanted.join(known, on=CURRENT, how="anti", nulls_equal=True)
            fresh, kept = [], []
            for columns, days in _by_columns(missing):
                of_days = month.join(days, on=KEY, how="semi")
                frame = evaluate_chunks(view, of_days, resolved.only(columns), grain, columns, on_chunk, lost)
                frame = frame.join(of_days, on=KEY, how="semi")
                rows = pl.concat(to_rows(frame, column, self._facts(column)) for column in columns)
                data = missing.select(*KEY, "metric", "data")
                fresh.append(rows.drop("data").join(data, on=[*KEY, "metric"]).select(*METRIC_ROWS))
                kept.append(self._without_lost(fresh[-1], columns, lost))
            self._keep(kept, held.height)
            parts.append(self._wide(pl.concat([held.select(*METRIC_ROWS), *fresh]), month, keep))
        return pl.concat(parts).sort(KEY)

    def _without_lost(self, rows: pl.DataFrame, columns: Sequence[str], lost: Lost | None) -> pl.DataFrame:
        for column in columns:
            days = None if lost is None else lost.of([column])
            if days is not None:
                unknown = days.with_columns(pl.lit(self._labels[column]).alias("metric"))
                rows = rows.join(unknown, on=[*KEY, "metric"], how="anti", maintain_order="left")
        return rows

    def keep_over_days(self, frame: pl.DataFrame, lost: Lost | None) -> None:
        """Store what looks over days, where it is not stored as it is."""
        over = {node.column for node in self._resolved.at(*OVER_DAYS, "bars")}
        named = {column: name for name, column in self._resolved.columns.items() if column in over}
        if not named:
            return
        frame = frame.select(*KEY, *(pl.col(name).alias(column) for column, name in named.items()))
        for _, month in frame.sort(KEY[::-1]).group_by(pl.col("date").dt.truncate("1mo"), maintain_order=True):
            rows = pl.concat(to_rows(month, column, self._facts(column)) for column in named)
            rows = self._without_lost(rows, list(named), lost)
            same = [*KEY, "metric", "definition", "number", "text"]
            changed = rows.join(
                self._known(month, [self._labels[name] for name in named]), on=same, how="anti", nulls_equal=True
            )
            self._keep([changed] if changed.height else [], rows.height - changed.height)

    def _known(self, days: pl.DataFrame, metrics: Sequence[str]) -> pl.DataFrame:
        """What the lake holds of these days and metrics; of two writers' rows of one value, one."""
        first, last = days["date"].min(), days["date"].max()
        assert isinstance(first, date)  # noqa: S101 (for the type checker)
        assert isinstance(last, date)  # noqa: S101
        symbols = days["symbol"].unique().to_list()
        known = self._lake.metric_values(symbols, metrics, self._parameters, first, last)
        return known.unique(CURRENT, keep="last", maintain_order=True)

    def _keep(self, fresh: Sequence[pl.DataFrame], up_to_date: int) -> None:
        self.tally.read += up_to_date
        if fresh:
            rows = pl.concat(fresh)
            self.tally.stored += rows.height
            self._lake.write_metric_values(rows)

    def _facts(self, column: str) -> dict[str, str]:
        return {
            "metric": self._labels[column],
            "parameters": self._parameters,
            "definition": self._definitions[column],
        }

    def _wanted(self, view: View, snapshots: pl.DataFrame, keep: Sequence[str]) -> pl.DataFrame:
        """`symbol, date, column, metric, definition, data` of all that is asked for."""
        facts = data_hashes(view, snapshots, self._held, self._tape)
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

    def _wide(self, rows: pl.DataFrame, snapshots: pl.DataFrame, keep: Sequence[str]) -> pl.DataFrame:
        """The values as a frame of a column each."""
        frame = snapshots.select(KEY).sort(KEY)
        for column in keep:
            values = from_rows(rows.filter(pl.col("metric") == self._labels[column]), column)
            frame = frame.join(values, on=KEY, how="left", maintain_order="left")
        return frame


def _by_columns(missing: pl.DataFrame) -> list[tuple[list[str], pl.DataFrame]]:
    """The days that miss the same columns, together."""
    per_day = missing.group_by(KEY).agg(pl.col("column").sort().alias("columns"))
    grouped = per_day.group_by("columns").agg(pl.struct(KEY).alias("days"))
    return [
        (list(columns), pl.DataFrame({"day": days}).unnest("day"))
        for columns, days in grouped.sort("columns").iter_rows()
    ]
