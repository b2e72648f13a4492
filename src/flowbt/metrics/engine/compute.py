"""Computing metrics over a lake.

1. `resolve` orders the work and determines which stored columns it needs (`flowbt.metrics.engine.resolve`).
2. `chunks` cuts the lake into runs of whole snapshots of bounded size, so that peak memory does not grow with the lake.
   `compute_chunk` takes each from strike rows to the frame of the requested grain (`flowbt.metrics.engine.chunks`). It
   reads through a `View`, which shows the open interest known at the decision
   (`flowbt.metrics.engine.known_open_interest`).
3. `over_days` joins the small snapshot frames of all chunks with the price bars and evaluates metrics over a symbol's
   days or over a day's symbols (`flowbt.metrics.engine.history`).

Rows reach every expression sorted: within a snapshot by expiration, root and strike; within a symbol by date.
Everything is computed eagerly, in this order, so the same lake gives bit-identical results whatever the chunks.

No data after the last requested day is read, neither chains nor bars, with one exception. With a decision before the
open, the open interest of the last day's close is known; where it is stored in the next session's chain, it is read
from there, and nothing else of that chain is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import polars as pl

from flowbt.errors import DefinitionError, FlowbtError, LakeError, UnknownNameError
from flowbt.lake import Chains
from flowbt.metrics.engine.chunks import chunks, compute_chunk
from flowbt.metrics.engine.definition import SHIPPED, Catalogue, Value
from flowbt.metrics.engine.failures import FAILS, Lost, reason_of
from flowbt.metrics.engine.history import evaluate_bars, over_days, read_bars
from flowbt.metrics.engine.known_open_interest import Decision, decision_named
from flowbt.metrics.engine.point_in_time import View
from flowbt.metrics.engine.resolve import KEYS, OVER_DAYS, Resolved, resolve
from flowbt.schema import SNAPSHOT_KEY


@dataclass(frozen=True)
class Request:
    """What to compute.

    Attributes:
        symbols: symbols of the chains; sorted.
        first: first day of the output, None for all.
        last: last day, None for all.
        grain: of the output: print, strike, expiry, level or snapshot (which includes history and cross_section).
        metrics: as a user writes them, `gex`, `gex(unit=shares_1pt)` or `gex[dte<=7]`; the output's columns.
        expressions: further columns, as expressions over the history.
        overrides: values for every metric that has a parameter of that name.
        decision: decision time, which determines the open interest known: after the close of the day (`close`), or
            before the
            next open (`pre_open`).
        include_partial: include snapshots that were taken before their session ended.
    """

    symbols: tuple[str, ...]
    first: date | None = None
    last: date | None = None
    grain: str = "snapshot"
    metrics: tuple[str, ...] = ()
    expressions: Mapping[str, pl.Expr] | None = None
    overrides: Mapping[str, Value] | None = None
    decision: Decision = "close"
    include_partial: bool = False


AT_ONCE: Final = 2
"""Chunks computed at the same time."""
MOST_NAMED: Final = 3
"""Metrics that an error message lists by name."""
Progress = Callable[[int, int], None] | None
Evaluate = Callable[[View, pl.DataFrame, Resolved, str, Sequence[str], Progress, Lost | None], pl.DataFrame]


def compute(
    lake: Chains,
    request: Request,
    catalogue: Catalogue = SHIPPED,
    on_chunk: Progress = None,
    evaluate: Evaluate | None = None,
    lost: Lost | None = None,
) -> pl.DataFrame:
    """Compute metrics over a lake: one row per key of the grain, sorted by key, one column per metric.

    If a metric fails on some days and `lost` is given, its values there are null, and so are those of everything that
    reads it (`flowbt.metrics.engine.failures`); otherwise the first failure raises.

    Args:
        lake: the lake with the chains.
        request: what to compute.
        catalogue: where metrics are looked up.
        on_chunk: called with (chunks done, chunks in total).
        evaluate: how the frames of the chunks are obtained; by default they are computed (`compute_stored` reads a
            cache).
        lost: collects metrics that fail.

    Returns:
        The key columns of the grain, then one column per metric under the name it was requested by.

    Raises:
        UnknownNameError: a name is neither a metric nor a column, or the decision is unknown.
        DefinitionError: a metric cannot be computed at its grain, or its formula fails.
        LakeError: the lake has no data for these symbols and days.
    """
    try:
        return _compute(lake, request, catalogue, on_chunk, evaluate or evaluate_chunks, lost)
    except FlowbtError:
        raise
    except FAILS as error:
        asked = [*request.metrics, *(request.expressions or {})]
        what = ", ".join(asked) if len(asked) <= MOST_NAMED else f"{len(asked)} metrics"
        raise DefinitionError(f"{what} cannot be computed: {reason_of(error)}") from error


def _compute(
    lake: Chains, request: Request, catalogue: Catalogue, on_chunk: Progress, evaluate: Evaluate, lost: Lost | None
) -> pl.DataFrame:
    grain = request.grain
    if grain not in KEYS:
        raise UnknownNameError("grain", grain, ["snapshot", "expiry", "level", "strike", "print", "history"])
    decision = decision_named(request.decision)
    keys = {name: catalogue.parse(name) for name in request.metrics}
    resolved = resolve(catalogue, keys, request.expressions or {}, request.overrides or {})
    wanted = resolved.columns
    if lost is not None:
        lost.deltas = tuple(resolved.deltas.values())
    _require_grain(resolved, keys, grain)
    if resolved.nodes and all(node.grain == "bars" for node in resolved.nodes):
        frame = _within(evaluate_bars(_bars(lake, request), resolved, lost=lost), request)
        if not frame.height:
            raise LakeError(f"no price bars for {_asked(request)}: add some with `flowbt ingest ohlcv`")
        return _output(frame, KEYS["snapshot"], wanted, lost)
    looks_back = bool(resolved.at(*OVER_DAYS))
    snapshots, left_out = _snapshots(lake, request, from_start=looks_back)
    view = View(lake, decision, left_out)
    at_snapshot = grain in {"snapshot", *OVER_DAYS}
    keep = _needed_over_days(resolved, wanted.values()) if at_snapshot else list(wanted.values())
    frame = evaluate(view, snapshots, resolved, "snapshot" if at_snapshot else grain, keep, on_chunk, lost)
    if at_snapshot:
        frame = over_days(frame, resolved, _bars(lake, request), lost=lost)
    frame = _within(frame, request)
    if at_snapshot and not frame.height:
        raise LakeError(_no_snapshots(request))
    if grain == "print" and not frame.height:
        raise LakeError(f"no prints for {_asked(request)}: add a trade tape with `flowbt ingest`")
    return _output(frame, KEYS[grain], wanted, lost)


def evaluate_chunks(
    view: View,
    snapshots: pl.DataFrame,
    resolved: Resolved,
    grain: str,
    keep: Sequence[str],
    on_chunk: Progress,
    lost: Lost | None,
) -> pl.DataFrame:
    """The frame of a grain over these snapshots, with the columns to keep, sorted by its key."""
    cut = chunks(snapshots, view.lake.exchanges(snapshots["symbol"].unique()))
    parts: list[pl.DataFrame] = []
    if on_chunk:
        on_chunk(0, len(cut))
    # two at a time: while one waits for the disk or for a single-threaded step, the other computes
    with ThreadPoolExecutor(AT_ONCE) as workers:
        for part in workers.map(lambda chunk: compute_chunk(view, chunk, resolved, grain, keep, lost), cut):
            parts.append(part)
            if on_chunk:
                on_chunk(len(parts), len(cut))
    # a metric that failed on every day of a chunk may have another type there
    how: Literal["vertical", "vertical_relaxed"] = "vertical" if lost is None else "vertical_relaxed"
    return pl.concat(parts, how=how).sort(KEYS[grain], maintain_order=True)


def _snapshots(lake: Chains, request: Request, *, from_start: bool) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The snapshots requested, and the days that are excluded."""
    every = lake.snapshots(request.symbols)
    selected = every if request.include_partial else every.filter(~pl.col("partial_day"))
    left_out = None if request.include_partial else every.filter("partial_day").select(SNAPSHOT_KEY)
    if request.first is not None and not from_start:
        selected = selected.filter(pl.col("date") >= request.first)
    if request.last is not None:
        selected = selected.filter(pl.col("date") <= request.last)
    if not selected.height:
        raise LakeError(_no_snapshots(request))
    return selected, left_out


