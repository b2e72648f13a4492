"""The flow report as a page of sections, in the order in which they are read."""

from typing import Final

from flowbt.flow.report import FlowReport
from flowbt.report.flow.amounts import day_of, time_of
from flowbt.report.flow.excluded_flow import noise_section
from flowbt.report.flow.flow_numbers import flow_section
from flowbt.report.flow.follow_up import follow_up_section
from flowbt.report.flow.levels import levels_section
from flowbt.report.flow.method import method_section
from flowbt.report.flow.money import Money
from flowbt.report.flow.notable import notable_section
from flowbt.report.flow.positioning import positioning_section
from flowbt.report.flow.trade_ideas import ideas_section
from flowbt.report.flow.triggers import watch_section
from flowbt.report.flow.verdict import verdict_line, verdict_section
from flowbt.report.flow.warnings import warnings_section
from flowbt.report.kit.formats import percent
from flowbt.report.kit.not_computed import not_computed
from flowbt.report.kit.section import Links, Page

SPOT_SOURCES: Final = {"bar": " (close of the price bar)", "parity": " (implied by put-call parity)"}
"""Added to a spot that is not the chain's own."""
ALONE: Final = Links()


def flow_page(report: FlowReport, links: Links = ALONE) -> Page:
    """The page of a report.

    Args:
        report: of a day, with its sentences (`flowbt.report.flow.with_sentences`).
        links: to the pages of the days around it.
    """
    money = Money.on(report.exchange)
    return Page(
        title=f"{report.symbol} flow report, {report.date}",
        kind="Daily flow report",
        answer=(verdict_line(report), *report.conclusions),
        facts=(price_line(report, money), newer_line(report)),
        tone=report.verdict or "unknown",
        sections=(
            warnings_section(report, money),
            verdict_section(report),
            flow_section(report, money),
            notable_section(report, money),
            positioning_section(report, money),
            noise_section(report),
            levels_section(report, money),
            ideas_section(report, money),
            watch_section(report),
            follow_up_section(report, money),
            method_section(report),
            not_computed(report.failed_metrics),
        ),
        links=links,
    )


def price_line(report: FlowReport, money: Money) -> str:
    """The spot with its time or source, and the close: `Spot $253.10 at 16:15 New York time; close $252.90 (−0.40% on the day)`."""
    if report.spot is None:
        spot = "Spot unknown"
    else:
        at = " (the source gives no time)"
        if report.spot_time is not None:
            at = f" at {time_of(report.spot_time, report.exchange)}"
        spot = f"Spot {money.quote(report.spot)}{SPOT_SOURCES.get(report.spot_source or '', at)}"
    if report.close is None:
        return spot
    change = f" ({percent(report.change, 2, signed=True)} on the day)" if report.change is not None else ""
    return f"{spot}; close {money.quote(report.close)}{change}"


def newer_line(report: FlowReport) -> str:
    """The date of a newer report, if there is one."""
    return f"A newer report is available for {day_of(report.newer_report)}" if report.newer_report else ""
