"""A symbol's flow report of one day, as a typed result; `.document()` is what `flowbt verdict --json` prints."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from flowbt.calendar import next_session, previous_session
from flowbt.documents import Result, keyed, optional
from flowbt.flow.chart_data import ChartData, chart_data
from flowbt.flow.cited import CitedContract, RefusedContract, cited_contracts
from flowbt.flow.contracts import NotableContract, notable_contracts
from flowbt.flow.day import Day
from flowbt.flow.excluded_flow import ExcludedFlow, excluded_flow
from flowbt.flow.flow_numbers import FlowNumbers, flow_numbers
from flowbt.flow.follow_up import FollowUp
from flowbt.flow.ideas import Idea
from flowbt.flow.levels import Levels, Peaks, levels, peaks
from flowbt.flow.max_pain import MaxPain, max_pain
from flowbt.flow.positioning import Positioning, positioning
from flowbt.flow.prints import Block, Tape, blocks, with_sides
from flowbt.flow.track_record import Record, VerdictRecord
from flowbt.flow.trade_ideas import TradeIdea, trade_ideas
from flowbt.flow.triggers import Trigger, triggers
from flowbt.flow.warnings import DataWarning, data_warnings
from flowbt.metrics import Decision, FailedMetric
from flowbt.settings import flatten
from flowbt.signals import FlowVerdict

VERDICTS: Final = {-1: "bearish", 0: "neutral", 1: "bullish"}
PART: Final = "part: "


@dataclass(frozen=True)
class HistoryLength(Result):
    """Sessions of the symbol up to the day, those before it, those a verdict needs, and those that its z-scores look back on.

    Attributes:
        sessions: with a snapshot up to and including the day.
        earlier: the same without the day itself.
        needed: sessions that a verdict needs.
        lookback: sessions that a score is compared with.
    """

    sessions: int
    earlier: int
    needed: int
    lookback: int


@dataclass(frozen=True)
class RunAnswer(Result):
    """An earlier evaluation run of the same verdict, and its answer.

    Attributes:
        run: name of an evaluation run.
        answer: first paragraph of its answer.
    """

    run: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class FlowReport(Result):
    """The flow and positioning of a symbol on a day; numbers are None where unknown.

    Attributes:
        symbol: the symbol.
        date: the session.
        exchange: the MIC of its exchange, whose currency amounts are in.
        spot: price of the underlying with the chain.
        spot_source: `chain`, `bar` (close of the price bar) or `parity` (implied by put-call parity).
        spot_time: when the chain was quoted.
        close: of the day's price bar.
        change: close over the close of the session before less 1.
        decision: `close`, or `pre_open`: before the next open, when the day's open interest is published.
        verdict: `bearish`, `neutral` or `bullish`; None without one.
        score: from -1 (bearish) to 1 (bullish).
        parts: the score's parts by metric, each a clipped z-score over 3.
        history: how many sessions there are.
        unpublished: the session before whose open the day's open interest is published, where that is not in the lake yet.
        flow: what traded.
        notable: contracts that stand out.
        cited: contracts that the user cites.
        prints: the largest blocks of the tape.
        warnings: what limits the day's numbers.
        positioning: open interest and the exposures it implies.
        max_pain: of the next expiries.
        max_pain_flat: whether it is the same for the next expiries.
        levels: price levels.
        peaks: where this Friday's open interest peaks.
        noise: what is discounted.
        watch: triggers of the next sessions.
        trade_ideas: the bundled strategies' plans.
        record: how often the verdict was right before.
        charts: the rows that charts are drawn from (key `pictures`).
        parameters: of the flow verdict.
        newer_report: the last day that a report is available for, where that is later.
        failed_metrics: metrics that could not be computed on the day.
        runs: evaluations of the same verdict that ended by the day.
        conventions: what the numbers assume, by name; empty before the report is worded, like the next two.
        reasons: of the verdict.
        conclusions: key conclusions.
        follow_up: what happened afterwards; None where not requested.
    """

    symbol: str
    date: dt.date
    exchange: str
    spot: float | None
    spot_source: str | None
    spot_time: dt.datetime | None
    close: float | None
    change: float | None
    decision: Decision
    verdict: str | None
    score: float | None
    parts: Mapping[str, float | None]
    history: HistoryLength
    unpublished: dt.date | None
    flow: FlowNumbers
    notable: tuple[NotableContract, ...]
    cited: tuple[CitedContract | RefusedContract, ...]
    prints: tuple[Block, ...]
    warnings: tuple[DataWarning, ...]
    positioning: Positioning
    max_pain: tuple[MaxPain, ...]
    max_pain_flat: bool | None
    levels: Levels
    peaks: Peaks
    noise: tuple[ExcludedFlow, ...]
    watch: tuple[Trigger, ...]
    trade_ideas: tuple[TradeIdea, ...]
    record: VerdictRecord
    charts: ChartData = keyed("pictures")
    parameters: Mapping[str, Any]
    newer_report: dt.date | None
    failed_metrics: tuple[FailedMetric, ...] = ()
    runs: tuple[RunAnswer, ...] = ()
    conventions: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    follow_up: FollowUp | None = optional()


@dataclass(frozen=True)
class ReportInputs:
    """What all days of a report have in common.

    Attributes:
        signal: the flow verdict with its thresholds.
        ideas: the trade ideas.
        own_levels: price levels of the user, by name.
        cited: symbols of contracts that the user cites.
        days: all days of the symbol that a report can be made for, ascending.
        snapshots: all days in the lake, partial ones too.
        tape: a summary of the tape of the requested days.
        rejected: prints that were set aside (`flowbt.flow.excluded_flow.expired_prints`).
    """

    signal: FlowVerdict
    ideas: Sequence[Idea]
    own_levels: Mapping[str, float] = field(default_factory=dict)
    cited: Sequence[str] = ()
    days: Sequence[dt.date] = ()
    snapshots: Sequence[dt.date] = ()
    tape: Tape = field(default_factory=Tape)
    rejected: pl.DataFrame = field(default_factory=pl.DataFrame)

    def columns(self) -> dict[str, pl.Expr]:
        """The columns of the history that it needs in addition to the metrics."""
        columns = {**self.signal.columns(), **{PART + name: part for name, part in self.signal.parts().items()}}
        for idea in self.ideas:
            columns |= idea.columns()
        return columns


def report_of(day: Day, inputs: ReportInputs, record: Record) -> FlowReport:
    """The facts of a day, without sentences."""
    today, signal = day.today, inputs.signal
    notable = with_sides(day, notable_contracts(day), inputs.tape)
    cited = cited_contracts(day, inputs.cited)
    levels_of_day = levels(day, inputs.own_levels)
    following = next_session(day.date, day.exchange)
    is_unpublished = day.decision == "pre_open" and day.oi_lag == 1 and following not in inputs.snapshots
    return FlowReport(
        symbol=day.symbol,
        date=day.date,
        exchange=day.exchange,
        spot=day.spot,
        spot_source=today["spot_source"],
        spot_time=day.quote_time,
        close=day.bar.get("close"),
        change=_change(day),
        decision=day.decision,
        verdict=VERDICTS.get(today["verdict"]),
        score=today["score"],
        parts={name.removeprefix(PART): today[name] for name in today if name.startswith(PART)},
        history=HistoryLength(
            day.history.height, day.history.height - 1, needed=signal.min_history + 1, lookback=signal.lookback
        ),
        unpublished=following if is_unpublished else None,
        flow=flow_numbers(day, signal.min_history),
        notable=notable,
        cited=cited,
        prints=blocks(day, inputs.tape),
        warnings=data_warnings(day),
        positioning=positioning(day),
        max_pain=max_pain(day),
        max_pain_flat=today["max_pain_flat"],
        levels=levels_of_day,
        peaks=peaks(day),
        noise=excluded_flow(day, notable, cited, inputs.rejected),
        watch=triggers(day, notable, levels_of_day.labelled),
        trade_ideas=tuple(
            replace(idea, record=record.of_idea(idea.idea, day.date)) for idea in trade_ideas(day, inputs.ideas)
        ),
        record=record.of_verdict(day.date),
        charts=chart_data(day),
        parameters=flatten(signal),
        newer_report=inputs.days[-1] if inputs.days[-1] > day.date else None,
    )


def _change(day: Day) -> float | None:
    """Close over the close of the session before, less 1; None unless both have a bar."""
    before = day.bars.filter(pl.col("date") == previous_session(day.date, day.exchange))["close"].to_list()
    close = day.bar.get("close")
    return float(close / before[0] - 1) if before and before[0] and close is not None else None