def _no_snapshots(request: Request) -> str:
    return f"no snapshots for {_asked(request)}: `flowbt status` lists what the lake contains"


def _bars(lake: Chains, request: Request) -> pl.DataFrame:
    bars = read_bars(lake, request.symbols)
    return bars if request.last is None else bars.filter(pl.col("date") <= request.last)


def _asked(request: Request) -> str:
    return f"{', '.join(request.symbols)} from {request.first or 'the start'} to {request.last or 'the end'}"


def _needed_over_days(resolved: Resolved, wanted: Iterable[str]) -> list[str]:
    """Columns of the chunks' frames that are requested or read over days."""
    read = {name for node in resolved.at(*OVER_DAYS) for name in node.inputs} | set(wanted)
    return [node.column for node in resolved.at("snapshot", "expiry") if node.column in read]


def _require_grain(resolved: Resolved, names: Iterable[str], grain: str) -> None:
    """Refuse a metric that the requested grain cannot show."""
    grains = {node.column: node.grain for node in resolved.nodes}
    shown = {"snapshot", "expiry", "history", "cross_section", "bars"} if grain in {"snapshot", *OVER_DAYS} else {grain}
    for name in names:
        if grains[resolved.columns[name]] not in shown:
            own = grains[resolved.columns[name]]
            raise DefinitionError(f"metric '{name}' is at {own} grain, not at {grain} grain: see --grain")


def _within(frame: pl.DataFrame, request: Request) -> pl.DataFrame:
    return frame if request.first is None else frame.filter(pl.col("date") >= request.first)


def _output(frame: pl.DataFrame, keys: Sequence[str], wanted: Mapping[str, str], lost: Lost | None) -> pl.DataFrame:
    if lost is not None:
        lost.note(frame, wanted)
    return frame.select(*keys, *(pl.col(column).alias(name) for name, column in wanted.items()))
