"""At which dates to cut: at random ones, always the same, and wherever a decision changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

SEED: Final = 20
EVERY: Final = 600
"""Sessions up to which each is a cut of the history."""
CHANGES: Final = 24
RANDOM: Final = 8


@dataclass(frozen=True)
class Cuts:
    """Dates to cut at, ascending, each with a session after it.

    Attributes:
        history: where the small frames over days are cut: each session, or, of very many, some and every change.
        rows: where the lake's rows are cut: some sessions and changes.
        few: where each kind of poison goes into the lake's rows.
        changes: how many of `history` are changes of a decision.
    """

    history: tuple[date, ...]
    rows: tuple[date, ...]
    few: tuple[date, ...]
    changes: int


def choose_cuts(days: Sequence[date], changes: Sequence[date], *, most: int = CHANGES, random: int = RANDOM) -> Cuts:
    """The dates.

    Args:
        days: the sessions, ascending.
        changes: those on which a decision is not what it was the session before.
        most: changes at which the rows are cut.
        random: other sessions at which they are.
    """
    possible = list(days[:-1])
    changed = [day for day in changes if day in set(possible)]
    draw = np.random.default_rng(SEED)
    rows = {*_some(possible, random, draw), *_some(changed, most, draw)}
    history = possible if len(possible) <= EVERY else sorted({*_some(possible, EVERY // 2, draw), *changed})
    few = _some([day for day in possible if _has_more_of_its_month(day, days)] or possible, 3, draw)
    return Cuts(tuple(history), tuple(sorted(rows)), tuple(few), len(changed))


def changes_of(values: pl.DataFrame, columns: Sequence[str]) -> list[date]:
    """The days on which any of these columns is not what it was the session before; `values` by symbol and date."""
    if not columns:
        return []
    same_symbol = pl.col("symbol") == pl.col("symbol").shift(1)
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in columns)
    return values.filter(same_symbol & changed)["date"].unique().sort().to_list()


def _has_more_of_its_month(day: date, days: Sequence[date]) -> bool:
    return any(later > day and (later.year, later.month) == (day.year, day.month) for later in days)


def _some(days: Sequence[date], count: int, draw: np.random.Generator) -> list[date]:
    if len(days) <= count:
        return list(days)
    return [days[place] for place in sorted(draw.choice(len(days), count, replace=False).tolist())]
