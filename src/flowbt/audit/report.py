"""What `flowbt.check_strategy` returns and `flowbt check --json` prints, and its answer in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flowbt.audit.findings import CheckResult
from flowbt.documents import Result, keyed, optional
from flowbt.metrics import Decision

SYNTHETIC: Final = "synthetic"
"""Stands for the address of a lake where the synthetic market was used."""


@dataclass(frozen=True, kw_only=True)
class AuditReport(Result):
    """Whether a strategy, a signal or metrics look ahead.

    Attributes:
        strategy: name of what was checked.
        kind: `strategy`, `signal` or `metric`.
        file: that defines it; None where it is bundled or was given as an object.
        description: its idea, in a paragraph; None for a file of metrics.
        parameters: of a strategy or signal; None for metrics.
        market: address of the lake; `synthetic` for the embedded market.
        symbols: that were used.
        symbols_left_out: number of symbols of the lake that were not used.
        first: first session; the key is `from`.
        last: last session; the key is `to`.
        sessions: number of sessions.
        decision: `close`, or `pre_open` where the decision is before the next open.
        asks: entries a strategy asks for, or verdicts of a signal that are not neutral; None for metrics.
        without_value: columns and metrics without any value, which could not be judged.
        ok: whether all checks passed.
        checks: their results.
        answer: in words.
    """

    strategy: str
    kind: str
    file: str | None = optional()
    description: str | None = optional()
    parameters: Mapping[str, Any] | None = optional()
    market: str
    symbols: tuple[str, ...]
    symbols_left_out: int
    first: date = keyed("from")
    last: date = keyed("to")
    sessions: int
    decision: Decision
    asks: int | None
    without_value: tuple[str, ...]
    ok: bool
    checks: tuple[CheckResult, ...]
    answer: str = ""


def audit_answer(report: AuditReport) -> str:
    """Whether it looks ahead, what shows it, and what was tested."""
    failed = [check for check in report.checks if not check.ok]
    if failed:
        ahead = any(check.name != "start_truncation" for check in failed)
        verdict = "looks ahead" if ahead else "needs more history than the declared warm-up"
        return f"{report.strategy} {verdict}. {failed[0].detail} Tested on {_tested_on(report)}."
    parts = [f"{report.strategy} shows no look-ahead. Tested on {_tested_on(report)}."]
    if report.asks == 0:
        what = "asks for a trade" if report.kind == "strategy" else "takes a side"
        parts.append(
            f"It never {what} there, so the test says little: use data where it does, with --lake and --symbols."
        )
    if report.without_value:
        parts.append(f"Not judged, because without any value there: {', '.join(report.without_value)}.")
    return " ".join(parts)


def _tested_on(report: AuditReport) -> str:
    market = "the embedded synthetic market" if report.market == SYNTHETIC else f"the lake at '{report.market}'"
    more = f" ({report.symbols_left_out} more left out: choose with --symbols)" if report.symbols_left_out else ""
    when = "after the close" if report.decision == "close" else "before the next open"
    return (
        f"{', '.join(report.symbols)}{more} of {market}, {report.sessions} sessions from {report.first} to {report.last}, "
        f"decided {when}"
    )
