"""The verdict, its reasons, and earlier runs that tested it."""

from typing import Final

from flowbt.flow.report import FlowReport
from flowbt.report.flow.amounts import count
from flowbt.report.kit.formats import counted, plain
from flowbt.report.kit.section import Item, Section

SCORE_PARTS: Final = {
    "net_premium_ratio": "net premium ratio",
    "put_call_volume_ratio": "put/call volume ratio",
    "put_call_oi_ratio_change": "change of the put/call open interest ratio",
}
CLIPPED_AT: Final = 3
"""Standard deviations at which a part of the score is clipped to 1."""


def verdict_section(report: FlowReport) -> Section:
    """Why the verdict is what it is."""
    reasons = [Item("", reason) for reason in report.reasons]
    runs = [Item(f"Run {run.run}", run.answer) for run in report.runs]
    return Section("Reasons", items=(*reasons, *runs), brief=True)


def verdict_line(report: FlowReport) -> str:
    """`BEARISH (score −0.62, from −1 bearish to +1 bullish)`."""
    verdict = (report.verdict or "no verdict").upper()
    if report.score is None:
        return verdict
    return f"{verdict} (score {score_text(report)}, from −1 bearish to +1 bullish)"


def score_text(report: FlowReport) -> str:
    """The score: `−0.62`, and `−0.246` where two digits would make it look like a threshold."""
    if report.score is None:
        return "n/a"
    thresholds = {round(-report.parameters["bearish"], 2), round(report.parameters["bullish"], 2)}
    return plain(report.score, 3 if round(report.score, 2) in thresholds else 2, signed=True)


def reasons(report: FlowReport) -> tuple[str, ...]:
    """The parts of the score, the heaviest first, or why there is no verdict."""
    unpublished = []
    if report.unpublished:
        unpublished.append(
            f"the open interest of the close of {report.date} is not known: it is published before the open of "
            f"{report.unpublished}, whose chain is not in the lake"
        )
    if report.score is None:
        return (*unpublished, _no_verdict(report))
    lookback = count(min(report.history.lookback, report.history.earlier))
    known = [(name, part) for name, part in report.parts.items() if part is not None]
    return (
        *unpublished,
        *(_part(name, part, lookback) for name, part in sorted(known, key=lambda item: -abs(item[1]))),
    )


def _part(name: str, part: float, lookback: str) -> str:
    side = "bullish" if part > 0 else "bearish"
    clipped = " (clipped)" if abs(part) >= 1 else ""
    deviations = f"{abs(part) * CLIPPED_AT:.1f} standard deviations"
    return f"{SCORE_PARTS[name]}: {deviations} more {side} than its {lookback}-session average{clipped}"


def _no_verdict(report: FlowReport) -> str:
    history = report.history
    if history.sessions < history.needed:
        return f"too little history: {counted(history.sessions, 'session')} in the lake, {history.needed} needed"
    missing = [SCORE_PARTS[name] for name, part in report.parts.items() if part is None]
    return f"unknown on this day, or in too many of the sessions before: {', '.join(missing)}"
