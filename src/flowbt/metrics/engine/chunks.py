"""Chunks of the lake: whole snapshots of one exchange within a month, from strike rows to the frame of a grain.

`chunks` cuts a request into chunks of bounded size. `compute_chunk` reads one chunk as it was known at the decision
(`flowbt.metrics.engine.point_in_time`) and, where a metric needs the previous session, that session's rows. For each
scope it then adds the metrics at strike grain and aggregates them to expiry, level and snapshot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from flowbt.calendar import previous_session
from flowbt.expiries import LAST_TRADING_DAY, is_dead, is_live, with_last_trading_day
from flowbt.metrics.engine.adjacent_sessions import MATCHING, with_session_before
from flowbt.metrics.engine.failures import Lost
from flowbt.metrics.engine.frames import add_nodes, evaluate, key_frame, steps, with_ids, without_nan
from flowbt.metrics.engine.point_in_time import View
from flowbt.metrics.engine.resolve import CARRIED, HELD, KEYS, OPENING, PRIOR, Resolved
from flowbt.metrics.engine.scope import SNAPSHOT_ID, Scope
from flowbt.schema import PRINTS, SNAPSHOT_KEY

PRINT_ID: Final = "_print"
"""Row number of a print: equal executions can occur several times, so prints have no natural key."""
CHUNK_ROWS: Final = 200_000
"""Strike rows per chunk: bounds memory, and is large enough that fixed costs per chunk do not matter."""


@dataclass(frozen=True)
class Chunk:
    """Some symbols' snapshots of one month, the days they span, and the MIC of the exchange whose sessions apply."""

    symbols: tuple[str, ...]
    first: date
    last: date
    exchange: str


def chunks(snapshots: pl.DataFrame, exchanges: Mapping[str, str]) -> list[Chunk]:
    """Cut snapshots (`symbol, date, strikes`) into chunks of about `CHUNK_ROWS` strike rows, in order of months.

    A chunk holds symbols of one exchange (`exchanges`, by symbol), so that all its snapshots share the same previous
    session.
    """
    exchange = pl.col("symbol").replace_strict(exchanges, return_dtype=pl.String).alias("exchange")
    per_month = snapshots.group_by(pl.col("date").dt.truncate("1mo").alias("month"), exchange, "symbol").agg(
        pl.col("strikes").sum(), pl.col("date").min().alias("first"), pl.col("date").max().alias("last")
    )
    cut = []
    for (_, mic), month in per_month.sort("month", "exchange", "symbol").group_by(
        "month", "exchange", maintain_order=True
    ):
        number = (month["strikes"].cum_sum() - month["strikes"]) // CHUNK_ROWS
        for _, batch in month.group_by(number.alias("number"), maintain_order=True):
            first, last = batch.select(pl.col("first").min(), pl.col("last").max()).row(0)
            cut.append(Chunk(tuple(batch["symbol"]), first, last, str(mic)))
    return cut


def compute_chunk(
    view: View, chunk: Chunk, resolved: Resolved, grain: str, keep: Sequence[str], lost: Lost | None = None
) -> pl.DataFrame:
    """The chunk's frame at a grain, with the columns to keep; a metric that fails is null and is recorded in `lost`, if given.

    Each scope has its own frames, built from its strike rows. Their columns are joined to the frame of all contracts,
    which has every row; metrics that read several scopes are evaluated on the joined frame.
    """
    rows = _strike_rows(view, chunk, resolved)
    prints = _prints(view, chunk, rows) if resolved.tape or resolved.at("print") else None
    if resolved.tape and prints is not None:
        rows = _with_tape(rows, prints, resolved.tape)
    rows = add_nodes(rows, resolved.under(Scope(), "strike"), lost)
    parts = [_frame_of(scope, rows, prints, resolved, grain, keep, chunk.exchange, lost) for scope in resolved.scopes()]
    key = list(KEYS[grain])
    row = [PRINT_ID] if grain == "print" else key
    frame = parts[0]
    for part in parts[1:]:
        new = [name for name in part.columns if name not in frame.columns]
        frame = frame.join(part.select(*row, *new), on=row, how="left", maintain_order="left")
    across = [node for node in resolved.at(grain) if node.across]
    frame = add_nodes(frame, across, lost)
    return frame.with_columns(without_nan(frame.select(node.column for node in across))).select(*key, *keep)


