"""Evaluating nodes on frames: in place where a node reads its own grain, by groups where it aggregates a finer one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.expiries import LAST_TRADING_DAY, is_live, repeated, with_last_trading_day
from flowbt.metrics.engine.failures import FAILS, UNIT, Lost, named, survive
from flowbt.metrics.engine.resolve import CARRIED, KEYS, OF_EXPIRIES, Node
from flowbt.metrics.engine.scope import EXPIRY_ID, SNAPSHOT_ID
from flowbt.metrics.engine.shapes import require_one_value

IDS: Final = {SNAPSHOT_ID, EXPIRY_ID}
ROW: Final = "_row"
GROUP: Final[dict[str, list[str]]] = {
    "expiry": [EXPIRY_ID],
    "level": [SNAPSHOT_ID, "strike"],
    "snapshot": [SNAPSHOT_ID],
}


def with_ids(strikes: pl.DataFrame, exchange: str) -> pl.DataFrame:
    """Number the snapshots and expiries in stored order and give each row its last trading day.

    Sorted numbers let polars group by runs instead of hashing. Everything is computed once per expiry.
    """
    runs = strikes.select(pl.struct("symbol", "date", "expiration", "series").rle().alias("run"))
    expiries = runs.unnest("run").unnest("value")
    length = expiries["len"]
    root = strikes["root"].gather(length.cum_sum() - length)
    expiries = with_last_trading_day(expiries.with_columns(root), exchange).with_columns(
        pl.struct("symbol", "date").rle_id().alias(SNAPSHOT_ID),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(EXPIRY_ID),
    )
    return strikes.with_columns(
        repeated(expiries[SNAPSHOT_ID], length).set_sorted(),
        repeated(expiries[EXPIRY_ID], length).set_sorted(),
        repeated(expiries[LAST_TRADING_DAY], length),
    )


def key_frame(strikes: pl.DataFrame, grain: str) -> pl.DataFrame:
    """One row per key of the grain, with the columns common to all its frames; sorted by the group's ids."""
    group = GROUP[grain]
    carried = [CARRIED, SNAPSHOT_ID, *([LAST_TRADING_DAY] if grain in OF_EXPIRIES else [])]
    keys = [name for name in (*KEYS[grain], *carried) if name not in group and name in strikes.columns]
    frame = strikes.group_by(group, maintain_order=True).agg(pl.col(keys).first())
    return frame.sort(group) if grain == "level" else frame


