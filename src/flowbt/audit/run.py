"""An audit from end to end: the data it uses, where they are cut, and the checks one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.audit.altered_lake import Excerpt
from flowbt.audit.checks import Findings, Scene, before_the_whole, future_poison, prefix_invariance, two_clocks
from flowbt.audit.compare import Difference, Differences
from flowbt.audit.cuts import CHANGES, RANDOM, changes_of, choose_cuts
from flowbt.audit.findings import CheckResult, judged, judged_clocks, judged_warm_up, plain
from flowbt.audit.replay import Replay
from flowbt.audit.target import Subject
from flowbt.audit.warm_up import WarmUp, warm_ups
from flowbt.errors import FlowbtError
from flowbt.lake import Chains
from flowbt.metrics import Decision

SESSIONS: Final = 500
"""Number of last sessions that are used by default."""
BARS_BEFORE: Final = timedelta(days=3 * 365)
FEWEST: Final = 5
"""Sessions that an audit needs at least."""
CHECKS: Final = 4
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Audit:
    """The results of an audit.

    Attributes:
        checks: their results.
        symbols: that were used.
        first: first session.
        last: last session.
        sessions: how many.
        silent: columns and metrics without any value, which could not be judged.
        asks: of a strategy, how often it asks for a trade; of a signal, how many verdicts are not neutral.
    """

    checks: tuple[CheckResult, ...]
    symbols: tuple[str, ...]
    first: date
    last: date
    sessions: int
    silent: tuple[str, ...]
    asks: int | None

    @property
    def ok(self) -> bool:
        """Whether all checks passed."""
        return all(check.ok for check in self.checks)


def run_audit(
    subject: Subject,
    lake: Chains,
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
    """Test all columns and metrics of a subject for look-ahead.

    Args:
        subject: what is audited.
        lake: to read.
        symbols: whose chains and bars.
        first: first day of the chains; by default that of the last `SESSIONS` sessions.
        last: last day.
        decision: when the decision is made.
        warm_up: sessions after which its values must not depend on where the history begins.
        changes: at how many changes of the decision the lake's rows are cut.
        random: at how many other sessions they are.
        progress: called with the number of checks done, and of all.

    Raises:
        FlowbtError: too few sessions, something that cannot be computed, or no value anywhere.
    """
    excerpt = _excerpt(lake, symbols, first, last)
    days = excerpt.snapshots()["date"].unique().sort().to_list()
    early = Findings()
    replays = {grain: Replay(subject, grain, excerpt, decision) for grain in subject.grains()}
    for replay in replays.values():
        before_the_whole(replay, days[len(days) // 2], early)
    values = {grain: replay.whole(days[len(days) // 2]) for grain, replay in replays.items()}
    silent = [name for grain, frame in values.items() for name in replays[grain].columns if frame[name].is_null().all()]
    _require_values(subject, silent, symbols)
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
) -> tuple[CheckResult, ...]:
    subject = scene.subject
    progress(0, CHECKS)
    prefix = prefix_invariance(scene, early)
    progress(1, CHECKS)
    poison = future_poison(scene)
    progress(2, CHECKS)
    clocks = two_clocks(scene)
    progress(3, CHECKS)
    unstable = _unstable(scene) if any(each.differences.earliest for each in (prefix, poison, clocks)) else {}
    at = f", {scene.cuts.changes} of them changes of the decision" if scene.cuts.changes else ""
    cut_off = (
        f"Nothing changed where the future was cut off: the history after {len(prefix.history)} sessions{at}, the rows of the "
        f"lake after {len(prefix.rows)}; and again with gaps in the data."
    )
    replaced = f"Nothing changed before {poison.cuts} dates with huge, negated or NaN values after them."
    return (
        judged("prefix_invariance", subject, prefix, cut_off, unstable),
        judged("future_poison", subject, poison, replaced, unstable),
        judged_clocks(subject, clocks, unstable),
        _start(scene, days, declared),
    )


def _unstable(scene: Scene) -> dict[str, Difference]:
    """Columns that change when they are computed again with the same data."""
    differences = Differences()
    for grain, replay in scene.replays.items():
        again = Replay(scene.subject, grain, scene.lake, scene.decision)
        day = scene.cuts.few[0]
        differences.compare(replay.whole(day), again.whole(day), replay.keys, replay.columns, date.max, "")
    return differences.earliest


def _start(scene: Scene, days: Sequence[date], declared: int | None) -> CheckResult:
    measured: list[WarmUp] = []
    reason = ""
    for replay in scene.replays.values():
        try:
            measured += warm_ups(replay, days)
        except FlowbtError as error:
            reason = str(error)
    return judged_warm_up(measured, declared, reason)


def _excerpt(lake: Chains, symbols: Sequence[str], first: date | None, last: date | None) -> Excerpt:
    snapshots = lake.snapshots(symbols).filter(
        pl.col("date").is_between(first or date.min, last or date.max), ~pl.col("partial_day")
    )
    days = snapshots["date"].unique().sort().to_list()
    if len(days) < FEWEST:
        raise FlowbtError(
            f"{len(days)} sessions of {', '.join(symbols)} from {first or 'the start'} to {last or 'the end'} are too few to cut "
            f"off a future: at least {FEWEST} are needed"
        )
    begin = days[0] if first else days[-SESSIONS:][0]
    return Excerpt(lake, symbols, begin, days[-1], begin - BARS_BEFORE)


def _require_values(subject: Subject, silent: Sequence[str], symbols: Sequence[str]) -> None:
    """Refuse what has no value anywhere: it cannot be judged."""
    needed = subject.decided_by[:1] or subject.metrics
    if set(needed) <= set(silent):
        raise FlowbtError(
            f"{', '.join(map(plain, needed))} of {subject.name} has no value on any session of {', '.join(symbols)}, so it "
            "cannot be judged: name a lake that contains what it reads with --lake, or use more sessions"
        )


def _asks(decided: pl.Series) -> int:
    return int((decided.cast(pl.Int64) != 0).sum())
