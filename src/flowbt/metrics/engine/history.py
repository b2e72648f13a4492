"""Metrics over days: over a symbol's history or a day's symbols, on small frames with one row per snapshot or bar.

Several unrelated histories can be evaluated at once, such as the altered copies that an audit makes of one history:
`apart` names the columns that distinguish them, and neither a window nor a cross section reaches from one to another.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from flowbt.corporate_actions import with_split_factor
from flowbt.errors import FlowbtError
from flowbt.lake import Chains
from flowbt.metrics.engine.failures import FAILS, Lost, survive
from flowbt.metrics.engine.frames import ROW, padded, with_aliases, without_nan
from flowbt.metrics.engine.resolve import LONGEST_CLOSURE, OVER_DAYS, Node, Resolved

RUN: Final = "_run"


def read_bars(lake: Chains, symbols: Sequence[str]) -> pl.DataFrame:
    """Price bars that metrics read, each with its `split_factor` (`flowbt.corporate_actions`)."""
    return with_split_factor(lake.bars(symbols), lake.actions(symbols))


def over_days(
    snapshots: pl.DataFrame,
    resolved: Resolved,
    bars: pl.DataFrame,
    apart: Sequence[str] = (),
    lost: Lost | None = None,
) -> pl.DataFrame:
    """Snapshots with their days' bars and all metrics over days; failures as in `frames.evaluate`."""
    of_bars = evaluate_bars(bars, resolved, apart, lost)
    days = snapshots.join(of_bars, on=[*apart, "symbol", "date"], how="left", maintain_order="left")
    return _add_over(_with_runs(days, apart), resolved.at(*OVER_DAYS), apart, lost)


def evaluate_bars(
    bars: pl.DataFrame, resolved: Resolved, apart: Sequence[str] = (), lost: Lost | None = None
) -> pl.DataFrame:
    """Price bars with the metrics that read nothing else."""
    return _add_over(_with_runs(bars, apart), resolved.at("bars"), apart, lost).drop(RUN)


def _with_runs(days: pl.DataFrame, apart: Sequence[str]) -> pl.DataFrame:
    """Number each symbol's runs of days; a gap longer than any closure of an exchange starts a new run.

    A window must not span a gap: the 200 sessions before today must not be 100 of this year and 100 of another.
    """
    is_long = (pl.col("date").diff() > LONGEST_CLOSURE).fill_null(value=False)
    return days.with_columns(is_long.cum_sum().over([*apart, "symbol"]).alias(RUN))


def _add_over(frame: pl.DataFrame, nodes: Sequence[Node], apart: Sequence[str], lost: Lost | None) -> pl.DataFrame:
    for node in nodes:
        over = [*apart, "date"] if node.grain == "cross_section" else [*apart, "symbol", RUN]
        try:
            values = _evaluated(frame, node, over)
        except FlowbtError:
            raise
        except FAILS:
            values = _surviving(frame, node, over, lost)
        frame = frame.with_columns(without_nan(values))
        frame = frame if lost is None else lost.masked(frame, [node])
    return frame


def _evaluated(frame: pl.DataFrame, node: Node, over: Sequence[str]) -> pl.DataFrame:
    read = {*node.expression.meta.root_names(), *node.inputs, *over}
    frame = frame.select(name for name in frame.columns if name in read)
    rows = with_aliases(padded(frame) if frame.height == 1 else frame, [node])
    return rows.select(node.expression.over(over).alias(node.column)).head(frame.height)


def _surviving(frame: pl.DataFrame, node: Node, over: Sequence[str], lost: Lost | None) -> pl.DataFrame:
    """As `_evaluated`, on the histories, or days, for which it succeeds."""
    numbered = frame.with_row_index(ROW)

    def work(_: Sequence[Node], some: pl.DataFrame | None) -> pl.DataFrame:
        own = numbered if some is None else numbered.join(some, on=list(over), how="semi", maintain_order="left")
        return own.select(ROW).hstack(_evaluated(own.drop(ROW), node, over))

    def dtype(node: Node) -> pl.DataType:
        query = with_aliases(frame, [node]).lazy().select(node.expression.over(over).alias(ROW))
        return query.collect_schema()[ROW]

    return survive([node], numbered, [ROW], over, work, dtype, lost)
