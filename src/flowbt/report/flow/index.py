"""The index of the flow reports of a range of days."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from flowbt.flow.chart_data import SessionFlow
from flowbt.flow.report import VERDICTS, FlowReport
from flowbt.report.flow.figures import premium_figure
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import counted, percent, plain
from flowbt.report.kit.section import WIDE, Page, Section
from flowbt.report.kit.table import Column, Table, words

NO_VERDICT: Final = "no verdict"


class DaySummary(NamedTuple):
    """What the index shows of a day; numbers as in `FlowReport`, and the name of its page."""

    symbol: str
    date: date
    exchange: str
    verdict: str | None
    score: float | None
    spot: float | None
    net_premium: float | None
    put_call_volume_ratio: float | None
    put_call_oi_ratio: float | None
    max_pain_gap: float | None
    gex: float | None
    page: str


def summary_of(report: FlowReport, page: str) -> DaySummary:
    """The summary of a report whose page has this file name."""
    nearest = next(iter(report.max_pain), None)
    return DaySummary(
        symbol=report.symbol,
        date=report.date,
        exchange=report.exchange,
        verdict=report.verdict,
        score=report.score,
        spot=report.spot,
        net_premium=report.flow.net_premium,
        put_call_volume_ratio=report.flow.put_call_volume_ratio,
        put_call_oi_ratio=report.flow.put_call_oi_ratio,
        max_pain_gap=nearest.gap if nearest else None,
        gex=report.positioning.gex,
        page=page,
    )


def index_page(days: Sequence[DaySummary]) -> Page:
    """The index of a symbol's days, given in ascending order: the newest first, each linked to its page."""
    first, last = days[0], days[-1]
    money = Money.on(first.exchange)
    numbers = {name: number for number, name in VERDICTS.items()}
    history = [
        SessionFlow(
            row.date, row.net_premium, row.put_call_volume_ratio, row.score, numbers.get(row.verdict or NO_VERDICT)
        )
        for row in days
    ]
    verdicts = [row.verdict or NO_VERDICT for row in days]
    tally = [f"{verdicts.count(name)} {name}" for name in (*VERDICTS.values(), NO_VERDICT) if name in verdicts]
    command = f"`flowbt evaluate flow_verdict --symbols {first.symbol}`"
    return Page(
        title=f"{first.symbol} flow reports, {first.date} to {last.date}",
        kind="Daily flow reports",
        answer=(f"{', '.join(tally)}. {command} tests whether they predict.",),
        facts=(counted(len(days), "session"),),
        tone="unknown",
        sections=(
            Section("Net premium and verdict", figures=premium_figure(history, money, wide=WIDE)),
            Section("Days", tables=(_table(days[::-1], money),)),
        ),
    )


def _table(days: Sequence[DaySummary], money: Money) -> Table:
    columns: list[Column[DaySummary]] = [
        words("Day", lambda row: str(row.date)),
        words("Verdict", lambda row: row.verdict or "none"),
        Column("Score", lambda row: plain(row.score, signed=True)),
        Column("Net premium", lambda row: money.amount(row.net_premium)),
        Column("P/C volume", lambda row: plain(row.put_call_volume_ratio)),
        Column("P/C OI", lambda row: plain(row.put_call_oi_ratio)),
        Column("Spot", lambda row: money.price(row.spot)),
        Column("Spot vs max pain", lambda row: percent(row.max_pain_gap, signed=True)),
        Column("GEX", lambda row: money.amount(row.gex)),
    ]
    return Table.of("Days", columns, days).linked(*(row.page for row in days))
