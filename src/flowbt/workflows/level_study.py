"""Level studies of signals: is the price drawn to them, do they hold, does it run on through them?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from flowbt.evaluation.levels import LEVELS, LevelStudy, evaluate_level_rows
from flowbt.expiries import LAST_TRADING_DAY
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, Failures, Lost, Request, compute, current_catalogue
from flowbt.report.levels.answer import level_answer
from flowbt.report.levels.method import level_null
from flowbt.schema import conform
from flowbt.signals import MaxPainGravity, Signal

WALLS: Final = ("call_wall", "put_wall")
IMPLIED: Final = "iv_30d"
FARTHEST: Final = 20
"""Calendar days to an expiry: more than the ten sessions over which its max pain is judged."""


def signal_levels(
    lake: Lake,
    signal: Signal,
    symbols: Sequence[str],
    horizons: Sequence[int],
    *,
    first: date | None = None,
    last: date | None = None,
    decision: Decision = "close",
    include_partial: bool = False,
    catalogue: Catalogue | None = None,
    failures: Failures | None = None,
) -> LevelStudy | None:
    """The study of a signal's levels on the days it gives a verdict, and of the walls.

    The levels of `max_pain_gravity` are the max pain of every expiry within ten sessions, day by day.

    Args:
        lake: chains and bars.
        signal: whose levels.
        symbols: with chains and bars.
        horizons: in sessions.
        first: first day with levels.
        last: last day with levels.
        decision: when the verdict is decided.
        include_partial: look at snapshots that were taken before their session ended, too.
        catalogue: of the metrics that the signal reads; the shipped ones by default.
        failures: collects metrics that cannot be computed; without it the first is an error.

    Returns:
        None where the signal has no levels.
    """
    named = signal.levels()
    if not named:
        return None
    pinning = isinstance(signal, MaxPainGravity)
    expressions = {} if pinning else {"verdict": signal.verdict(), **named}
    request = Request(
        tuple(symbols), first, last, metrics=(*WALLS, IMPLIED), expressions=expressions, decision=decision,
        include_partial=include_partial,
    )  # fmt: skip
    daily = compute(lake, request, catalogue or current_catalogue(), lost=_lost(failures))
    if pinning:
        parts = [max_pain_levels(lake, symbols, first, last, decision, failures, include_partial=include_partial)]
    else:
        with_verdict = daily.filter(pl.col("verdict") != 0)
        parts = [_rows(with_verdict, name) for name in named]
    parts += [_rows(daily, wall) for wall in WALLS]
    bars, actions = lake.bars(symbols), lake.actions(symbols)
    implied = daily.select("symbol", "date", pl.col(IMPLIED).alias("iv"))
    study = evaluate_level_rows(
        pl.concat(parts), bars, horizons, actions=actions, implied=implied, exchanges=lake.exchanges(symbols)
    )
    return in_words(study)


def in_words(study: LevelStudy) -> LevelStudy:
    """The study with its answer, and with the null in words."""
    return replace(study, answer=level_answer(study), null=level_null(study))


def max_pain_levels(
    lake: Lake,
    symbols: Sequence[str],
    first: date | None,
    last: date | None,
    decision: Decision,
    failures: Failures | None,
    *,
    include_partial: bool,
) -> pl.DataFrame:
    """Max pain of every expiry that is near, until its last trading day; of roots that end on one day, that with the nearer level."""
    metrics = ("max_pain", "max_pain_gap", "days_to_expiry", LAST_TRADING_DAY)
    request = Request(
        tuple(symbols), first, last, grain="expiry", metrics=metrics, decision=decision, include_partial=include_partial
    )
    frame = compute(lake, request, current_catalogue(), lost=_lost(failures)).drop_nulls("max_pain")
    near = frame.filter(pl.col("days_to_expiry").is_between(1, FARTHEST))
    # an AM-settled expiry is settled before the close of its expiration: positions cannot draw the price to that close
    ends = near.with_columns(expiration=pl.col(LAST_TRADING_DAY))
    one = ends.sort(pl.col("max_pain_gap").abs()).unique(["symbol", "date", "expiration"], keep="first")
    return conform(one.with_columns(kind=pl.lit("max pain"), level=pl.col("max_pain")), LEVELS)


def _rows(daily: pl.DataFrame, name: str) -> pl.DataFrame:
    levels = daily.select("symbol", "date", kind=pl.lit(name), level=pl.col(name).cast(pl.Float64))
    return conform(levels.drop_nulls("level"), LEVELS)


def _lost(failures: Failures | None) -> Lost | None:
    return None if failures is None else Lost(failures)
