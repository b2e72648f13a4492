"""The daily flow report: what one day's chain shows, relative to the symbol's own history, every number with its convention."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from flowbt.errors import LakeError
from flowbt.flow.day import Clock, Day, read_days, read_history
from flowbt.flow.excluded_flow import EXPIRED, expired_prints
from flowbt.flow.follow_up import follow_up
from flowbt.flow.ideas import shipped_ideas
from flowbt.flow.later_sessions import LaterSessions, contracts_reader
from flowbt.flow.prints import read_tape
from flowbt.flow.report import FlowReport, ReportInputs, RunAnswer, report_of
from flowbt.flow.track_record import record_of
from flowbt.lake import Lake
from flowbt.metrics import Decision, Failures, decision_named
from flowbt.report.flow import with_sentences
from flowbt.settings import configure
from flowbt.signals import FlowVerdict
from flowbt.workflows.runs import runs_about


def flow_report(
    lake: Lake,
    symbol: str,
    day: date | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    decision: Decision = "close",
    include_partial: bool = False,
    levels: Mapping[str, float] | None = None,
    contracts: Sequence[str] = (),
    follow: bool = False,
    reports: Path | None = None,
) -> FlowReport:
    """The flow and positioning of a symbol on a day (its latest by default).

    It reads only what was known at the decision: after the close of the day, or before the next open (`pre_open`), when its
    open interest has been published. A percentile is the share of the symbol's earlier sessions at or below today's value,
    null before `min_history` of them.

    Args:
        lake: chains, and price bars and a tape where there are any.
        symbol: whose.
        day: the session; the latest by default.
        settings: thresholds of the flow verdict as text, `{"bearish": "0.3"}`.
        decision: `close`, or `pre_open`.
        include_partial: include snapshots that were taken before their session ended.
        levels: price levels of your own, by name, to be labelled by their position and watched.
        contracts: symbols of contracts to look up, or to refuse with the reason.
        follow: add what happened to triggers, levels and ideas in the sessions after the day (`follow_up`).
        reports: folder of runs; evaluations of this verdict that ended by the day are listed.

    Raises:
        LakeError: no snapshot of the symbol on that day.
        UnknownNameError: no such decision.

    Examples:
        >>> report = flowbt.flow_report(flowbt.Lake("data"), "SYN000")
        >>> report.date
        datetime.date(2025, 12, 31)
        >>> report.verdict in {"bearish", "neutral", "bullish", None}
        True
    """
    requested = _Reports(lake, symbol, settings, decision, include_partial, levels, contracts, follow, reports)
    return next(requested.reports_of([requested.day_of(day)]))


def flow_reports(
    lake: Lake,
    symbol: str,
    first: date | None = None,
    last: date | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    decision: Decision = "close",
    include_partial: bool = False,
    levels: Mapping[str, float] | None = None,
    contracts: Sequence[str] = (),
    follow: bool = False,
    reports: Path | None = None,
) -> Iterator[FlowReport]:
    """The reports of a range of days, ascending, each as `flow_report` gives it; arguments as there.

    Raises:
        LakeError: no snapshot of the symbol in the range.

    Examples:
        >>> reports = flowbt.flow_reports(flowbt.Lake("data"), "SYN000", first=date(2025, 12, 29))
        >>> [report.date.day for report in reports]
        [29, 30, 31]
    """
    requested = _Reports(lake, symbol, settings, decision, include_partial, levels, contracts, follow, reports)
    return requested.reports_of(requested.within(first, last))


@dataclass(frozen=True)
class _Reports:
    """A symbol's reports: what is the same on all days is read once."""

    lake: Lake
    name: str
    settings: Mapping[str, str] | None
    decision: Decision
    include_partial: bool
    levels: Mapping[str, float] | None
    contracts: Sequence[str]
    follow: bool
    reports: Path | None

    @cached_property
    def symbol(self) -> str:
        """The symbol as the lake spells it."""
        return self.lake.require_symbols([self.name])[0]

    @cached_property
    def snapshots(self) -> pl.DataFrame:
        """The snapshots in the lake."""
        return self.lake.snapshots([self.symbol])

    @cached_property
    def days(self) -> list[date]:
        """The days that a report can be made for, ascending."""
        usable = self.snapshots.filter(pl.lit(self.include_partial) | ~pl.col("partial_day"))
        return usable["date"].to_list()

    def within(self, first: date | None, last: date | None) -> list[date]:
        """The days of a range."""
        days = [day for day in self.days if (first is None or day >= first) and (last is None or day <= last)]
        if not days:
            available = f"; there are {self.days[0]} to {self.days[-1]}" if self.days else ""
            raise LakeError(f"no chain of {self.symbol} from {first or 'the start'} to {last or 'the end'}{available}")
        return days

    def day_of(self, day: date | None) -> date:
        """The requested day, or the latest."""
        in_lake = self.snapshots["date"].to_list()
        if not self.days or (day in in_lake and day not in self.days):
            raise LakeError(
                f"the chain of {self.symbol} on {day or in_lake[-1]} was taken before its session ended: "
                "--include-partial shows it"
            )
        if day is not None and day not in self.days:
            near = max((other for other in self.days if other < day), default=self.days[0])
            raise LakeError(
                f"no chain of {self.symbol} on {day}; the nearest is {near} (of {self.days[0]} to {self.days[-1]})"
            )
        return day or self.days[-1]

    def reports_of(self, days: Sequence[date]) -> Iterator[FlowReport]:
        """The reports of these days, ascending."""
        lake, symbol = self.lake, self.symbol
        inputs = ReportInputs(
            configure(FlowVerdict(), self.settings or {}),
            shipped_ideas(self.settings),
            self.levels or {},
            self.contracts,
            self.days,
            self.snapshots["date"].to_list(),
            read_tape(lake, symbol, days),
            expired_prints(lake.quarantined_rows(EXPIRED), symbol),
        )
        last = self.days[-1] if self.follow else days[-1]
        clock = Clock(decision_named(self.decision), self.include_partial)
        failures = Failures()
        history = read_history(lake, symbol, last, inputs.columns(), clock, failures)
        bars = lake.bars([symbol])
        known = bars if self.follow else bars.filter(pl.col("date") <= last)
        actions, exchanges = lake.actions([symbol]), lake.exchanges([symbol])
        record = record_of(history, inputs.ideas, known, actions, exchanges)
        reader = contracts_reader(lake, symbol)
        later = LaterSessions(history, bars, record, reader, exchanges[symbol], actions) if self.follow else None
        jumps = self.snapshots.filter("price_jump")["date"].to_list()
        for day in read_days(lake, symbol, days, history, bars, clock, failures, jumps):
            report = replace(
                report_of(day, inputs, record),
                failed_metrics=tuple(failures.listed(day.date)),
                runs=self._runs(day, inputs.signal),
            )
            if later is not None:
                followed = follow_up(day, report.watch, report.levels.labelled, report.trade_ideas, later)
                report = replace(report, follow_up=followed)
            yield with_sentences(report)

    def _runs(self, day: Day, signal: FlowVerdict) -> tuple[RunAnswer, ...]:
        if self.reports is None:
            return ()
        runs = runs_about(self.reports, self.lake, day.symbol, day.date, day.decision, signal)
        return tuple(RunAnswer(run["run"], run["answer"]) for run in runs)
