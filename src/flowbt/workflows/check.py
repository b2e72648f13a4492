"""Does it look ahead? Strategies, signals and metrics, on a lake or on a small synthetic market (`flowbt.audit`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from flowbt.audit import SYNTHETIC, Audit, AuditReport, CheckResult, Subject, audit_answer, run_audit, write_market
from flowbt.audit.checks import reads_open_interest
from flowbt.lake import Lake
from flowbt.lake.oi_lag import detect_oi_lag
from flowbt.metrics import Decision, Metric
from flowbt.signals import Signal
from flowbt.strategy import Strategy
from flowbt.workflows.check_subject import subject_of

MOST_SYMBOLS: Final = 5
"""Symbols of a lake that are used, unless they are named."""
SESSIONS_FOR_LAG: Final = 21


def check_strategy(
    what: str | Path | Strategy | Signal | Metric,
    lake: Lake | None = None,
    *,
    symbols: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    settings: Mapping[str, str] | None = None,
    decision: Decision = "close",
    warm_up: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Whether anything that a strategy, a signal or a metric computes depends on future data.

    Args:
        what: a strategy, signal or metric; a file that defines any of them; or the name of a signal or of a metric,
            `gex`, `gex(unit=shares_1pt)` or `gex[dte<=7]`.
        lake: to test on; None: a small synthetic market.
        symbols: by default all of the synthetic market, and at most `MOST_SYMBOLS` of a lake.
        first: first day of the chains; by default the last 500 sessions are used.
        last: last day.
        settings: thresholds as text, `{"hold": "5", "signal.bearish": "0.3"}`.
        decision: `close`, or `pre_open` to decide before the next open with the open interest published that morning.
        warm_up: sessions after which its values must not depend on where the history begins; measured in any case.
        progress: called with the number of checks done, and of all.

    Returns:
        Each check that failed names the column or metric, the first date that changed, its value before and after, and the
        cut that showed it.

    Raises:
        FlowbtError: there is no such thing, it cannot be computed, or it has no value there.

    Examples:
        >>> report = flowbt.check_strategy("strategies/bearish_verdict.py")
        >>> report.ok
        True
        >>> [check.name for check in report.checks if not check.ok]
        []
    """
    checked = subject_of(what, settings or {})
    subject = checked.subject
    with _market(lake) as market:
        known = market.require_symbols(symbols)
        wanted = known if symbols or lake is None else known[:MOST_SYMBOLS]
        audit = run_audit(
            subject, market, wanted, first=first, last=last, decision=decision, warm_up=warm_up, progress=progress
        )
        checks = audit.checks if lake is None else (*audit.checks, *_open_interest_dates(subject, market, audit))
    report = AuditReport(
        strategy=subject.name,
        kind=subject.kind,
        file=checked.file,
        description=checked.description,
        parameters=checked.parameters,
        market=SYNTHETIC if lake is None else lake.where,
        symbols=audit.symbols,
        symbols_left_out=len(known) - len(wanted),
        first=audit.first,
        last=audit.last,
        sessions=audit.sessions,
        decision=decision,
        asks=audit.asks,
        without_value=audit.silent,
        ok=all(check.ok for check in checks),
        checks=checks,
    )
    return replace(report, answer=audit_answer(report))


@contextmanager
def _market(lake: Lake | None) -> Iterator[Lake]:
    if lake is not None:
        yield lake
        return
    with TemporaryDirectory(prefix="flowbt-check-") as folder:
        yield write_market(Path(folder))


def _open_interest_dates(subject: Subject, lake: Lake, audit: Audit) -> tuple[CheckResult, ...]:
    """Whether rows declared to contain the open interest of the close before do, judged by the volume."""
    if not reads_open_interest(subject):
        return ()
    declared = lake.contents().filter(pl.col("date").is_between(audit.first, audit.last))
    wrong = []
    for symbol in audit.symbols:
        rows = declared.filter(pl.col("symbol") == symbol).tail(SESSIONS_FOR_LAG)
        if rows["oi_lag"].eq_missing(1).any() and detect_oi_lag(lake, symbol, rows["date"].to_list()) == 0:
            wrong.append(symbol)
    name = "open_interest_dates"
    if not wrong:
        detail = "No row has later open interest than declared, as far as volume shows."
        return (CheckResult(name, ok=True, detail=detail),)
    detail = (
        f"Rows of {', '.join(wrong)} are declared to contain the open interest of the close before, but by the volume it is that "
        "of their own day, which was published the morning after: ingest the files again with --oi-lag 0."
    )
    return (CheckResult(name, ok=False, detail=detail),)
