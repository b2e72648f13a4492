"""A history evaluated under many cuts at once.

What looks over days works on small frames: one row a snapshot, one a bar. Here such a frame is laid out once for each cut,
the copies one below the other, each with its own future cut off or poisoned, and all of them are evaluated together
(`flowbt.metrics.engine.history`, `apart`). So every session can be a cut. What lies beneath the snapshots, the strike rows, is not
altered here.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import polars as pl

from flowbt.audit.compare import CUT, WAS, Differences
from flowbt.audit.future_masks import Poison, poisoned
from flowbt.audit.replay import Replay
from flowbt.metrics.engine.history import evaluate_bars, over_days, read_bars

BATCH_ROWS: Final = 300_000


def add_differences(found: Differences, replay: Replay, cuts: Sequence[date], poison: Poison | None, how: str) -> None:
    """What differs up to each of the cuts, if the history is cut off there, or poisoned after it."""
    whole = replay.whole(cuts[0]).select(*replay.keys, pl.col(replay.columns).name.suffix(WAS))
    for values in _evaluated(replay, cuts, poison):
        found.compare_pairs(values.join(whole, on=replay.keys, how="left", maintain_order="left"), replay.columns, how)


def _evaluated(replay: Replay, cuts: Sequence[date], poison: Poison | None) -> Iterator[pl.DataFrame]:
    """Batches of `_cut`, the keys and the columns of the replay, up to each cut."""
    resolved = replay.subject.resolved if replay.resolved is None else replay.resolved
    frame, bars = replay.frame, read_bars(replay.lake, replay.lake.symbols())
    a_copy = bars.height + (0 if frame is None else frame.height)
    batch = max(1, BATCH_ROWS // max(1, a_copy))
    for start in range(0, len(cuts), batch):
        copies = pl.DataFrame({CUT: cuts[start : start + batch]})
        of_bars = _copied(bars, copies, poison)
        if frame is None:
            values = evaluate_bars(of_bars, resolved, (CUT,))
        else:
            values = over_days(_copied(frame, copies, poison), resolved, of_bars, (CUT,))
        wanted = (pl.col(resolved.columns[name]).alias(name) for name in replay.columns)
        yield values.select(CUT, *replay.keys, *wanted).filter(pl.col("date") <= pl.col(CUT))


def _copied(rows: pl.DataFrame, copies: pl.DataFrame, poison: Poison | None) -> pl.DataFrame:
    laid_out = copies.join(rows, how="cross", maintain_order="left_right")
    is_later = pl.col("date") > pl.col(CUT)
    return laid_out.filter(~is_later) if poison is None else poisoned(laid_out, lambda _: is_later, poison)
