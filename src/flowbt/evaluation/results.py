"""What `flowbt.evaluate_signal` and `flowbt.evaluate_series` return, and `flowbt evaluate --json` prints."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from flowbt.documents import Result, keyed, optional
from flowbt.evaluation.evaluate import PanelEvaluation
from flowbt.evaluation.evaluate_series import SeriesPanelEvaluation
from flowbt.evaluation.forward_returns import Entry
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.evaluation.price_calendar import PriceCalendar
from flowbt.evaluation.return_definition import ReturnDefinition
from flowbt.metrics import Decision, FailedMetric


@dataclass(frozen=True, kw_only=True)
class EvaluatedSignal(Result):
    """Which signal was evaluated, and on what.

    Attributes:
        signal: its name.
        description: its idea, in a sentence.
        parameters: its thresholds.
        symbols: with chains and bars.
        first: first day with a snapshot.
        last: last day with one.
        prices_to: last day with a price of any of the symbols.
        sessions: days with a verdict.
        decision: when it is decided.
        entry: where a return starts.
        exchanges: the MIC of each symbol.
        returns: which returns were used.
    """

    signal: str
    description: str
    parameters: Mapping[str, Any]
    symbols: tuple[str, ...]
    first: date = keyed("from")
    last: date = keyed("to")
    prices_to: date
    sessions: int
    decision: Decision
    entry: Entry
    exchanges: Mapping[str, str]
    returns: ReturnDefinition


@dataclass(frozen=True, kw_only=True)
class SignalEvaluation(PanelEvaluation, EvaluatedSignal):
    """Whether the verdicts of a signal predict: subject, measurements, and the answer in words.

    Attributes:
        levels: of the price, where the signal has any.
        failed_metrics: metrics that could not be computed.
        answer: in paragraphs, with a blank line between them.
        run: name of the run, where it was written.
        report: path of its page, likewise.
    """

    levels: LevelStudy | None = optional()
    failed_metrics: tuple[FailedMetric, ...] = ()
    answer: str = ""
    run: str | None = optional()
    report: str | None = optional()


@dataclass(frozen=True, kw_only=True)
class EvaluatedSeries(Result):
    """Which series was evaluated, and on what.

    Attributes:
        series: name of its file.
        column: of the file.
        prices: name of the file with the prices.
        first: first day with a value and a price.
        last: last day with one.
        sessions: from the first to the last.
        unreadable: rows of the files that could not be read.
        without_price: days of the series that have no price.
        entry: where a return starts.
        calendar: whose sessions were counted.
        returns: which returns were used.
    """

    series: str
    column: str
    prices: str
    first: date = keyed("from")
    last: date = keyed("to")
    sessions: int
    unreadable: int
    without_price: int
    entry: Entry
    calendar: PriceCalendar
    returns: ReturnDefinition


@dataclass(frozen=True, kw_only=True)
class SeriesEvaluation(SeriesPanelEvaluation, EvaluatedSeries):
    """Whether a series predicts: subject, measurements, and the answer in words.

    Attributes:
        answer: in paragraphs, with a blank line between them.
        run: name of the run, where it was written.
        report: path of its page, likewise.
    """

    answer: str = ""
    run: str | None = optional()
    report: str | None = optional()


def attributes(result: Result) -> dict[str, Any]:
    """The fields of a result by name, to build one that extends it."""
    return {each.name: getattr(result, each.name) for each in fields(result)}  # type: ignore[arg-type] # all are dataclasses
