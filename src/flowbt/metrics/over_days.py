"""What looks over days: a symbol's history and a day's symbols, on small frames with one row a snapshot or a bar."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from flowbt.metrics.frames import padded, with_aliases, without_nan
from flowbt.metrics.resolve import LONGEST_CLOSURE, OVER_DAYS, Node, Resolved

RUN: Final = "_run"


def over_days(snapshots: pl.DataFrame, resolved: Resolved, bars: pl.DataFrame) -> pl.DataFrame:
    """The snapshots with their days' bars and all that looks over days."""
    of_bars = evaluate_bars(bars, resolved)
    frame = _with_runs(snapshots.join(of_bars, on=["symbol", "date"], how="left", maintain_order="left"))
    return _add_over(frame, resolved.at(*OVER_DAYS))


def evaluate_bars(bars: pl.DataFrame, resolved: Resolved) -> pl.DataFrame:
    """The price bars with the metrics that read nothing else."""
    return _add_over(_with_runs(bars), resolved.at("bars")).drop(RUN)


def _with_runs(days: pl.DataFrame) -> pl.DataFrame:
    """Number each symbol's runs of days; a hole longer than any closure of an exchange begins a new one.

    A window must not reach over a hole: the 200 sessions before today are not 100 of this year and 100 of another.
    """
    return days.with_columns(
        (pl.col("date").diff() > LONGEST_CLOSURE).fill_null(value=False).cum_sum().over("symbol").alias(RUN)
    )


def _add_over(frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    for node in nodes:
        over = ["date"] if node.grain == "cross_section" else ["symbol", RUN]
        rows = with_aliases(padded(frame) if frame.height == 1 else frame, [node])
        values = rows.select(node.expression.over(over).alias(node.column)).head(frame.height)
        frame = frame.with_columns(without_nan(values).to_series())
    return frame
