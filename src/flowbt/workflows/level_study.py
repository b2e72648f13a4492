"""Level signals, and anybody's levels: is the price drawn to them, do they hold, does it run on through them?"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from flowbt.errors import FlowbtError, LakeError, did_you_mean
from flowbt.evaluation.levels import LEVELS, evaluate_level_rows
from flowbt.expiries import LAST_TRADING_DAY
from flowbt.lake import Lake
from flowbt.metrics import Catalogue, Decision, Failures, Lost, Request, compute, current_catalogue
from flowbt.report.kit.formats import span
from flowbt.report.levels.answer import level_answer, level_null
from flowbt.schema import conform
from flowbt.signals import MaxPainGravity, Signal
from flowbt.workflows.level_prices import read_price_bars
from flowbt.workflows.price_calendar import calendar_of, own_sessions
from flowbt.workflows.user_levels import read_levels

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
) -> dict[str, Any] | None:
    """The section `levels` of an evaluation: the signal's levels on the days it speaks, and the walls beside them.

    The levels of `max_pain_gravity` are the max pain of every expiry within ten sessions, day by day.

    Args:
        lake: chains and bars.
        signal: whose levels.
        symbols: with chains and bars.
        horizons: in sessions.
        first: first day with levels.
        last: last day with levels.
        decision: when it is decided.
        include_partial: look at snapshots that were taken before their session ended, too.
        catalogue: of the metrics that the signal reads; the shipped ones by default.
        failures: where metrics go that cannot be computed; without it the first is an error.

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
        speaking = daily.filter(pl.col("verdict") != 0)
        parts = [_rows(speaking, name) for name in named]
    parts += [_rows(daily, wall) for wall in WALLS]
    bars, actions = lake.bars(symbols), lake.actions(symbols)
    implied = daily.select("symbol", "date", pl.col(IMPLIED).alias("iv"))
    section = evaluate_level_rows(
        pl.concat(parts), bars, horizons, actions=actions, implied=implied, exchanges=lake.exchanges(symbols)
    )
    return in_words(section)


def level_file_section(
    path: Path,
    lake: Lake | None,
    horizons: Sequence[int],
    *,
    prices: Path | None = None,
    price_column: str | None = None,
    symbols: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    date_format: str | None = None,
    exchange: str | None = None,
    failures: Failures | None = None,
) -> tuple[dict[str, Any], pl.DataFrame]:
    """The section `levels` of the levels of a file, with the `calendar` of a file of prices, and these levels.

    Args:
        path: the levels (`level_file.read_levels`).
        lake: whose bars (and chains, for implied volatility) they are set beside; not needed with `prices`.
        horizons: in sessions.
        prices: a file of prices (`level_prices.read_price_bars`).
        price_column: its price of the day.
        symbols: those wanted.
        kinds: those wanted.
        first: first day with levels.
        last: last day with levels.
        date_format: how the levels' dates are written, where the file leaves a doubt.
        exchange: of a file of prices, the MIC whose sessions count; by default each day of it is a session.
        failures: where metrics go that cannot be computed; without it the first is an error.
    """
    found = read_levels(path, symbols=symbols, kinds=kinds, date_format=date_format)
    rows = found.rows.filter(pl.col("date").is_between(first or date.min, last or date.max))
    if not rows.height:
        raise FlowbtError(f"'{path}' has no levels from {first or 'the start'} to {last or 'the end'}")
    named = rows["symbol"].unique().sort().to_list()
    calendar: dict[str, Any] | None = None
    exchanges: Mapping[str, str | None]
    if prices is not None:
        bars, actions, implied = _of_file(path, prices, named, price_column, date_format if prices == path else None)
        calendar, exchanges = calendar_of(bars, exchange), own_sessions(bars, exchange)
    elif exchange is not None:
        raise FlowbtError("--exchange is of a file of prices: the lake remembers the exchange of each symbol")
    elif lake is not None:
        bars, actions, implied = _of_lake(lake, rows, named, failures)
        exchanges = lake.exchanges(named)
    else:
        raise FlowbtError("levels are set beside prices: name a lake with --lake, or a file with --prices")
    section = evaluate_level_rows(rows, bars, horizons, actions=actions, implied=implied, exchanges=exchanges)
    if not section["symbols"]:
        asked, held = ({"from": frame["date"].min(), "to": frame["date"].max()} for frame in (rows, bars))
        raise FlowbtError(
            f"no level of '{path}' ({span(asked)}) lies near a price of its day ({span(held)}): name other prices with --prices"
        )
    section |= {"columns": list(found.columns), "unreadable": found.unreadable, "calendar": calendar}
    return in_words(section), rows


def in_words(section: dict[str, Any]) -> dict[str, Any]:
    """The section with its answer, and what the null is."""
    return section | {"answer": level_answer(section), "null": level_null(section)}


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
    asked = ("max_pain", "max_pain_gap", "days_to_expiry", LAST_TRADING_DAY)
    request = Request(
        tuple(symbols), first, last, grain="expiry", metrics=asked, decision=decision, include_partial=include_partial
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


def _of_file(
    path: Path, prices: Path, symbols: Sequence[str], price_column: str | None, date_format: str | None
) -> tuple[pl.DataFrame, None, None]:
    bars = read_price_bars(prices, symbols, price_column=price_column, date_format=date_format)
    if not bars.height:
        raise FlowbtError(f"'{prices}' has no prices of {', '.join(symbols)}, whose levels '{path}' holds")
    return bars, None, None


def _of_lake(
    lake: Lake, rows: pl.DataFrame, symbols: Sequence[str], failures: Failures | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame | None]:
    """Bars, actions, and implied volatility of those symbols that have chains."""
    bars = lake.bars(symbols)
    if not bars.height:
        known = lake.bars()["symbol"].unique().to_list()
        raise LakeError(
            f"no price bars of {', '.join(symbols)} in the lake at '{lake.where}'{did_you_mean(symbols[0], known)}: bring "
            "them in with `flowbt ingest ohlcv`, or name a file of prices with --prices"
        )
    charted = [symbol for symbol in symbols if symbol in lake.symbols()]
    span: Any = rows.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    held = lake.snapshots(charted).filter(pl.col("date").is_between(*span)) if charted else None
    if held is None or not held.height:
        return bars, lake.actions(symbols), None
    request = Request(tuple(charted), span[0], span[1], metrics=(IMPLIED,))
    implied = compute(lake, request, current_catalogue(), lost=_lost(failures))
    implied = implied.select("symbol", "date", pl.col(IMPLIED).alias("iv"))
    return bars, lake.actions(symbols), implied
