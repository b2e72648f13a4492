"""Metrics for a user: chosen by name, at a grain, over symbols and days."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.lake import Lake
from flowbt.metrics import (
    SHIPPED,
    Catalogue,
    Decision,
    Failures,
    Lost,
    Request,
    Tally,
    compute,
    compute_stored,
    current_catalogue,
)
from flowbt.schema import CONTRACT_KEY, SIDES, STRIKE_KEY

SHOWN_AT = {
    "snapshot": ("snapshot", "expiry", "history", "cross_section"),
    "history": ("snapshot", "expiry", "history", "cross_section"),
    "expiry": ("expiry",),
    "level": ("level",),
    "strike": ("strike",),
    "contract": ("strike",),
    "print": ("print",),
}


def compute_metrics(
    lake: Lake,
    symbols: Sequence[str] | None = None,
    *,
    select: Sequence[str] | None = None,
    grain: str = "snapshot",
    first: date | None = None,
    last: date | None = None,
    parameters: Mapping[str, str] | None = None,
    where: str | None = None,
    decision: Decision = "close",
    include_partial: bool = False,
    store: Tally | None = None,
    catalogue: Catalogue | None = None,
    progress: Callable[[int, int], None] | None = None,
    failures: Failures | None = None,
) -> pl.DataFrame:
    """Metrics of option chains, one row per key of the grain, sorted by it.

    Args:
        lake: where the chains are.
        symbols: whose; all that have chains by default.
        select: metrics by name, `gex`, `gex(unit=shares_1pt)` or, under a scope, `gex[dte<=7]`; all of the grain by default.
        grain: `snapshot` (with what looks over a symbol's days; `history` is the same), `expiry`, `level`, `strike`,
            `contract` or `print`.
        first: first day, both ends included.
        last: last day.
        parameters: values for every metric that has a parameter of that name.
        where: a metric of the grain that says of each row whether to keep it, as in `unusual`.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        include_partial: look at snapshots that were taken before their session ended, too.
        store: keep the metrics, at snapshot grain, in the lake's table `metrics`, and compute only what is not up to date
            there; this is told how many values were.
        catalogue: where metrics are looked up; by default the shipped ones and those defined in the session.
        progress: told (parts done, parts in all).
        failures: where metrics go that cannot be computed; they are null on those days. Without it the first is an error.

    Raises:
        DefinitionError: a metric that is not well formed, or that fails where there is no `failures` for it, or where nothing else
            was asked for.

    Examples:
        >>> lake = flowbt.Lake("data")
        >>> flowbt.compute_metrics(lake, ["SYN000"], select=["spot", "max_pain"]).columns
        ['symbol', 'date', 'spot', 'max_pain']
        >>> flowbt.compute_metrics(lake, ["SYN000"], select=["net_premium[dte<=7]"], first=date(2025, 12, 30)).height
        2
    """
    catalogue = catalogue or current_catalogue()
    wanted = lake.require_symbols(symbols)
    overrides = dict(parameters or {})
    _check_parameters(catalogue, overrides)
    if grain not in SHOWN_AT:
        raise UnknownNameError("grain", grain, SHOWN_AT, hint=f"it is one of {', '.join(SHOWN_AT)}")
    if store is not None and SHOWN_AT[grain] != SHOWN_AT["snapshot"]:
        raise DefinitionError(f"metrics at {grain} grain are not stored: store those at snapshot grain")
    shown = _names_at(grain, catalogue)
    names = tuple(dict.fromkeys([*(select or shown), *([where] if where else [])]))
    if grain == "contract":
        names = _of_both_sides(names, shown)
    at = {"history": "snapshot", "contract": "strike"}.get(grain, grain)
    request = Request(tuple(sorted(wanted)), first, last, at, names, None, overrides, decision, include_partial)
    lost = None if failures is None else Lost(failures)
    if store is None:
        frame = compute(lake, request, catalogue, progress, lost=lost)
    else:
        frame = compute_stored(lake, request, store, catalogue, progress, lost)
    if lost is not None and lost.everything:
        first_failed = lost.failures.listed()[0]
        raise DefinitionError(f"metric '{first_failed.metric}' cannot be computed: {first_failed.reason}")
    if grain == "contract":
        frame = _contracts(frame)
    return frame if where is None else _kept(frame, where, shown if select is None else select)


def _names_at(grain: str, catalogue: Catalogue) -> list[str]:
    names = [metric.name for metric in catalogue if metric.grain in SHOWN_AT[grain]]
    if grain != "contract":
        return names
    pairs = [name.removeprefix("call_") for name in names if name.startswith("call_")]
    return [name for name in pairs if f"put_{name}" in names]


def _kept(frame: pl.DataFrame, where: str, shown: Sequence[str]) -> pl.DataFrame:
    if frame.schema[where] != pl.Boolean:
        raise DefinitionError(
            f"'{where}' does not say yes or no of a row: name a metric that does, as in --where unusual"
        )
    return frame.filter(pl.col(where)) if where in shown else frame.filter(pl.col(where)).drop(where)


def list_metrics(catalogue: Catalogue = SHIPPED) -> list[dict[str, Any]]:
    """The catalogue: name, grain, unit, description, parameters with their defaults."""
    return [
        {
            "name": metric.name,
            "grain": metric.grain,
            "unit": metric.unit,
            "rows": metric.rows,
            "description": metric.description,
            "parameters": metric.parameters,
        }
        for metric in sorted(catalogue, key=lambda metric: metric.name)
    ]


def _check_parameters(catalogue: Catalogue, overrides: Mapping[str, Any]) -> None:
    known = {name for metric in catalogue for name in metric.parameters}
    for name in overrides:
        if name not in known:
            raise UnknownNameError("parameter", name, sorted(known), hint="`flowbt metrics --list` shows each metric's")


def _of_both_sides(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The strike rows' metrics that are the calls' and the puts' of these."""
    for name in names:
        if name.partition("[")[0].partition("(")[0].strip() not in known:
            raise UnknownNameError("metric at contract grain", name, known, hint=f"there are {', '.join(known)}")
    return tuple(f"{side}_{name}" for side in SIDES for name in names)


def _contracts(wide: pl.DataFrame) -> pl.DataFrame:
    """The long view of the strike rows: `call_premium` and `put_premium` become `premium` of two contracts."""
    names = [name.removeprefix("call_") for name in wide.columns if name.startswith("call_")]
    long = pl.concat(
        wide.select(
            *STRIKE_KEY, pl.lit(side).alias("option_type"), *(pl.col(f"{side}_{name}").alias(name) for name in names)
        )
        for side in SIDES
    )
    return long.filter(pl.any_horizontal(pl.col(names).is_not_null())).sort(CONTRACT_KEY)
