"""What `flowbt.evaluate_levels` returns, and `flowbt evaluate --levels FILE --json` prints."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from flowbt.documents import Result, keyed, optional
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.evaluation.price_calendar import PriceCalendar
from flowbt.metrics import FailedMetric


@dataclass(frozen=True, kw_only=True)
class LevelEvaluation(Result):
    """Whether the levels of a file attract or stop the price, compared with placebo levels.

    Attributes:
        levels_file: name of the file of levels.
        prices: name of the file of prices; None where they are the lake's.
        symbols: with levels that have prices, ascending.
        first: first day with such a level; the key is `from`.
        last: last day with one; the key is `to`.
        sessions: number of days with levels in the file.
        entry: levels are known at the `close` of their day.
        calendar: the sessions of a file of prices; None where prices are the lake's.
        horizons: empty: a level gives no verdict on direction, so there is no hit rate by horizon.
        levels: the study.
        failed_metrics: metrics that could not be computed.
        answer: in words, paragraphs separated by a blank line.
        run: name of the run, where it was written.
        report: path of its page, likewise.
    """

    levels_file: str
    prices: str | None
    symbols: tuple[str, ...]
    first: date | None = keyed("from")
    last: date | None = keyed("to")
    sessions: int
    entry: Literal["close"] = "close"
    calendar: PriceCalendar | None
    horizons: tuple[()] = ()
    levels: LevelStudy
    failed_metrics: tuple[FailedMetric, ...] = ()
    answer: str = ""
    run: str | None = optional()
    report: str | None = optional()