def _strike_rows(view: View, chunk: Chunk, resolved: Resolved) -> pl.DataFrame:
    """The chunk's strike rows with their last trading day.

    Two kinds of rows are excluded: adjusted contracts, whose strikes are not in the underlying's price, and dead
    contracts, which a source may list after their last trading day.
    """
    # before the open, the previous open interest is the one at the start of the session
    from_opening = resolved.prior.intersection(HELD) if view.decision == "pre_open" else frozenset()
    prior = sorted(resolved.prior - from_opening)
    opening = {name + OPENING for name in resolved.opening | from_opening}
    matched_by = MATCHING if prior else ()
    columns = sorted({*KEYS["strike"], CARRIED, "series", "adjusted", *matched_by, *resolved.stored, *prior, *opening})
    rows = view.strike_rows(columns, chunk.symbols, chunk.first, chunk.last)
    if prior:
        day = previous_session(chunk.first, chunk.exchange)
        before = view.strike_rows([*MATCHING, *prior], chunk.symbols, day, day)
        rows = with_session_before(rows, before, prior, chunk.exchange, view.splits)
    rows = rows.with_columns(pl.col(name + OPENING).alias(name + PRIOR) for name in sorted(from_opening))
    if rows["adjusted"].any():
        rows = rows.filter(~pl.col("adjusted"))
    rows = with_ids(rows, chunk.exchange)
    if rows.select(is_dead().any()).item():
        rows = rows.filter(~is_dead())
    # columns with different chunk boundaries would be copied again by every expression
    return rows.rechunk()


def _frame_of(
    scope: Scope,
    rows: pl.DataFrame,
    prints: pl.DataFrame | None,
    resolved: Resolved,
    grain: str,
    keep: Sequence[str],
    exchange: str,
    lost: Lost | None,
) -> pl.DataFrame:
    """The frame of a grain that counts the contracts of one scope."""
    frames = {"strike": rows}
    if scope.reads_delta():
        rows = rows.with_columns(pl.col(column).alias(f"{side}_delta") for side, column in resolved.deltas.items())
    if scope.conditions:
        inside = scope.of_strikes(rows.select(_read_under(scope, rows.columns, resolved)), exchange)
        frames["strike"] = add_nodes(inside, resolved.under(scope, "strike"), lost)
    if prints is not None:
        traded = scope.of_prints(prints, rows, exchange) if scope.conditions else prints
        frames["print"] = add_nodes(traded, resolved.under(scope, "print"), lost)
    for level in ("expiry", "level", "snapshot"):
        nodes = resolved.under(scope, level)
        if level in {grain, "snapshot"} or nodes:
            frames[level] = key_frame(frames["strike"], level)
            for step in steps(nodes):
                frames[level] = evaluate(frames, level, step, lost)
    frame = frames[grain]
    if grain == "snapshot":
        for node in resolved.under(scope, "expiry"):
            if node.column in keep:
                frame = frame.join(_nearest(frames["expiry"], node.column), on=SNAPSHOT_ID, how="left")
    return frame


def _read_under(scope: Scope, columns: Iterable[str], resolved: Resolved) -> list[str]:
    """The stored columns, and those metrics over all contracts that the scope's metrics read."""
    read = {name for node in resolved.nodes if node.scope == scope for name in node.inputs}
    computed = {node.column for node in resolved.under(Scope(), "strike")}
    return [name for name in columns if name not in computed or name in read]


def _prints(view: View, chunk: Chunk, rows: pl.DataFrame) -> pl.DataFrame:
    """The tape of the chunk's snapshots, without prints of adjusted and dead contracts."""
    prints = view.lake.prints(chunk.symbols, chunk.first, chunk.last, (*PRINTS, "adjusted")).filter(~pl.col("adjusted"))
    prints = with_last_trading_day(prints, chunk.exchange).filter(~is_dead()).drop(LAST_TRADING_DAY)
    snapshots = rows.select(SNAPSHOT_ID, *SNAPSHOT_KEY).unique(SNAPSHOT_ID, keep="first", maintain_order=True)
    numbered = prints.join(snapshots, on=SNAPSHOT_KEY, how="inner", maintain_order="left")
    # polars sums runs of a sorted key in another order than scattered rows, which changes the last bit
    return numbered.sort(SNAPSHOT_ID, maintain_order=True).with_row_index(PRINT_ID)


def _with_tape(rows: pl.DataFrame, prints: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Strike rows with the tape's totals per contract, as `on_tape` defines them."""
    amounts = {"volume": pl.col("size"), "premium": pl.col("size") * pl.col("price") * pl.col("multiplier")}

    def total(name: str) -> pl.Expr:
        contract, _, at = name.partition("@")
        side, _, what = contract.partition("_")
        return amounts[what].filter(pl.col("option_type") == side, pl.col("side") == at).sum().alias(name)

    key = list(KEYS["strike"])
    sums = prints.group_by(key, maintain_order=True).agg(map(total, sorted(columns)))
    taped = prints.select(SNAPSHOT_ID, pl.lit(value=True).alias("_taped")).unique()
    return (
        rows.join(sums, on=key, how="left", maintain_order="left")
        .join(taped, on=SNAPSHOT_ID, how="left", maintain_order="left")
        .with_columns(pl.when("_taped").then(pl.col(name).fill_null(0)) for name in columns)
    )


def _nearest(expiries: pl.DataFrame, column: str) -> pl.DataFrame:
    """An expiry-grain metric at snapshot grain: its value for the nearest expiry that is live after the close."""
    return expiries.filter(is_live()).group_by(SNAPSHOT_ID, maintain_order=True).agg(pl.col(column).first())
