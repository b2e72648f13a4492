"""From the differences that the checks found to their results in words: which column, which day, and the value before and after."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flowbt.audit.checks import Findings, reads_open_interest
from flowbt.audit.compare import ROWS, Difference
from flowbt.audit.target import FINER, Subject
from flowbt.audit.warm_up import WarmUp
from flowbt.documents import Result
from flowbt.errors import FlowbtError

MOST_NAMED: Final = 5


@dataclass(frozen=True)
class FirstChange(Result):
    """The first value that changed when data were altered.

    Attributes:
        column: of the plan or signal, or the metric.
        metric: the same where it is a metric; None for a column of a plan or signal.
        symbol: of the value.
        date: of the value: the first on which the column changed.
        was: the value with the data unchanged; None is a null.
        became: the value with the data altered.
        cut: the day after which data were altered.
    """

    column: str
    metric: str | None
    symbol: str
    date: datetime.date
    was: Any
    became: Any
    cut: datetime.date


@dataclass(frozen=True)
class CheckResult(Result):
    """The result of one check of an audit.

    Attributes:
        name: `prefix_invariance`, `future_poison`, `two_clocks`, `start_truncation` or `open_interest_dates`.
        ok: whether it passed.
        detail: what was tested, or what was found, in words.
        first_change: of the column or metric that causes the failure; None where no value changed. Its keys are those of
            the check's document.
        changed: all columns and metrics that changed.
    """

    name: str
    ok: bool
    detail: str
    first_change: FirstChange | None = None
    changed: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The check as a JSON document, the first change among its own keys."""
        first = {} if self.first_change is None else self.first_change.document()
        return {"name": self.name, "ok": self.ok, "detail": self.detail, **first, "changed": list(self.changed)}


def judged(
    name: str, subject: Subject, findings: Findings, passed: str, unstable: Mapping[str, Difference] | None = None
) -> CheckResult:
    """A check for look-ahead.

    Args:
        name: of the check.
        subject: what was audited.
        findings: what differed.
        passed: the detail where nothing did.
        unstable: columns that differ although nothing was altered, so that they cannot be judged.

    Raises:
        FlowbtError: nothing could be computed, so that nothing can be judged.
    """
    if findings.not_computed and not findings.cuts:
        raise FlowbtError(f"{subject.name} cannot be checked ({name}): {next(iter(findings.not_computed))}")
    changed = findings.differences.earliest
    rounded = [plain(column) for column in findings.differences.rounding - set(changed)]
    remarks = [f"Not computed: {reason}." for reason in list(findings.not_computed)[:2]]
    if rounded:
        remarks.append(f"The last bits of {_listed(rounded)} depend on the number of rows, which is rounding.")
    if not changed:
        return CheckResult(name, ok=True, detail=" ".join([passed, *remarks]))
    roots = root_causes(subject, changed)
    first = (unstable or {}).get(roots[0], changed[roots[0]])
    parts = [
        _unstable(subject, first) if unstable and roots[0] in unstable else _looks_ahead(subject, first, findings),
        f"So does {_listed([called(subject, other) for other in roots[1:]])}." if roots[1:] else "",
        _computed_from_it(subject, roots[0], changed),
        *remarks,
    ]
    detail = " ".join(filter(None, parts))
    return CheckResult(name, False, detail, _first_change(subject, first), tuple(map(plain, changed)))


def judged_clocks(subject: Subject, findings: Findings, unstable: Mapping[str, Difference]) -> CheckResult:
    """The check of when open interest is known."""
    if not reads_open_interest(subject):
        return CheckResult("two_clocks", ok=True, detail="It reads no open interest.")
    passed = (
        "Nothing changed when open interest that is published after the decision was changed, at the close and before the open, "
        f"for rows with the open interest of the close before and of their own day ({len(findings.rows)} cuts)."
    )
    return judged("two_clocks", subject, findings, passed, unstable)


def judged_warm_up(measured: Sequence[WarmUp], declared: int | None, not_computed: str) -> CheckResult:
    """How much history it needs; judged only where a number was declared."""
    name = "start_truncation"
    if not measured:
        return CheckResult(name, ok=True, detail=f"Not computed: {not_computed}.")
    longest = max(measured, key=lambda warm_up: warm_up.sessions)
    unsettled = [plain(warm_up.column) for warm_up in measured if not warm_up.is_settled]
    detail = _measured(longest)
    if unsettled:
        detail = (
            f"{_listed(unsettled)} had not settled by the end of the {longest.of} sessions after a later start "
            f"({longest.start}): its window is longer than that, or cumulative or expanding without end. This is not "
            "look-ahead, but the result depends on where the lake begins."
        )
    if declared is not None and longest.sessions > declared:
        detail = f"A warm-up of {declared} sessions was declared. {detail}"
        return CheckResult(name, False, detail, changed=tuple(unsettled) or (plain(longest.column),))
    return CheckResult(name, ok=True, detail=detail)


def root_causes(subject: Subject, changed: Iterable[str]) -> list[str]:
    """Those that changed and are computed from nothing else that did; metrics first, in the order in which they are computed."""
    names = set(changed)
    order = [name for grain in (*FINER, "snapshot") for name in subject.at(grain) if name in names]
    roots = [name for name in order if not names & subject.made_of(name)]
    return sorted(roots, key=lambda name: name in subject.columns) or sorted(names)


def called(subject: Subject, name: str) -> str:
    """Its name in a sentence."""
    if name == ROWS:
        return "The list of rows"
    if name in subject.columns:
        return f"{plain(name)} of the {'plan' if subject.kind == 'strategy' else 'signal'}"
    return f"metric {plain(name)}"


def plain(name: str) -> str:
    """The name as its author writes it: `fear()` is `fear`."""
    return name.replace("()", "")


def value_text(value: Any) -> str:
    """A value in words, numbers with all digits."""
    return "null" if value is None else repr(value) if isinstance(value, float) else str(value)


def _first_change(subject: Subject, first: Difference) -> FirstChange:
    metric = plain(first.column) if first.column in subject.metrics else None
    was, became = (value.to_list() if isinstance(value, pl.Series) else value for value in (first.was, first.became))
    return FirstChange(plain(first.column), metric, first.symbol, first.date, was, became, first.cut)


def _looks_ahead(subject: Subject, first: Difference, findings: Findings) -> str:
    shown = len(findings.differences.cuts[first.column])
    return (
        f"{called(subject, first.column)} uses future data: on {first.date} it was {value_text(first.was)} for {first.symbol}; "
        f"{first.how.replace('{cut}', str(first.cut))} it is {value_text(first.became)} ({shown} of {findings.cuts} cuts show it)."
    )


def _unstable(subject: Subject, first: Difference) -> str:
    return (
        f"{called(subject, first.column)} changes from one computation to the next: on {first.date} it was "
        f"{value_text(first.was)} for {first.symbol}, then {value_text(first.became)}, with the same data."
    )


def _computed_from_it(subject: Subject, root: str, changed: Iterable[str]) -> str:
    made = [plain(name) for name in changed if name != ROWS and root in subject.made_of(name)]
    return f"{_listed(made)} {'is' if len(made) == 1 else 'are'} computed from it." if made else ""


def _measured(longest: WarmUp) -> str:
    if not longest.sessions:
        return "The same from the first session on, wherever the history begins."
    return (
        f"The same from session {longest.sessions + 1} on after a later start ({longest.start}; {plain(longest.column)} takes "
        "the longest)."
    )


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
