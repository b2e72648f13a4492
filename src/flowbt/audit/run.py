"""An audit from end to end: what is looked at, where it is cut, and the checks one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.audit.altered_lake import Excerpt
from flowbt.audit.checks import Findings, Scene, before_the_whole, future_poison, prefix_invariance, two_clocks
from flowbt.audit.compare import Difference, Differences
from flowbt.audit.cuts import CHANGES, RANDOM, changes_of, choose_cuts
from flowbt.audit.findings import Check, judged, judged_clocks, judged_warm_up, plain
from flowbt.audit.replay import Replay
from flowbt.audit.target import Subject
from flowbt.audit.warm_up import WarmUp, warm_ups
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.metrics import Decision

SESSIONS: Final = 500
"""Chains of the last sessions are looked at, unless others are asked for."""
BARS_BEFORE: Final = timedelta(days=3 * 365)
FEWEST: Final = 5
"""Sessions that an audit takes."""
QUESTIONS: Final = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Audit:
    """What came of an audit.

    Attributes:
        checks: the questions, answered.
        symbols: looked at.
        first: first session.
        last: last session.
        sessions: how many.
        silent: columns and metrics that had no value anywhere, so that nothing could be seen of them.
        asks: of a strategy, how often it asks for a trade; of a signal, how many verdicts are not neutral.
    """

    checks: tuple[Check, ...]
    symbols: tuple[str, ...]
    first: date
    last: date
    sessions: int
    silent: tuple[str, ...]
    asks: int | None

    @property
    def ok(self) -> bool:
        """Whether all held."""
        return all(check.ok for check in self.checks)


def run_audit(
    subject: Subject,
    lake: Lake,
    symbols: Sequence[str],
    *,
    first: date | None = None,
    last: date | None = None,
    decision: Decision = "close",
    warm_up: int | None = None,
    changes: int = CHANGES,
    random: int = RANDOM,
    progress: Progress | None = None,
) -> Audit:
    """Look for the future in all that a subject says.

    Args:
        subject: what is audited.
        lake: where; nothing is written to it.
        symbols: whose chains and bars.
        first: first day of the chains; by default the last `SESSIONS` sessions are looked at.
        last: last day.
        decision: when it is decided.
        warm_up: sessions after which its values must not depend on where the history begins.
        changes: at how many changes of the decision the lake's rows are cut.
        random: at how many other sessions they are.
        progress: told (questions answered, questions).

    Raises:
        FlowbtError: too few sessions, something that cannot be computed, or nothing that says anything.
    """
    excerpt = _excerpt(lake, symbols, first, last)
    days = excerpt.snapshots()["date"].unique().sort().to_list()
    early = Findings()
    replays = {grain: Replay(subject, grain, excerpt, decision) for grain in subject.grains()}
    for replay in replays.values():
        before_the_whole(replay, days[len(days) // 2], early)
    values = {grain: replay.whole(days[len(days) // 2]) for grain, replay in replays.items()}
    silent = [name for grain, frame in values.items() for name in replays[grain].columns if frame[name].is_null().all()]
    _require_something_said(subject, silent, symbols)
    if list(values) == ["snapshot"]:  # of price bars alone there may be more days
        days = values["snapshot"]["date"].unique().sort().to_list()
    decided = values["snapshot"] if subject.decided_by else None
    changed = [] if decided is None else changes_of(decided, subject.decided_by)
    scene = Scene(subject, excerpt, decision, choose_cuts(days, changed, most=changes, random=random), replays)
    checks = _checks(scene, early, days, warm_up, progress or (lambda _done, _all: None))
    asks = None if decided is None else _asks(decided[subject.decided_by[0]])
    return Audit(checks, tuple(symbols), days[0], days[-1], len(days), tuple(map(plain, silent)), asks)


def _checks(
    scene: Scene, early: Findings, days: Sequence[date], declared: int | None, progress: Progress
) -> tuple[Check, ...]:
    subject = scene.subject
    progress(0, QUESTIONS)
    prefix = prefix_invariance(scene, early)
    progress(1, QUESTIONS)
    poison = future_poison(scene)
    progress(2, QUESTIONS)
    clocks = two_clocks(scene)
    progress(3, QUESTIONS)
    restless = _restless(scene) if any(each.differences.earliest for each in (prefix, poison, clocks)) else {}
    at = f", {scene.cuts.changes} of them changes of the decision" if scene.cuts.changes else ""
    cut_off = (
        f"Nothing changed where the future was cut off: the history after {len(prefix.history)} sessions{at}, the rows of the "
        f"lake after {len(prefix.rows)}; once more with holes in the data."
    )
    replaced = f"Nothing changed before {poison.cuts} dates where all after them was huge, of the other sign, or NaN."
    return (
        judged("prefix_invariance", subject, prefix, cut_off, restless),
        judged("future_poison", subject, poison, replaced, restless),
        judged_clocks(subject, clocks, restless),
        _start(scene, days, declared),
    )


def _restless(scene: Scene) -> dict[str, Difference]:
    """What is not the same when it is computed once more."""
    differences = Differences()
    for grain, replay in scene.replays.items():
        again = Replay(scene.subject, grain, scene.lake, scene.decision)
        day = scene.cuts.few[0]
        differences.compare(replay.whole(day), again.whole(day), replay.keys, replay.columns, date.max, "")
    return differences.earliest


def _start(scene: Scene, days: Sequence[date], declared: int | None) -> Check:
    measured: list[WarmUp] = []
    reason = ""
    for replay in scene.replays.values():
        try:
            measured += warm_ups(replay, days)
        except FlowbtError as error:
            reason = str(error)
    return judged_warm_up(measured, declared, reason)


def _excerpt(lake: Lake, symbols: Sequence[str], first: date | None, last: date | None) -> Excerpt:
    found = lake.snapshots(symbols).filter(
        pl.col("date").is_between(first or date.min, last or date.max), ~pl.col("partial_day")
    )
    days = found["date"].unique().sort().to_list()
    if len(days) < FEWEST:
        raise FlowbtError(
            f"{len(days)} sessions of {', '.join(symbols)} from {first or 'the start'} to {last or 'the end'} are too few to cut "
            f"a future off: at least {FEWEST} are needed"
        )
    begin = days[0] if first else days[-SESSIONS:][0]
    return Excerpt(lake, symbols, begin, days[-1], begin - BARS_BEFORE)


def _require_something_said(subject: Subject, silent: Sequence[str], symbols: Sequence[str]) -> None:
    """Nothing can be seen of what has no value anywhere."""
    needed = subject.decided_by[:1] or subject.metrics
    if set(needed) <= set(silent):
        raise FlowbtError(
            f"{', '.join(map(plain, needed))} of {subject.name} has no value on any session of {', '.join(symbols)}, so nothing "
            "can be told of it: name a lake that has what it reads with --lake, or more sessions"
        )


def _asks(decided: pl.Series) -> int:
    return int((decided.cast(pl.Int64) != 0).sum())
