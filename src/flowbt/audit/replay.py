"""What a subject says, at one grain: of a lake as it is, and of the same lake altered.

The engine itself computes it (`flowbt.metrics.compute`). What it computed of a run of days that an alteration does not touch is
taken over: a chunk of the lake is made of its own days, the session before, and the open interest of the session after, so
to cut the future off costs the month of the cut and the small frames over days.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import polars as pl

from flowbt.audit.alterations import Alteration
from flowbt.audit.altered_lake import AlteredLake, month_end
from flowbt.audit.target import Subject
from flowbt.calendar import previous_session
from flowbt.lake import Chains
from flowbt.metrics import Decision, Request, compute
from flowbt.metrics.engine.chunks import Chunk, chunks, compute_chunk
from flowbt.metrics.engine.compute import Evaluate, Progress
from flowbt.metrics.engine.failures import Lost
from flowbt.metrics.engine.point_in_time import View
from flowbt.metrics.engine.resolve import KEYS, Resolved

AS_IT_IS: Final = Alteration()
Spoil = Callable[[pl.DataFrame], pl.DataFrame]


class Replay:
    """A subject's values at one grain.

    Args:
        subject: what is audited.
        grain: `snapshot`, which has all over days, or one that is finer: of those only the month around a day is computed.
        lake: what there is.
        decision: when it is decided.
    """

    def __init__(self, subject: Subject, grain: str, lake: Chains, decision: Decision) -> None:
        self.subject, self.grain, self.lake, self.decision = subject, grain, lake, decision
        self.columns = subject.at(grain)
        self.keys = list(KEYS[grain])
        self.frame: pl.DataFrame | None = None
        """What the engine looked over days at, when the values were last computed; None: at price bars alone."""
        self.resolved: Resolved | None = None
        self._symbols = tuple(lake.symbols())
        self.exchanges = lake.exchanges(self._symbols)
        self._parts: dict[tuple[Chunk, str, tuple[str, ...]], pl.DataFrame] = {}
        self._whole: dict[date | None, pl.DataFrame] = {}

    def whole(self, around: date) -> pl.DataFrame:
        """The values of the lake as it is; at a finer grain, those of the month around a day."""
        month = None if self.grain == "snapshot" else around.replace(day=1)
        if month not in self._whole:
            self._whole = {month: self._values(self.lake, AS_IT_IS, around, None)}
        return self._whole[month]

    def altered(self, alteration: Alteration, around: date, spoil: Spoil | None = None) -> pl.DataFrame:
        """The values of the lake altered; what is looked over days at is spoilt, too.

        Raises:
            FlowbtError: they cannot be computed.
        """
        return self._values(AlteredLake(self.lake, alteration), alteration, around, spoil)

    def _values(self, lake: Chains, alteration: Alteration, around: date, spoil: Spoil | None) -> pl.DataFrame:
        at_snapshot = self.grain == "snapshot"
        request = Request(
            self._symbols,
            None if at_snapshot else around.replace(day=1),
            None if at_snapshot else month_end(around),
            self.grain,
            self.subject.metrics_at(self.grain),
            self.subject.columns if at_snapshot else None,
            decision=self.decision,
        )
        values = compute(lake, request, self.subject.catalogue, evaluate=self._evaluate(alteration, spoil))
        return values.select(*self.keys, *self.columns)

    def _evaluate(self, alteration: Alteration, spoil: Spoil | None) -> Evaluate:
        def evaluate(
            view: View,
            snapshots: pl.DataFrame,
            resolved: Resolved,
            grain: str,
            keep: Sequence[str],
            _: Progress,
            __: Lost | None,
        ) -> pl.DataFrame:
            cut = chunks(snapshots, self.exchanges)
            parts = [self._part(view, chunk, resolved, grain, keep, alteration) for chunk in cut]
            frame = pl.concat(parts).sort(KEYS[grain], maintain_order=True)
            if alteration is AS_IT_IS:
                self.frame, self.resolved = frame, resolved
            return frame if spoil is None else spoil(frame)

        return evaluate

    def _part(
        self, view: View, chunk: Chunk, resolved: Resolved, grain: str, keep: Sequence[str], alteration: Alteration
    ) -> pl.DataFrame:
        key = (chunk, grain, tuple(keep))
        # what lies after the cut is not compared, and where the future is poisoned the rows themselves are spoilt
        is_later = alteration.cut is not None and chunk.first > alteration.cut
        if key in self._parts and (is_later or _is_untouched(chunk, alteration)):
            return self._parts[key]
        part = compute_chunk(view, chunk, resolved, grain, keep)
        if grain == "snapshot" and _is_untouched(chunk, alteration):
            self._parts[key] = part
        return part


def _is_untouched(chunk: Chunk, alteration: Alteration) -> bool:
    """Whether a chunk comes out as it does of the lake as it is."""
    since, cut = alteration.begins, alteration.cut
    before = previous_session(chunk.first, chunk.exchange)
    return (since is None or before >= since) and (cut is None or chunk.last < cut)
