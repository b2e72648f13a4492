"""The study of the levels of a file, compared with the prices of the lake or of another file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from flowbt.errors import FlowbtError, LakeError, did_you_mean
from flowbt.evaluation.levels import LevelStudy, evaluate_level_rows
from flowbt.evaluation.price_calendar import PriceCalendar, own_sessions, price_calendar
from flowbt.lake import Lake
from flowbt.metrics import Failures, Lost, Request, compute, current_catalogue
from flowbt.workflows.level_prices import read_price_bars
from flowbt.workflows.level_study import IMPLIED, in_words
from flowbt.workflows.user_levels import read_levels


class FileLevels(NamedTuple):
    """The study of the levels of a file.

    Attributes:
        study: with its answer.
        rows: `flowbt.evaluation.levels.LEVELS` that were evaluated.
        calendar: the sessions of a file of prices; None where prices are the lake's.
    """

    study: LevelStudy
    rows: pl.DataFrame
    calendar: PriceCalendar | None


def study_level_file(
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
) -> FileLevels:
    """The study of the levels of a file.

    Args:
        path: the levels (`user_levels.read_levels`).
        lake: with bars (and chains, for implied volatility) of their symbols; not needed with `prices`.
        horizons: in sessions.
        prices: a file of prices (`level_prices.read_price_bars`).
        price_column: its price of the day.
        symbols: to evaluate; all by default.
        kinds: to evaluate; all by default.
        first: first day with levels.
        last: last day with levels.
        date_format: of the levels' dates, where they are ambiguous.
        exchange: of a file of prices, the MIC whose sessions count; by default each day of it is a session.
        failures: collects metrics that cannot be computed; without it the first is an error.
    """
    file = read_levels(path, symbols=symbols, kinds=kinds, date_format=date_format)
    rows = file.rows.filter(pl.col("date").is_between(first or date.min, last or date.max))
    if not rows.height:
        raise FlowbtError(f"'{path}' has no levels from {first or 'the start'} to {last or 'the end'}")
    named = rows["symbol"].unique().sort().to_list()
    calendar: PriceCalendar | None = None
    exchanges: Mapping[str, str | None]
    if prices is not None:
        bars, actions, implied = _of_file(path, prices, named, price_column, date_format if prices == path else None)
        calendar, exchanges = price_calendar(bars, exchange), own_sessions(bars, exchange)
    elif exchange is not None:
        raise FlowbtError("--exchange applies to a file of prices: the lake remembers the exchange of each symbol")
    elif lake is not None:
        bars, actions, implied = _of_lake(lake, rows, named, failures)
        exchanges = lake.exchanges(named)
    else:
        raise FlowbtError("levels are compared with prices: name a lake with --lake, or a file with --prices")
    study = evaluate_level_rows(rows, bars, horizons, actions=actions, implied=implied, exchanges=exchanges)
    if not study.symbols:
        raise FlowbtError(
            f"no level of '{path}' ({_period(rows)}) is near a price of its day (prices: {_period(bars)}): name other prices "
            "with --prices"
        )
    study = replace(study, columns=tuple(file.columns), unreadable=file.unreadable)
    return FileLevels(in_words(study), rows, calendar)


def _period(frame: pl.DataFrame) -> str:
    first, last = frame.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    return f"{first} to {last}"


def _of_file(
    path: Path, prices: Path, symbols: Sequence[str], price_column: str | None, date_format: str | None
) -> tuple[pl.DataFrame, None, None]:
    bars = read_price_bars(prices, symbols, price_column=price_column, date_format=date_format)
    if not bars.height:
        raise FlowbtError(f"'{prices}' has no prices of {', '.join(symbols)}, whose levels are in '{path}'")
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
    with_chains = [symbol for symbol in symbols if symbol in lake.symbols()]
    span: Any = rows.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    snapshots = lake.snapshots(with_chains).filter(pl.col("date").is_between(*span)) if with_chains else None
    if snapshots is None or not snapshots.height:
        return bars, lake.actions(symbols), None
    request = Request(tuple(with_chains), span[0], span[1], metrics=(IMPLIED,))
    implied = compute(lake, request, current_catalogue(), lost=None if failures is None else Lost(failures))
    implied = implied.select("symbol", "date", pl.col(IMPLIED).alias("iv"))
    return bars, lake.actions(symbols), implied
