"""The checks of an audit that can detect look-ahead, each applied to all columns and metrics of a subject.

1. `prefix_invariance`: with the future cut off at a date, is everything up to that date the same, to the bit and to the null? The
   history over days is cut at every session (`flowbt.audit.batched_cuts`), the lake's rows at some, and at changes of the decision
   (`flowbt.audit.replay`); both again with gaps in the data, since backward filling shows only there.
2. `future_poison`: the same with the future replaced by huge numbers, by numbers of the other sign, by none.
3. `two_clocks`: with the open interest of every other symbol that of its own day's close, does anything use open interest
   that is published after the decision, at the close or before the open?

A difference that the copies show counts only if the engine itself shows it, with the lake's rows cut at that date.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

import polars as pl

from flowbt.audit.alterations import (
    Alteration,
    future_cut_off,
    future_poisoned,
    of_the_day_itself,
    unpublished_poisoned,
    with_holes,
)
from flowbt.audit.altered_lake import AlteredLake
from flowbt.audit.batched_cuts import add_differences
from flowbt.audit.compare import Differences
from flowbt.audit.cuts import Cuts
from flowbt.audit.future_masks import Poison, after, poisoned
from flowbt.audit.replay import Replay
from flowbt.audit.target import Subject
from flowbt.errors import FlowbtError
from flowbt.lake import Chains
from flowbt.metrics import DECISIONS, Decision
from flowbt.metrics.engine.resolve import HELD


@dataclass(frozen=True)
class Treatment:
    """What is done to the future of a day.

    Attributes:
        how: in words, `{cut}` standing for the day.
        alter: from the day, the decision and the exchange of each symbol to how the lake is seen.
        poison: what replaces the future of what is looked over days at; None: it is as the lake has it.
    """

    how: str
    alter: Callable[[date, Decision, Mapping[str, str]], Alteration]
    poison: Poison | None = None

    def values(self, replay: Replay, cut: date) -> pl.DataFrame:
        """What the engine computes with that done.

        Raises:
            FlowbtError: it cannot be computed.
        """
        spoil = None if self.poison is None else partial(poisoned, ahead=after(cut), poison=self.poison)
        return replay.altered(self.alter(cut, replay.decision, replay.exchanges), cut, spoil)

    def compare(self, replay: Replay, cut: date, differences: Differences, altered: pl.DataFrame | None = None) -> None:
        """Add what is not the same up to the day, in values computed before or now."""
        whole = replay.whole(cut)
        altered = self.values(replay, cut) if altered is None else altered
        differences.compare(whole, altered, replay.keys, replay.columns, cut, self.how)


CUT_OFF: Final = Treatment("without the data after {cut}", future_cut_off)
IN_HOLES: Final = Treatment(f"with gaps in the data, {CUT_OFF.how}", future_cut_off)
_INSTEAD: Final[Mapping[Poison, str]] = {
    "huge": "huge numbers",
    "negated": "numbers of the opposite sign",
    "nan": "NaN",
}
POISONED: Final = tuple(
    Treatment(f"with {what} in place of the data after {{cut}}", partial(future_poisoned, poison=poison), poison)
    for poison, what in _INSTEAD.items()
)
UNPUBLISHED: Final = "with different open interest where it was published after the decision on {cut}"


@dataclass
class Findings:
    """The differences that a check found, and the cuts it made.

    Attributes:
        differences: values that changed.
        history: cuts of the history over days.
        rows: cuts of the lake's rows.
        not_computed: why something could not be computed.
    """

    differences: Differences = field(default_factory=Differences)
    history: set[date] = field(default_factory=set)
    rows: set[date] = field(default_factory=set)
    not_computed: dict[str, None] = field(default_factory=dict)

    @property
    def cuts(self) -> int:
        """How many dates were cut at."""
        return len(self.history | self.rows)


@dataclass(frozen=True)
class Scene:
    """What is audited, where, and at which cuts."""

    subject: Subject
    lake: Chains
    decision: Decision
    cuts: Cuts
    replays: Mapping[str, Replay]

    def on_altered(self, alteration: Alteration, decision: Decision) -> list[Replay]:
        """The same subject on another lake, or another clock."""
        lake = AlteredLake(self.lake, alteration)
        return [Replay(self.subject, grain, lake, decision) for grain in self.replays]


def prefix_invariance(scene: Scene, findings: Findings | None = None) -> Findings:
    """The future cut off; added to the findings from before the whole history was computed."""
    findings = findings or Findings()
    for replay in scene.replays.values():
        _cut_rows(replay, scene.cuts.rows if replay.grain == "snapshot" else scene.cuts.few, CUT_OFF, findings)
        _cut_history(replay, scene.cuts.history, CUT_OFF, findings)
    for replay in scene.on_altered(with_holes(), scene.decision):
        _cut_rows(replay, scene.cuts.few, IN_HOLES, findings)
        _cut_history(replay, scene.cuts.history, IN_HOLES, findings)
    return findings


def future_poison(scene: Scene) -> Findings:
    """The future replaced."""
    findings = Findings()
    for treatment in POISONED:
        for replay in scene.replays.values():
            _cut_rows(replay, scene.cuts.few, treatment, findings)
            _cut_history(replay, scene.cuts.rows, treatment, findings)
    return findings


def two_clocks(scene: Scene) -> Findings:
    """Open interest replaced that was not published."""
    findings = Findings()
    if reads_open_interest(scene.subject):
        alteration = of_the_day_itself(scene.lake.symbols()[::2])
        for replay in (each for decision in DECISIONS for each in scene.on_altered(alteration, decision)):
            how = f"{UNPUBLISHED} ({replay.decision})"
            _cut_rows(replay, scene.cuts.few, Treatment(how, unpublished_poisoned), findings)
    return findings


def reads_open_interest(subject: Subject) -> bool:
    """Whether anything of it is made of open interest."""
    resolved = subject.resolved
    return bool((resolved.stored | resolved.prior | resolved.opening).intersection(HELD))


def before_the_whole(replay: Replay, cut: date, findings: Findings) -> None:
    """A first cut, computed before the lake is seen whole: what a function remembers of one call must not help in the next."""
    try:
        altered = CUT_OFF.values(replay, cut)
    except FlowbtError:  # too little history, say; if it is more than that the whole says so
        return
    findings.rows.add(cut)
    CUT_OFF.compare(replay, cut, findings.differences, altered)


def _cut_rows(replay: Replay, cuts: Iterable[date], treatment: Treatment, findings: Findings) -> None:
    """Treat the lake's rows at these dates, one after the other."""
    for cut in cuts:
        try:
            treatment.compare(replay, cut, findings.differences)
        except FlowbtError as error:
            findings.not_computed[str(error)] = None
        else:
            findings.rows.add(cut)


def _cut_history(replay: Replay, cuts: Sequence[date], treatment: Treatment, findings: Findings) -> None:
    """Cut at all of these dates at once; what shows there counts if the engine shows it, too."""
    if replay.grain != "snapshot" or not cuts:
        return
    shown = Differences()
    confirmed: dict[date, Differences] = {}
    try:
        add_differences(shown, replay, cuts, treatment.poison, treatment.how)
        for first in shown.earliest.values():
            if first.cut not in confirmed:
                confirmed[first.cut] = Differences()
                treatment.compare(replay, first.cut, confirmed[first.cut])
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 (a user's formula, on many histories at once)
        findings.not_computed[(str(error) or type(error).__name__).splitlines()[0]] = None
        return
    findings.history.update(cuts)
    findings.differences.rounding |= shown.rounding
    for column, first in shown.earliest.items():
        if column in confirmed[first.cut].earliest:
            findings.differences.add(first, shown.cuts[column])