def steps(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """Runs of nodes that can be evaluated together: same source, rows and scope, none reading another of the run."""
    waiting = list(nodes)
    done = {name for node in nodes for name in node.inputs} - {node.column for node in nodes}
    while waiting:
        ready = [node for node in waiting if set(node.inputs) <= done]
        first = ready[0]
        step = [
            node for node in ready if (node.source, node.rows, node.scope) == (first.source, first.rows, first.scope)
        ]
        yield step
        done |= {node.column for node in step}
        waiting = [node for node in waiting if node not in step]


def evaluate(
    frames: Mapping[str, pl.DataFrame], grain: str, step: Sequence[Node], lost: Lost | None = None
) -> pl.DataFrame:
    """The grain's frame with the nodes of one step (`steps`), aggregated from the frame they read.

    Where one fails, its values are null and it is recorded in `lost` (`flowbt.metrics.engine.failures`); if that is
    None, the failure raises.
    """
    target, source = frames[grain], step[0].source
    if source == grain:
        added = add_nodes(target, step, lost)
        return added.with_columns(without_nan(added.select(node.column for node in step)))
    group = GROUP[grain]
    try:
        values = _aggregated(frames, grain, step)
    except FlowbtError:
        raise
    except FAILS:

        def work(nodes: Sequence[Node], days: pl.DataFrame | None) -> pl.DataFrame:
            if days is None:
                return _aggregated(frames, grain, nodes)
            own = {
                name: frames[name].join(days, on=UNIT, how="semi", maintain_order="left") for name in (grain, source)
            }
            # the row that `padded` appends to a single day belongs to no day
            return _aggregated(own, grain, nodes).join(own[grain], on=group, how="semi", maintain_order="left")

        def dtype(node: Node) -> pl.DataType:
            rows = with_aliases(frames[source], [node])
            inputs = target.select(*group, *(name for name in node.inputs if name in target.columns))
            query = rows.lazy().join(inputs.lazy(), on=group, how="left").group_by(group)
            return query.agg(node.expression.alias(node.column)).collect_schema()[node.column]

        values = target.select(group).hstack(survive(step, target, group, UNIT, work, dtype, lost))
    joined = target.join(without_nan(values), on=group, how="left", maintain_order="left")
    return joined if lost is None else lost.masked(joined, step)


def _aggregated(frames: Mapping[str, pl.DataFrame], grain: str, step: Sequence[Node]) -> pl.DataFrame:
    """Values of the nodes of a step, by the ids of the grain's groups."""
    target, source, group = frames[grain], step[0].source, GROUP[grain]
    roots = {root for node in step for root in node.expression.meta.root_names()}
    live = source == "strike" and step[0].rows == "live"
    read = {*group, *roots, *([LAST_TRADING_DAY, "date"] if live else [])}
    read |= {column for node in step for column in node.inputs}
    rows = frames[source].select(name for name in frames[source].columns if name in read)
    of_target = [name for node in step for name in node.inputs if name in target.columns]
    if of_target:
        rows = rows.join(target.select(*group, *dict.fromkeys(of_target)), on=group, how="left", maintain_order="left")
    if live:
        rows = rows.filter(is_live())
    rows = with_aliases(padded(rows) if target.height == 1 else rows, step)
    values = rows.group_by(group, maintain_order=True).agg(node.expression.alias(node.column) for node in step)
    for node in step:
        if values.schema[node.column].is_nested():
            require_one_value(named(node), grain, source, node.expression, rows)
    return values


def add_nodes(frame: pl.DataFrame, nodes: Sequence[Node], lost: Lost | None = None) -> pl.DataFrame:
    """The frame with nodes that read only its own columns, in their order; failures as in `evaluate`."""
    for step in steps(nodes):
        try:
            values = _in_place(frame, step)
        except FlowbtError:
            raise
        except FAILS:
            values = _surviving(frame, step, lost)
        frame = frame.with_columns(values)
        frame = frame if lost is None else lost.masked(frame, step)
    return frame


def _in_place(frame: pl.DataFrame, step: Sequence[Node]) -> pl.DataFrame:
    """Values of the nodes of a step that read only the frame itself, row by row."""
    rows = with_aliases(padded(frame) if frame.height == 1 else frame, step)
    values = rows.with_columns(node.expression.alias(node.column) for node in step).head(frame.height)
    return values.select(node.column for node in step)


def _surviving(frame: pl.DataFrame, step: Sequence[Node], lost: Lost | None) -> pl.DataFrame:
    """As `_in_place`, one node after the other, on the days on which each can be evaluated."""
    numbered = frame.with_row_index(ROW)

    def work(nodes: Sequence[Node], days: pl.DataFrame | None) -> pl.DataFrame:
        own = numbered if days is None else numbered.join(days, on=UNIT, how="semi", maintain_order="left")
        return own.select(ROW).hstack(_in_place(own.drop(ROW), nodes))

    def dtype(node: Node) -> pl.DataType:
        return with_aliases(frame, [node]).lazy().select(node.expression.alias(ROW)).collect_schema()[ROW]

    return survive(step, numbered, [ROW], UNIT, work, dtype, lost)


def padded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a row of nulls appended, which belongs to no group.

    Polars divides a single value by a number but multiplies several values by its reciprocal. Without the extra row,
    the last bit of a result would depend on whether there are other rows.
    """
    if not frame.height:
        return frame
    unused_ids = [
        (pl.lit(frame[name][0]) + 1).cast(frame.schema[name]).alias(name) for name in IDS & set(frame.columns)
    ]
    return pl.concat([frame, frame.clear(1).with_columns(unused_ids)])


def without_nan(values: pl.DataFrame) -> pl.DataFrame:
    """Values with NaN replaced by null: a value that is not defined is null, whatever the formula returned."""
    return values.with_columns(pl.selectors.float().fill_nan(None))


def with_aliases(frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    """The frame with the names by which the nodes refer to other metrics; for evaluation only, never kept.

    Under another scope the same name refers to another column.
    """
    names = {alias: column for node in nodes for alias, column in node.aliases.items()}
    return frame.with_columns(pl.col(column).alias(alias) for alias, column in names.items()) if names else frame
