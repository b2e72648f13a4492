"""The sentences that belong to a flow report's document: templates over computed facts, none without a number behind it."""

from dataclasses import replace

from flowbt.flow.cited import CitedContract
from flowbt.flow.report import FlowReport
from flowbt.report.flow.conclusions import conclusions
from flowbt.report.flow.excluded_flow import with_reason
from flowbt.report.flow.follow_up import worded_follow_up
from flowbt.report.flow.method import conventions
from flowbt.report.flow.money import Money
from flowbt.report.flow.read_through import block_read_through, read_through
from flowbt.report.flow.triggers import worded_trigger
from flowbt.report.flow.verdict import reasons


def with_sentences(report: FlowReport) -> FlowReport:
    """The report with its sentences: reasons, read-throughs, noise, triggers, conclusions, conventions and follow-up."""
    money, day, gex = Money.on(report.exchange), report.date, report.positioning.gex
    worded = replace(
        report,
        conventions=conventions(report, money),
        reasons=reasons(report),
        notable=tuple(replace(row, read_through=read_through(row, day, money)) for row in report.notable),
        cited=tuple(
            replace(row, read_through=read_through(row, day, money)) if isinstance(row, CitedContract) else row
            for row in report.cited
        ),
        prints=tuple(replace(row, read_through=block_read_through(row, day)) for row in report.prints),
        noise=tuple(with_reason(row, money) for row in report.noise),
        watch=tuple(worded_trigger(row, gex, money) for row in report.watch),
    )
    return replace(worded, conclusions=conclusions(worded, money), follow_up=worded_follow_up(worded, money))
