"""What looks over days: a symbol's history and a day's symbols, on small frames with one row a snapshot or a bar.

Several histories that have nothing to do with each other can be evaluated at once, as those that an audit makes of one:
`apart` names the columns by which they differ, and neither a window nor a day's symbols reach across.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from flowbt.metrics.frames import padded, with_aliases, without_nan
from flowbt.metrics.resolve import LONGEST_CLOSURE, OVER_DAYS, Node, Resolved

RUN: Final = "_run"


def over_days(
    snapshots: pl.DataFrame, resolved: Resolved, bars: pl.DataFrame, apart: Sequence[str] = ()
) -> pl.DataFrame:
    """The snapshots with their days' bars and all that looks over days."""
    of_bars = evaluate_bars(bars, resolved, apart)
    days = snapshots.join(of_bars, on=[*apart, "symbol", "date"], how="left", maintain_order="left")
    return _add_over(_with_runs(days, apart), resolved.at(*OVER_DAYS), apart)


def evaluate_bars(bars: pl.DataFrame, resolved: Resolved, apart: Sequence[str] = ()) -> pl.DataFrame:
    """The price bars with the metrics that read nothing else."""
    return _add_over(_with_runs(bars, apart), resolved.at("bars"), apart).drop(RUN)


def _with_runs(days: pl.DataFrame, apart: Sequence[str]) -> pl.DataFrame:
    """Number each symbol's runs of days; a hole longer than any closure of an exchange begins a new one.

    A window must not reach over a hole: the 200 sessions before today are not 100 of this year and 100 of another.
    """
    is_long = (pl.col("date").diff() > LONGEST_CLOSURE).fill_null(value=False)
    return days.with_columns(is_long.cum_sum().over([*apart, "symbol"]).alias(RUN))


def _add_over(frame: pl.DataFrame, nodes: Sequence[Node], apart: Sequence[str]) -> pl.DataFrame:
    for node in nodes:
        over = [*apart, "date"] if node.grain == "cross_section" else [*apart, "symbol", RUN]
        rows = with_aliases(padded(frame) if frame.height == 1 else frame, [node])
        values = rows.select(node.expression.over(over).alias(node.column)).head(frame.height)
        frame = frame.with_columns(without_nan(values).to_series())
    return frame
