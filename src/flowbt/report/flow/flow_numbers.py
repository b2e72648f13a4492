"""What traded, relative to the symbol's own history."""

from typing import Final

from flowbt.flow.report import FlowReport
from flowbt.report.flow.amounts import count, rank
from flowbt.report.flow.figures import premium_figure
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import percent, plain
from flowbt.report.kit.section import Fact, Section

UNKNOWN: Final = "unknown"
UNUSUAL: Final = (0.05, 0.95)
"""Percentiles at or beyond these are called unusual."""


def flow_section(report: FlowReport, money: Money) -> Section:
    """The day's flow with its percentiles, and the net premium of the sessions before."""
    flow, earlier = report.flow, report.history.earlier
    net = flow.net_premium
    volume = f"{count(flow.call_volume)} calls, {count(flow.put_volume)} puts"
    ratios = "put/call ratio of volume over that of open interest"
    facts = [
        _fact(
            "Net premium",
            net,
            f"{money.amount(net)} on {money.amount(flow.gross_premium)} gross{_leaning(net)}"
            f"{_ranked(flow.net_premium_percentile, earlier)}",
        ),
        _fact("Out of the money", flow.net_premium_otm, money.amount(flow.net_premium_otm)),
        _fact(
            "P/C volume ratio",
            flow.put_call_volume_ratio,
            f"{plain(flow.put_call_volume_ratio)}{_ranked(flow.put_call_volume_percentile, earlier)}",
        ),
        _fact(
            "P/C OI ratio",
            flow.put_call_oi_ratio,
            f"{plain(flow.put_call_oi_ratio)}{_ranked(flow.put_call_oi_percentile, earlier)}",
        ),
        _fact("Volume", flow.call_volume, volume),
        _fact("Flow to stock", flow.flow_to_stock_ratio, f"{plain(flow.flow_to_stock_ratio)} ({ratios})"),
    ]
    if flow.net_premium_signed is not None:
        covered = f"{percent(flow.signed_premium_coverage, 0)} of the tape's premium has a known side"
        facts.insert(1, Fact("Signed by tape", f"{money.amount(flow.net_premium_signed)} ({covered})"))
    return Section("Flow summary", facts=tuple(facts), figures=premium_figure(report.charts.history, money))


def _fact(name: str, value: float | None, text: str) -> Fact:
    return Fact(name, UNKNOWN if value is None else text)


def _leaning(net_premium: float | None) -> str:
    return "" if not net_premium else ", bearish" if net_premium < 0 else ", bullish"


def _ranked(percentile: float | None, earlier: int) -> str:
    """The percentile in brackets, and whether it is unusual."""
    place = rank(percentile, earlier)
    if percentile is not None and not UNUSUAL[0] < percentile < UNUSUAL[1]:
        place += ", unusually high" if percentile >= UNUSUAL[1] else ", unusually low"
    return f" ({place})"
