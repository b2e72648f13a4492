"""The daily flow report: what a chain says on one day, by the symbol's own habit, every number with its convention."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import LakeError
from flowbt.flow.day import Clock, Day, read_days, read_history
from flowbt.flow.document import Subject, facts
from flowbt.flow.excluded_flow import EXPIRED, expired_prints
from flowbt.flow.follow_up import Later, contracts_reader, follow_up
from flowbt.flow.ideas import shipped_ideas
from flowbt.flow.prints import read_tape
from flowbt.flow.track_record import record_of
from flowbt.lake import Lake
from flowbt.metrics import Decision, Failures, decision_named
from flowbt.report.flow import with_words
from flowbt.report.flow.conventions import flow_conventions
from flowbt.report.flow.follow_up import follow_up_words
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
) -> dict[str, Any]:
    """The flow and positioning of a symbol on a day (its latest by default), as a document (interface.md).

    Only what was known at the decision is read: after the close of the day, or before the next open (`pre_open`), when its
    open interest has been published. A percentile is the share of the symbol's earlier sessions at or below today's value,
    null before `min_history` of them.

    Args:
        lake: chains, and price bars and a tape where there are any.
        symbol: whose.
        day: the session; the latest by default.
        settings: thresholds of the flow verdict as text, `{"bearish": "0.3"}`.
        decision: `close`, or `pre_open`.
        include_partial: look at snapshots that were taken before their session ended, too.
        levels: prices of somebody's own, by name, to be labelled by their position and watched.
        contracts: contracts that somebody cites, by their symbols: looked up, or refused with the reason.
        follow: add what became of triggers, levels and ideas (`follow_up`), from the sessions after the day.
        reports: where runs lie; those about this verdict that ended by the day are told.

    Raises:
        LakeError: no snapshot of the symbol on that day.
        UnknownNameError: no such decision.
    """
    asked = _Asked(lake, symbol, settings, decision, include_partial, levels, contracts, follow, reports)
    return next(asked.reports_of([asked.day_of(day)]))


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
) -> Iterator[dict[str, Any]]:
    """The reports of a range of days, ascending, each as `flow_report` gives it; arguments as there.

    Raises:
        LakeError: no snapshot of the symbol in the range.
    """
    asked = _Asked(lake, symbol, settings, decision, include_partial, levels, contracts, follow, reports)
    return asked.reports_of(asked.within(first, last))


@dataclass(frozen=True)
class _Asked:
    """A symbol's reports as asked for: what is the same on all days is read once."""

    lake: Lake
    named: str
    settings: Mapping[str, str] | None
    decision: Decision
    include_partial: bool
    levels: Mapping[str, float] | None
    contracts: Sequence[str]
    follow: bool
    reports: Path | None

    @cached_property
    def symbol(self) -> str:
        """Whose, as the lake knows it."""
        return self.lake.require_symbols([self.named])[0]

    @cached_property
    def held(self) -> pl.DataFrame:
        """The snapshots that the lake holds."""
        return self.lake.snapshots([self.symbol])

    @cached_property
    def days(self) -> list[date]:
        """The days that a report can be had for, ascending."""
        looked_at = self.held.filter(pl.lit(self.include_partial) | ~pl.col("partial_day"))
        return looked_at["date"].to_list()

    def within(self, first: date | None, last: date | None) -> list[date]:
        """The days of a range."""
        found = [day for day in self.days if (first is None or day >= first) and (last is None or day <= last)]
        if not found:
            held = f"; there are {self.days[0]} to {self.days[-1]}" if self.days else ""
            raise LakeError(f"no chain of {self.symbol} from {first or 'the start'} to {last or 'the end'}{held}")
        return found

    def day_of(self, day: date | None) -> date:
        """The day asked for, or the latest."""
        held = self.held["date"].to_list()
        if not self.days or (day in held and day not in self.days):
            raise LakeError(
                f"the chain of {self.symbol} on {day or held[-1]} was taken before its session ended: "
                "--include-partial shows it"
            )
        if day is not None and day not in self.days:
            near = max((other for other in self.days if other < day), default=self.days[0])
            raise LakeError(
                f"no chain of {self.symbol} on {day}; the nearest held is {near} (of {self.days[0]} to {self.days[-1]})"
            )
        return day or self.days[-1]

    def reports_of(self, days: Sequence[date]) -> Iterator[dict[str, Any]]:
        """The reports of these days, ascending."""
        lake, symbol = self.lake, self.symbol
        signal = configure(FlowVerdict(), self.settings or {})
        subject = Subject(
            signal,
            shipped_ideas(self.settings),
            self.levels or {},
            self.contracts,
            self.days,
            self.held["date"].to_list(),
            read_tape(lake, symbol, days),
            expired_prints(lake.quarantined_rows(EXPIRED), symbol),
        )
        last = self.days[-1] if self.follow else days[-1]
        clock = Clock(decision_named(self.decision), self.include_partial)
        failures = Failures()
        history = read_history(lake, symbol, last, subject.columns(), clock, failures)
        bars = lake.bars([symbol])
        known = bars if self.follow else bars.filter(pl.col("date") <= last)
        actions, exchanges = lake.actions([symbol]), lake.exchanges([symbol])
        record = record_of(history, subject.ideas, known, actions, exchanges)
        reader = contracts_reader(lake, symbol)
        later = Later(history, bars, record, reader, exchanges[symbol], actions) if self.follow else None
        jumps = self.held.filter("price_jump")["date"].to_list()
        for day in read_days(lake, symbol, days, history, bars, clock, failures, jumps):
            failed = [asdict(metric) for metric in failures.listed(day.date)]
            yield self._told(facts(day, subject, record) | {"failed_metrics": failed}, day, signal, later)

    def _told(self, document: dict[str, Any], day: Day, signal: FlowVerdict, later: Later | None) -> dict[str, Any]:
        runs = runs_about(self.reports, self.lake, day.symbol, day.date, day.decision, signal) if self.reports else []
        told = with_words({**document, "runs": runs, "conventions": flow_conventions(document)})
        if later is not None:
            told["follow_up"] = follow_up_words(told, follow_up(day, told, later))
        return told
