"""Computing metrics over a lake.

1. `resolve` orders the work and tells which stored columns it needs (`flowbt.metrics.resolve`).
2. `_chunks` cuts the lake into runs of whole snapshots within a month, of bounded size: peak memory does not grow with
   the lake.
3. `_compute_chunk` reads one chunk (and, where a metric asks for the day before, that session's rows), adds the metrics
   at strike grain, and aggregates to expiry, level (strike price) and snapshot.
4. `_over_days` joins the small snapshot frames of all chunks with the price bars and evaluates what looks over a symbol's
   days or over a day's symbols.

Rows reach every expression sorted: within a snapshot by expiration, strike and root; within a symbol by date. Everything
is computed eagerly, in this order, so the same lake gives the same bits whatever the chunks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.calendar import previous_session
from flowbt.errors import DefinitionError, LakeError, UnknownNameError
from flowbt.lake import Lake
from flowbt.metrics.catalogue import SHIPPED, Catalogue, MetricKey, Value
from flowbt.metrics.resolve import CARRIED, KEYS, OVER_DAYS, PRIOR, Node, Resolved, resolve

CHUNK_ROWS: Final = 400_000
SNAPSHOT_ID: Final = "_snapshot"
EXPIRY_ID: Final = "_expiry"
RUN: Final = "_run"
GROUP: Final[dict[str, list[str]]] = {
    "expiry": [EXPIRY_ID],
    "level": [SNAPSHOT_ID, "strike"],
    "snapshot": [SNAPSHOT_ID],
}
LONGEST_CLOSURE: Final = timedelta(days=10)
"""No exchange closes for longer (New York was shut for six days in September 2001, Shanghai for nine in 2020)."""


@dataclass(frozen=True)
class Request:
    """What to compute.

    Attributes:
        symbols: whose chains; sorted.
        first: first day of the output, None for all.
        last: last day, None for all.
        grain: of the output: strike, expiry, level or snapshot (which holds history and cross_section too).
        metrics: as a user writes them, `gex` or `gex(unit=shares_1pt)`; the output's columns.
        expressions: further columns, as expressions over the history.
        overrides: values for every metric that has a parameter of that name.
    """

    symbols: tuple[str, ...]
    first: date | None = None
    last: date | None = None
    grain: str = "snapshot"
    metrics: tuple[str, ...] = ()
    expressions: Mapping[str, pl.Expr] | None = None
    overrides: Mapping[str, Value] | None = None


def compute(
    lake: Lake, request: Request, catalogue: Catalogue = SHIPPED, on_chunk: Callable[[int, int], None] | None = None
) -> pl.DataFrame:
    """The metrics asked for, one row per key of the grain, sorted by it.

    Raises:
        UnknownNameError: a name that is neither metric nor column.
        DefinitionError: a metric that cannot be computed at its grain.
        LakeError: nothing in the lake for these symbols and days.
    """
    grain = request.grain
    if grain not in KEYS:
        raise UnknownNameError("grain", grain, ["snapshot", "expiry", "level", "strike", "history"])
    keys = {name: catalogue.parse(name) for name in request.metrics}
    resolved = resolve(catalogue, keys, request.expressions or {}, request.overrides or {})
    over_days = grain in {"snapshot", *OVER_DAYS}
    wanted = _wanted_columns(resolved, keys, grain, request)
    bars_only = bool(resolved.nodes) and all(node.grain == "bars" for node in resolved.nodes)
    if bars_only:
        bars = lake.bars(request.symbols)
        frame = _output(_add_over(_with_runs(bars), resolved.nodes), KEYS["snapshot"], wanted, request)
        if not frame.height:
            raise LakeError(f"no price bars of {_asked(request)}: bring some in with `flowbt ingest ohlcv`")
        return frame
    chunks = list(_chunks(lake, request, from_start=bool(resolved.at(*OVER_DAYS))))
    parts = []
    for done, chunk in enumerate(chunks):
        if on_chunk:
            on_chunk(done, len(chunks))
        keep = _needed_over_days(resolved, wanted.values()) if over_days else list(wanted.values())
        parts.append(_compute_chunk(lake, chunk, resolved, "snapshot" if over_days else grain, keep))
    if on_chunk:
        on_chunk(len(chunks), len(chunks))
    frame = pl.concat(parts).sort(KEYS[grain], maintain_order=True)
    if over_days:
        frame = _over_days(frame, resolved, lake.bars(request.symbols))
    return _output(frame, KEYS[grain], wanted, request)


@dataclass(frozen=True)
class _Chunk:
    symbols: tuple[str, ...]
    first: date
    last: date


def _chunks(lake: Lake, request: Request, *, from_start: bool) -> Iterator[_Chunk]:
    snapshots = lake.snapshots(request.symbols)
    if request.first is not None and not from_start:
        snapshots = snapshots.filter(pl.col("date") >= request.first)
    if request.last is not None:
        snapshots = snapshots.filter(pl.col("date") <= request.last)
    if not snapshots.height:
        raise LakeError(f"no snapshots of {_asked(request)}: `flowbt status` shows what the lake holds")
    per_month = snapshots.group_by(pl.col("date").dt.truncate("1mo").alias("month"), "symbol").agg(
        pl.col("strikes").sum(), pl.col("date").min().alias("first"), pl.col("date").max().alias("last")
    )
    for _, month in per_month.sort("month", "symbol").group_by("month", maintain_order=True):
        number = (month["strikes"].cum_sum() - month["strikes"]) // CHUNK_ROWS
        for _, batch in month.group_by(number.alias("number"), maintain_order=True):
            yield _Chunk(tuple(batch["symbol"]), batch["first"].min(), batch["last"].max())  # type: ignore[arg-type]


def _asked(request: Request) -> str:
    return f"{', '.join(request.symbols)} from {request.first or 'the start'} to {request.last or 'the end'}"


def _compute_chunk(lake: Lake, chunk: _Chunk, resolved: Resolved, grain: str, keep: Sequence[str]) -> pl.DataFrame:
    keys = KEYS["strike"] if grain == "strike" or resolved.prior else set(KEYS["strike"]) - {"root"}
    columns = sorted({*keys, CARRIED, *resolved.stored, *resolved.prior})
    strikes = lake.strike_rows(columns, chunk.symbols, chunk.first, chunk.last)
    if resolved.prior:
        before = lake.strike_rows(
            columns, chunk.symbols, chunk.first - LONGEST_CLOSURE, chunk.first - timedelta(days=1)
        )
        strikes = _with_prior(strikes, before, resolved.prior)
    strikes = _with_ids(strikes)
    strikes = _add_nodes(strikes, resolved.at("strike"))
    frames = {"strike": strikes}
    for level in ("expiry", "level", "snapshot"):
        if level == grain or resolved.at(level) or level == "snapshot":
            frames[level] = _key_frame(strikes, level)
            for step in _steps(resolved.at(level)):
                frames[level] = _evaluate(frames, level, step)
    frame = frames[grain]
    if grain == "snapshot":
        for node in resolved.at("expiry"):
            if node.column in keep:
                frame = frame.join(_nearest(frames["expiry"], node.column), on=SNAPSHOT_ID, how="left")
    return frame.select(*KEYS[grain], *keep)


def _with_ids(strikes: pl.DataFrame) -> pl.DataFrame:
    """Number the snapshots and expiries in stored order; sorted ids let polars group by runs instead of hashing."""
    return strikes.with_columns(
        pl.struct("symbol", "date").rle_id().set_sorted().alias(SNAPSHOT_ID),
        pl.struct("symbol", "date", "expiration").rle_id().set_sorted().alias(EXPIRY_ID),
    )


def _with_prior(strikes: pl.DataFrame, before: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Bring each contract's values of one session before beside today's, as `prior` promises."""
    key = list(KEYS["strike"])
    days = strikes["date"].unique()
    session_before = pl.DataFrame(
        {"date": days, "_before": pl.Series([previous_session(day) for day in days], dtype=pl.Date)}
    )
    known = pl.concat([before, strikes])
    earlier = known.select(
        "symbol", "root", "expiration", "strike", pl.col("date").alias("_before"),
        *(pl.col(name).alias(f"{name}{PRIOR}") for name in columns),
    )  # fmt: skip
    has_before = known.group_by("symbol", pl.col("date").alias("_before")).agg(
        pl.col(name).is_not_null().any().alias(f"_known_{name}") for name in columns
    )
    return (
        strikes.join(session_before, on="date", how="left", maintain_order="left")
        .join(earlier, on=["_before", *(k for k in key if k != "date")], how="left", maintain_order="left")
        .join(has_before, on=["symbol", "_before"], how="left", maintain_order="left")
        .with_columns(pl.when(f"_known_{name}").then(pl.col(f"{name}{PRIOR}").fill_null(0)) for name in columns)
    )


