"""From what the checks found to a verdict in words: which column, on which day, what it was and what it became."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flowbt.audit.checks import Findings, reads_open_interest
from flowbt.audit.compare import ROWS, Difference
from flowbt.audit.target import FINER, Subject
from flowbt.audit.warm_up import WarmUp
from flowbt.errors import FlowbtError

MOST_NAMED: Final = 5


@dataclass(frozen=True)
class Check:
    """One question of an audit, answered.

    Attributes:
        name: `prefix_invariance`, `future_poison`, `two_clocks` or `start_truncation`.
        ok: whether it held.
        detail: what was looked at, or what was found.
        difference: the first value that changed, of the column or metric that is at the root of it.
        columns: all that changed.
    """

    name: str
    ok: bool
    detail: str
    difference: Difference | None = None
    columns: tuple[str, ...] = field(default=())


def judged(
    name: str, subject: Subject, found: Findings, passed: str, restless: Mapping[str, Difference] | None = None
) -> Check:
    """A check that found the future, or not.

    Args:
        name: of the check.
        subject: what was audited.
        found: what differed.
        passed: what to say where nothing did.
        restless: what differs though nothing was altered, so that of it nothing can be told.

    Raises:
        FlowbtError: nothing could be computed, so that nothing can be said.
    """
    if found.not_computed and not found.cuts:
        raise FlowbtError(f"{subject.name} cannot be checked ({name}): {next(iter(found.not_computed))}")
    changed = found.differences.earliest
    rounded = [plain(column) for column in found.differences.rounding - set(changed)]
    remarks = [f"Not computed: {reason}." for reason in list(found.not_computed)[:2]]
    if rounded:
        remarks.append(f"In the last bits of {_listed(rounded)} it shows how many rows there are, which is rounding.")
    if not changed:
        return Check(name, ok=True, detail=" ".join([passed, *remarks]))
    roots = root_causes(subject, changed)
    first = (restless or {}).get(roots[0], changed[roots[0]])
    parts = [
        _restless(subject, first) if restless and roots[0] in restless else _sees(subject, first, found),
        f"So does {_listed([called(subject, other) for other in roots[1:]])}." if roots[1:] else "",
        _made_of_it(subject, roots[0], changed),
        *remarks,
    ]
    return Check(name, False, " ".join(filter(None, parts)), first, tuple(map(plain, changed)))


def judged_clocks(subject: Subject, found: Findings, restless: Mapping[str, Difference]) -> Check:
    """The check of what open interest is known when."""
    if not reads_open_interest(subject):
        return Check("two_clocks", ok=True, detail="It reads no open interest.")
    passed = (
        "Open interest that is published after the decision was changed, at the close and before the open, where a row "
        f"holds that of the close before and where it holds that of its own day ({len(found.rows)} cuts): nothing changed."
    )
    return judged("two_clocks", subject, found, passed, restless)


def judged_warm_up(measured: Sequence[WarmUp], declared: int | None, not_computed: str) -> Check:
    """How much history it takes; judged only where a number was declared."""
    name = "start_truncation"
    if not measured:
        return Check(name, ok=True, detail=f"Not computed: {not_computed}.")
    longest = max(measured, key=lambda warm_up: warm_up.sessions)
    unsettled = [plain(warm_up.column) for warm_up in measured if not warm_up.is_settled]
    said = _measured(longest)
    if unsettled:
        said = (
            f"{_listed(unsettled)} had not settled by the end of the {longest.of} sessions after a later start ({longest.start}): "
            "a window longer than that, or one that is cumulative or expanding and never forgets. Nothing of it is the future, but "
            "the answer depends on where the lake begins."
        )
    if declared is not None and longest.sessions > declared:
        said = f"A warm-up of {declared} sessions was declared. {said}"
        return Check(name, False, said, columns=tuple(unsettled) or (plain(longest.column),))
    return Check(name, ok=True, detail=said)


def root_causes(subject: Subject, changed: Iterable[str]) -> list[str]:
    """Those that changed and are made of nothing else that did; metrics first, in the order in which they are computed."""
    names = set(changed)
    order = [name for grain in (*FINER, "snapshot") for name in subject.at(grain) if name in names]
    roots = [name for name in order if not names & subject.made_of(name)]
    return sorted(roots, key=lambda name: name in subject.columns) or sorted(names)


def called(subject: Subject, name: str) -> str:
    """What it is called in a sentence."""
    if name == ROWS:
        return "The list of rows"
    if name in subject.columns:
        return f"{plain(name)} of the {'plan' if subject.kind == 'strategy' else 'signal'}"
    return f"metric {plain(name)}"


def plain(name: str) -> str:
    """The name as its author writes it: `fear()` is `fear`."""
    return name.replace("()", "")


def value_said(value: Any) -> str:
    """A value in words."""
    return "null" if value is None else repr(value) if isinstance(value, float) else str(value)


def _sees(subject: Subject, first: Difference, found: Findings) -> str:
    shown = len(found.differences.cuts[first.column])
    return (
        f"{called(subject, first.column)} sees the future: on {first.date} it was {value_said(first.was)} for {first.symbol}, and "
        f"{first.how.replace('{cut}', str(first.cut))} it is {value_said(first.became)} ({shown} of {found.cuts} cuts show it)."
    )


def _restless(subject: Subject, first: Difference) -> str:
    return (
        f"{called(subject, first.column)} is not the same from one computation to the next: on {first.date} it was "
        f"{value_said(first.was)} for {first.symbol}, and then {value_said(first.became)}, nothing having changed."
    )


def _made_of_it(subject: Subject, root: str, changed: Iterable[str]) -> str:
    made = [plain(name) for name in changed if name != ROWS and root in subject.made_of(name)]
    return f"{_listed(made)} {'is' if len(made) == 1 else 'are'} made of it." if made else ""


def _measured(longest: WarmUp) -> str:
    if not longest.sessions:
        return "The same from the first session on, wherever the history begins."
    return (
        f"The same from session {longest.sessions + 1} after a later start on ({longest.start}; {plain(longest.column)} takes "
        "the longest)."
    )


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
