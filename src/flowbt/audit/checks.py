"""The questions of an audit that can find the future, each asked of all that a subject says.

1. `prefix_invariance`: with the future cut off at a date, is all up to that date the same, to the bit and to the null? The
   history over days is cut at every session (`flowbt.audit.batched_cuts`), the lake's rows at some, and at changes of the decision
   (`flowbt.audit.replay`); both once more with holes in the data, for what is filled from behind shows only there.
2. `future_poison`: the same with the future replaced by huge numbers, by numbers of the other sign, by none.
3. `two_clocks`: with the open interest of every other symbol that of its own day's close, is anything made of open interest
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
from flowbt.lake import Lake
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


CUT_OFF: Final = Treatment("without what came after {cut}", future_cut_off)
IN_HOLES: Final = Treatment(f"in data with holes, {CUT_OFF.how}", future_cut_off)
_INSTEAD: Final[Mapping[Poison, str]] = {"huge": "huge numbers", "negated": "numbers of the other sign", "nan": "NaN"}
POISONED: Final = tuple(
    Treatment(f"with {what} for what came after {{cut}}", partial(future_poisoned, poison=poison), poison)
    for poison, what in _INSTEAD.items()
)
UNPUBLISHED: Final = "with other open interest where that was published after the decision of {cut}"


@dataclass
class Findings:
    """What a check found, and how it looked.

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
    lake: Lake
    decision: Decision
    cuts: Cuts
    replays: Mapping[str, Replay]

    def elsewhere(self, alteration: Alteration, decision: Decision) -> list[Replay]:
        """The same subject on another lake, or another clock."""
        lake = AlteredLake(self.lake, alteration)
        return [Replay(self.subject, grain, lake, decision) for grain in self.replays]


def prefix_invariance(scene: Scene, found: Findings | None = None) -> Findings:
    """The future cut off; added to what was found before the whole was seen."""
    found = found or Findings()
    for replay in scene.replays.values():
        _cut_rows(replay, scene.cuts.rows if replay.grain == "snapshot" else scene.cuts.few, CUT_OFF, found)
        _cut_history(replay, scene.cuts.history, CUT_OFF, found)
    for replay in scene.elsewhere(with_holes(), scene.decision):
        _cut_rows(replay, scene.cuts.few, IN_HOLES, found)
        _cut_history(replay, scene.cuts.history, IN_HOLES, found)
    return found


def future_poison(scene: Scene) -> Findings:
    """The future replaced."""
    found = Findings()
    for treatment in POISONED:
        for replay in scene.replays.values():
            _cut_rows(replay, scene.cuts.few, treatment, found)
            _cut_history(replay, scene.cuts.rows, treatment, found)
    return found


def two_clocks(scene: Scene) -> Findings:
    """Open interest replaced that was not published."""
    found = Findings()
    if reads_open_interest(scene.subject):
        alteration = of_the_day_itself(scene.lake.symbols()[::2])
        for replay in (each for decision in DECISIONS for each in scene.elsewhere(alteration, decision)):
            how = f"{UNPUBLISHED} ({replay.decision})"
            _cut_rows(replay, scene.cuts.few, Treatment(how, unpublished_poisoned), found)
    return found


def reads_open_interest(subject: Subject) -> bool:
    """Whether anything of it is made of open interest."""
    resolved = subject.resolved
    return bool((resolved.stored | resolved.prior | resolved.opening).intersection(HELD))


def before_the_whole(replay: Replay, cut: date, found: Findings) -> None:
    """A first cut, computed before the lake is seen whole: what a function remembers of one call must not help in the next."""
    try:
        altered = CUT_OFF.values(replay, cut)
    except FlowbtError:  # too little history, say; if it is more than that the whole says so
        return
    found.rows.add(cut)
    CUT_OFF.compare(replay, cut, found.differences, altered)


def _cut_rows(replay: Replay, cuts: Iterable[date], treatment: Treatment, found: Findings) -> None:
    """Treat the lake's rows at these dates, one after the other."""
    for cut in cuts:
        try:
            treatment.compare(replay, cut, found.differences)
        except FlowbtError as error:
            found.not_computed[str(error)] = None
        else:
            found.rows.add(cut)


def _cut_history(replay: Replay, cuts: Sequence[date], treatment: Treatment, found: Findings) -> None:
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
        found.not_computed[(str(error) or type(error).__name__).splitlines()[0]] = None
        return
    found.history.update(cuts)
    found.differences.rounding |= shown.rounding
    for column, first in shown.earliest.items():
        if column in confirmed[first.cut].earliest:
            found.differences.add(first, shown.cuts[column])