def _key_frame(strikes: pl.DataFrame, grain: str) -> pl.DataFrame:
    group = GROUP[grain]
    keys = [name for name in (*KEYS[grain], CARRIED, SNAPSHOT_ID) if name not in group]
    frame = strikes.group_by(group, maintain_order=True).agg(pl.col(keys).first())
    return frame.sort(group) if grain == "level" else frame


def _steps(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """Runs of nodes that can be evaluated together: one source, one set of rows, none reading another of the run."""
    waiting = list(nodes)
    done = {name for node in nodes for name in node.inputs} - {node.column for node in nodes}
    while waiting:
        ready = [node for node in waiting if set(node.inputs) <= done]
        first = ready[0]
        step = [node for node in ready if (node.source, node.rows) == (first.source, first.rows)]
        yield step
        done |= {node.column for node in step}
        waiting = [node for node in waiting if node not in step]


def _evaluate(frames: Mapping[str, pl.DataFrame], grain: str, step: Sequence[Node]) -> pl.DataFrame:
    target, source = frames[grain], step[0].source
    if source == grain:
        return _add_nodes(target, step)
    group = GROUP[grain]
    named = {root for node in step for root in node.expression.meta.root_names()}
    read = {*group, *named, "expiration", "date"} | {column for node in step for column in node.inputs}
    rows = frames[source].select(name for name in frames[source].columns if name in read)
    beside = [name for node in step for name in node.inputs if name in target.columns]
    if beside:
        rows = rows.join(target.select(*group, *dict.fromkeys(beside)), on=group, how="left", maintain_order="left")
    if source == "strike" and step[0].rows == "live":
        rows = rows.filter(pl.col("expiration") > pl.col("date"))
    rows = _with_aliases(rows, step)
    values = rows.group_by(group, maintain_order=True).agg(node.expression.alias(node.column) for node in step)
    return target.join(values, on=group, how="left", maintain_order="left")


def _add_nodes(frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    for step in _steps(nodes):
        frame = _with_aliases(frame, step).with_columns(node.expression.alias(node.column) for node in step)
    return frame


def _with_aliases(frame: pl.DataFrame, nodes: Sequence[Node]) -> pl.DataFrame:
    names = {alias: column for node in nodes for alias, column in node.aliases.items()}
    return frame.with_columns(pl.col(column).alias(alias) for alias, column in names.items())


def _nearest(expiries: pl.DataFrame, column: str) -> pl.DataFrame:
    """An expiry's number as a snapshot's: that of the nearest expiry that is still live after the close."""
    live = expiries.filter(pl.col("expiration") > pl.col("date"))
    return live.group_by(SNAPSHOT_ID, maintain_order=True).agg(pl.col(column).first())


def _over_days(snapshots: pl.DataFrame, resolved: Resolved, bars: pl.DataFrame) -> pl.DataFrame:
    of_bars = _add_over(_with_runs(bars), resolved.at("bars")).drop(RUN)
    frame = _with_runs(snapshots.join(of_bars, on=["symbol", "date"], how="left", maintain_order="left"))
    return _add_over(frame, resolved.at(*OVER_DAYS))


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
        frame = _with_aliases(frame, [node]).with_columns(node.expression.over(over).alias(node.column))
    return frame


def _needed_over_days(resolved: Resolved, wanted: Iterable[str]) -> list[str]:
    """The columns of the chunks' frames that are asked for or read over days."""
    read = {name for node in resolved.at(*OVER_DAYS) for name in node.inputs} | set(wanted)
    return [node.column for node in resolved.at("snapshot", "expiry") if node.column in read]


def _wanted_columns(resolved: Resolved, keys: Mapping[str, MetricKey], grain: str, request: Request) -> dict[str, str]:
    """Output column to frame column; a metric that the grain cannot show is an error."""
    grains = {node.column: node.grain for node in resolved.nodes}
    at_snapshot = {"snapshot", "expiry", "history", "cross_section", "bars"}
    wanted = {name: str(key) for name, key in keys.items()}
    for name, column in wanted.items():
        shown = at_snapshot if grain in {"snapshot", *OVER_DAYS} else {grain}
        if grains[column] not in shown:
            raise DefinitionError(f"metric '{name}' is at {grains[column]} grain, not at {grain} grain: see --grain")
    return wanted | {name: name for name in request.expressions or {}}


def _output(frame: pl.DataFrame, keys: Sequence[str], wanted: Mapping[str, str], request: Request) -> pl.DataFrame:
    if request.first is not None:
        frame = frame.filter(pl.col("date") >= request.first)
    if request.last is not None:
        frame = frame.filter(pl.col("date") <= request.last)
    return frame.select(*keys, *(pl.col(column).alias(name) for name, column in wanted.items()))
