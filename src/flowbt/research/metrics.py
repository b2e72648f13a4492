"""Metrics for a user: chosen by name, at a grain, over symbols and days."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from flowbt.errors import DefinitionError, UnknownNameError
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Catalogue, Metric, Request, compute, current_catalogue
from flowbt.schema import SIDES

SHOWN_AT = {
    "snapshot": ("snapshot", "expiry", "history", "cross_section"),
    "history": ("snapshot", "expiry", "history", "cross_section"),
    "expiry": ("expiry",),
    "level": ("level",),
    "strike": ("strike",),
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
    catalogue: Catalogue | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Metrics of option chains, one row per key of the grain, sorted by it.

    Args:
        lake: where the chains are.
        symbols: whose; all that have chains by default.
        select: metrics by name, `gex` or `gex(unit=shares_1pt)`; all of the grain by default.
        grain: `snapshot` (with what looks over a symbol's days; `history` is the same), `expiry`, `level`, `strike` or
            `contract`.
        first: first day, both ends included.
        last: last day.
        parameters: values for every metric that has a parameter of that name.
        catalogue: where metrics are looked up; by default the shipped ones and those defined in the session.
        progress: told (parts done, parts in all).
    """
    catalogue = catalogue or current_catalogue()
    wanted = lake.require_symbols(symbols)
    overrides = dict(parameters or {})
    _check_parameters(catalogue, overrides)
    if grain == "contract":
        return _contracts(lake, wanted, select, first, last, overrides, catalogue)
    if grain not in SHOWN_AT:
        raise UnknownNameError(
            "grain", grain, [*SHOWN_AT, "contract"], hint=f"it is one of {', '.join(SHOWN_AT)}, contract"
        )
    names = tuple(select or [metric.name for metric in catalogue if metric.grain in SHOWN_AT[grain]])
    request = Request(
        tuple(sorted(wanted)), first, last, "snapshot" if grain == "history" else grain, names, None, overrides
    )
    return compute(lake, request, catalogue, progress)


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


def _contracts(
    lake: Lake,
    symbols: Sequence[str],
    select: Sequence[str] | None,
    first: date | None,
    last: date | None,
    overrides: Mapping[str, Any],
    catalogue: Catalogue,
) -> pl.DataFrame:
    """The long view of the strike rows: `call_premium` and `put_premium` become `premium` of two contracts."""
    at_strike: dict[str, Metric] = {metric.name: metric for metric in catalogue if metric.grain == "strike"}
    pairs = [name.removeprefix("call_") for name in at_strike if name.startswith("call_")]
    known = [name for name in pairs if f"put_{name}" in at_strike]
    for name in select or []:
        if name not in known:
            raise UnknownNameError("metric at contract grain", name, known, hint=f"there are {', '.join(known)}")
    names = list(select or known)
    if not names:
        raise DefinitionError("no metric at contract grain was asked for")
    columns = tuple(f"{side}_{name}" for side in SIDES for name in names)
    wide = compute(lake, Request(tuple(symbols), first, last, "strike", columns, None, overrides), catalogue)
    key = ["symbol", "date", "root", "expiration", "strike"]
    long = pl.concat(
        wide.select(*key, pl.lit(side).alias("option_type"), *(pl.col(f"{side}_{name}").alias(name) for name in names))
        for side in SIDES
    )
    return long.filter(pl.any_horizontal(pl.col(names).is_not_null())).sort(*key, "option_type")
