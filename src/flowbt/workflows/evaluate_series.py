"""Does a series from a file predict a price? Its values against what the price did next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.evaluation.evaluate_series import evaluate_series_panel
from flowbt.evaluation.forward_returns import Entry, outcomes_of
from flowbt.evaluation.panel import Panel, panel_of
from flowbt.evaluation.price_calendar import own_sessions, price_calendar
from flowbt.evaluation.results import SeriesEvaluation, attributes
from flowbt.report.evaluation.page import series_page
from flowbt.report.evaluation.series_answer import series_answer
from flowbt.workflows.evaluate import checked_horizons, returns_of_panel, written
from flowbt.workflows.runs import hashed, manifest
from flowbt.workflows.user_series import read_series


def evaluate_series(
    path: str | Path,
    column: str,
    *,
    date_column: str | None = None,
    date_format: str | None = None,
    prices: str | Path | None = None,
    price_column: str | None = None,
    buckets: int = 5,
    horizons: Sequence[int] = (1,),
    first: date | None = None,
    last: date | None = None,
    entry: Entry | None = None,
    exchange: str | None = None,
    reports: Path | None = None,
) -> SeriesEvaluation:
    """Evaluate whether a series from a file predicts a price: buckets, correlation, added value, and significance.

    Args:
        path: a file with a date and the series.
        column: which of its columns it is.
        date_column: its dates; the usual names by default.
        date_format: how dates are written, where the file leaves a doubt.
        prices: a file with prices; by default the series' own.
        price_column: its price, taken as the close; by default the file's bars, or its column close or price.
        buckets: how many at most, quantiles of the whole sample; the first holds the lowest values. A series of no more
            distinct values has one bucket for each.
        horizons: in sessions; the buckets are of the first.
        first: first day whose value counts.
        last: last day whose value counts; prices after it are still used for what followed.
        entry: where a return starts; by default the next open, or the next close where there are no opens.
        exchange: the MIC of the exchange whose sessions count; by default each day of the price file is a session.
        reports: where to write the run; None writes nothing.

    Examples:
        A published indicator needs no option chains, only its dates, its values and prices:

        >>> bars = flowbt.Lake("data").bars(["SYN000"])
        >>> bars.select("date", "close", range=pl.col("high") / pl.col("low")).write_csv("series.csv")
        >>> result = flowbt.evaluate_series("series.csv", "range", price_column="close", buckets=3)
        >>> [bucket.n for bucket in result.buckets]
        [113, 112, 113]
    """
    path, prices = Path(path), None if prices is None else Path(prices)
    horizons = checked_horizons(horizons)
    series = read_series(
        path, column, date_column=date_column, date_format=date_format, prices=prices, price_column=price_column
    )
    opens = series.bars["open"].null_count() == 0
    if entry == "next_open" and not opens:
        raise FlowbtError(f"'{prices or path}' has no opens on some days: use --entry next_close, or close")
    start: Entry = entry or ("next_open" if opens else "next_close")
    values = series.values.filter(pl.col("date").is_between(first or date.min, last or date.max))
    panel = panel_of(values, outcomes_of(series.bars, start, exchanges=own_sessions(series.bars, exchange)))
    _require_outcomes(panel, horizons)
    named = {symbol: exchange for symbol in panel.symbols if exchange is not None}
    evaluation = SeriesEvaluation(
        **attributes(evaluate_series_panel(panel, horizons, buckets, named)),
        series=path.name,
        column=column,
        prices=(prices or path).name,
        first=panel.dates[0],
        last=panel.dates[-1],
        sessions=panel.score.shape[0],
        unreadable=series.unreadable,
        without_price=series.without_price,
        entry=start,
        calendar=price_calendar(series.bars, exchange),
        returns=returns_of_panel(panel, series.bars, None, horizons),
    )
    asked = {
        "column": column,
        "date_column": date_column,
        "date_format": date_format,
        "price_column": price_column,
        "buckets": buckets,
        "horizons": list(horizons),
        "from": first,
        "to": last,
        "entry": start,
        "exchange": exchange,
        "series": hashed(path),
        "prices": hashed(prices or path),
    }
    facts = manifest(None, "evaluate", f"{path.stem}-{column}", asked)
    evaluation = replace(evaluation, answer=series_answer(evaluation))
    return written(evaluation, series_page, facts, {"series": values}, reports)


def _require_outcomes(panel: Panel, horizons: Sequence[int]) -> None:
    """Refuse a series of which no value has a price to follow it."""
    if not len(panel.dates):
        raise FlowbtError("the series has no value on a day with a price")
    if len(panel.outcomes.dates) <= horizons[0] + 1:
        raise FlowbtError(f"{len(panel.outcomes.dates)} prices are too few for a horizon of {horizons[0]} sessions")
