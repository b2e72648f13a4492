"""Metric values stored in the lake; only what is out of date is computed again.

Each stored value carries the hash of its definition and of the data it was computed from. When a metric is requested
again, values whose two hashes still match are read, and the others are computed and stored: for new days, for restated
days (and the day after, where the metric reads the previous session), or for all days after a change of formula or
parameters. A metric at another decision time is another metric. An adjacent day that supplied open interest belongs to
the data hash.

Metrics over days (history, cross section) are cheap, so they are computed each time and stored where the value changed.
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
    """Counts of one request: values `read` because they were up to date, and values computed and `stored`."""

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
    """Compute metrics at snapshot grain as `compute` does, storing the values in the lake's table `metrics`.

    A value that could not be computed is not stored: it would remain null for ever, and the reason would be lost.

    Args:
        lake: the lake to read and write.
        request: what to compute, at snapshot grain.
        tally: counts values read and stored; updated in place.
        catalogue: where metrics are looked up.
        on_chunk: called with (chunks done, chunks in total).
        lost: collects metrics that fail; None: the first failure raises.
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
        self._snapshots = lake.snapshots(request.symbols)
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
        """As `evaluate_chunks`, reading from the lake what is up to date; month by month, to bound memory."""
        parts = []
        for _, month in snapshots.sort(KEY[::-1]).group_by(pl.col("date").dt.truncate("1mo"), maintain_order=True):
            wanted = self._wanted(view, month, keep)
            stored = self._stored(month, wanted["metric"].unique().to_list())
            up_to_date = wanted.join(stored, on=CURRENT, how="inner", nulls_equal=True)
            missing = wanted.join(stored, on=CURRENT, how="anti", nulls_equal=True)
            fresh, kept = [], []
            for columns, days in _by_columns(missing):
                of_days = month.join(days, on=KEY, how="semi")
                frame = evaluate_chunks(view, of_days, resolved.only(columns), grain, columns, on_chunk, lost)
                frame = frame.join(of_days, on=KEY, how="semi")
                rows = pl.concat(to_rows(frame, column, self._facts(column)) for column in columns)
                data = missing.select(*KEY, "metric", "data")
                fresh.append(rows.drop("data").join(data, on=[*KEY, "metric"]).select(*METRIC_ROWS))
                kept.append(self._without_lost(fresh[-1], columns, lost))
            self._keep(kept, up_to_date.height)
            parts.append(self._wide(pl.concat([up_to_date.select(*METRIC_ROWS), *fresh]), month, keep))
        return pl.concat(parts).sort(KEY)

    def _without_lost(self, rows: pl.DataFrame, columns: Sequence[str], lost: Lost | None) -> pl.DataFrame:
        for column in columns:
            days = None if lost is None else lost.of([column])
            if days is not None:
                unknown = days.with_columns(pl.lit(self._labels[column]).alias("metric"))
                rows = rows.join(unknown, on=[*KEY, "metric"], how="anti", maintain_order="left")
        return rows

    def keep_over_days(self, frame: pl.DataFrame, lost: Lost | None) -> None:
        """Store metrics over days where the stored value differs."""
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
                self._stored(month, [self._labels[name] for name in named]), on=same, how="anti", nulls_equal=True
            )
            self._keep([changed] if changed.height else [], rows.height - changed.height)

    def _stored(self, days: pl.DataFrame, metrics: Sequence[str]) -> pl.DataFrame:
        """Stored rows of these days and metrics; duplicates written by two processes are dropped."""
        first, last = days["date"].min(), days["date"].max()
        assert isinstance(first, date)  # noqa: S101 (for the type checker)
        assert isinstance(last, date)  # noqa: S101
        symbols = days["symbol"].unique().to_list()
        values = self._lake.metric_values(symbols, metrics, self._parameters, first, last)
        return values.unique(CURRENT, keep="last", maintain_order=True)

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
        """`symbol, date, column, metric, definition, data` of everything requested."""
        facts = data_hashes(view, snapshots, self._snapshots, self._tape)
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
        """The values as a frame with one column per metric."""
        frame = snapshots.select(KEY).sort(KEY)
        for column in keep:
            values = from_rows(rows.filter(pl.col("metric") == self._labels[column]), column)
            frame = frame.join(values, on=KEY, how="left", maintain_order="left")
        return frame


def _by_columns(missing: pl.DataFrame) -> list[tuple[list[str], pl.DataFrame]]:
    """Days grouped by the columns they are missing."""
    per_day = missing.group_by(KEY).agg(pl.col("column").sort().alias("columns"))
    grouped = per_day.group_by("columns").agg(pl.struct(KEY).alias("days"))
    return [
        (list(columns), pl.DataFrame({"day": days}).unnest("day"))
        for columns, days in grouped.sort("columns").iter_rows()
    ]
