"""Levels evaluated: each kind as a pin (`pins.py`) or as a barrier (`barriers.py`).

1. `place` aligns each level with the close of its day; levels that cannot be evaluated are counted.
2. Pins with an expiry are judged by sessions to go (`windows.CLASSES`), others over each horizon.
3. Barriers are separated by their side of the price, and judged over each horizon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from flowbt.documents import Result, keyed, optional
from flowbt.evaluation.levels.align import place, placed_of
from flowbt.evaluation.levels.barriers import Touches, touches
from flowbt.evaluation.levels.level_types import is_known, is_pin, spelled
from flowbt.evaluation.levels.pins import Gravity, gravity
from flowbt.evaluation.levels.prices import Prices, prices_of, with_implied
from flowbt.evaluation.return_definition import Jump

LONGEST: Final = 15
"""Sessions from a level to the end of what is measured around an expiry."""


@dataclass(frozen=True, kw_only=True)
class LevelKind(Result):
    """One kind of level and how many of them have prices.

    Attributes:
        kind: in lower case with blanks, such as `call wall`.
        n: number of levels.
        dates: number of days with such a level.
        symbols: number of symbols.
        treated_as: `pin` or `barrier`; the key is `as`.
        recognised: whether the name is known to be of a pin or a barrier; other kinds are treated as barriers.
    """

    kind: str
    n: int
    dates: int
    symbols: int
    treated_as: Literal["pin", "barrier"] = keyed("as")
    recognised: bool


@dataclass(frozen=True, kw_only=True)
class LevelStudy(Result):
    """What happened at levels, compared with placebo levels.

    Attributes:
        horizons: in sessions, ascending.
        first: the first day with a level; None where there is none with a price. The key is `from`.
        last: the last such day; the key is `to`.
        symbols: ascending.
        kinds: of levels, in their order in the input.
        left_out: number of levels left out by reason: `no_level`, `no_prices`, `out_of_reach` (see `place`).
        volatility: by symbol, `implied` or `realised`: how distances are scaled.
        jumps: of prices near the levels that no action on file explains.
        gravity: pins, by kind and window.
        touches: barriers, by kind, side and horizon.
        columns: of a file with a column for each kind, the columns that were read as levels; None for a signal's levels.
        unreadable: number of rows of a file that could not be read; None for a signal's levels.
        answer: in words, paragraphs separated by a blank line.
        null: what the levels are compared with, in words, a paragraph each.
    """

    horizons: tuple[int, ...]
    first: date | None = keyed("from")
    last: date | None = keyed("to")
    symbols: tuple[str, ...]
    kinds: tuple[LevelKind, ...]
    left_out: Mapping[str, int]
    volatility: Mapping[str, str]
    jumps: tuple[Jump, ...]
    gravity: tuple[Gravity, ...]
    touches: tuple[Touches, ...]
    columns: tuple[str, ...] | None = optional()
    unreadable: int | None = optional()
    answer: str = ""
    null: tuple[str, ...] = ()


def evaluate_level_rows(
    levels: pl.DataFrame,
    bars: pl.DataFrame,
    horizons: Sequence[int],
    *,
    actions: pl.DataFrame | None = None,
    implied: pl.DataFrame | None = None,
    exchanges: Mapping[str, str | None] | None = None,
) -> LevelStudy:
    """What happened at levels, compared with what happens at placebo levels.

    Args:
        levels: `align.LEVELS`: a level of a day, known at its close.
        bars: `flowbt.schema.PRICE_BARS` of their symbols, the more history the better; `high` and `low` may be null.
        horizons: in sessions.
        actions: `flowbt.schema.CORPORATE_ACTIONS`: levels are carried over splits.
        implied: `symbol, date, iv`: implied volatility at the money, a year.
        exchanges: the MIC of each symbol, on whose sessions its levels are judged (`outcomes_of`).
    """
    levels = levels.with_columns(kind=pl.col("kind").map_batches(_spelled, return_dtype=pl.String))
    prices = with_implied(prices_of(bars, actions, exchanges), implied, levels)
    placed, left_out = place(levels, prices)
    horizons = sorted(set(horizons))
    pins: list[Gravity] = []
    barriers: list[Touches] = []
    kinds = [kind for kind in levels["kind"].unique(maintain_order=True) if kind in set(placed["kind"])]
    for kind in kinds:
        rows = placed_of(placed.filter(pl.col("kind") == kind))
        if is_pin(kind):
            pins += gravity(kind, rows, prices, horizons)
        else:
            barriers += touches(kind, rows, prices, horizons)
    used = {symbol: prices.symbols.index(symbol) for symbol in placed["symbol"].unique().sort()}
    days: Any = placed["date"]
    return LevelStudy(
        horizons=tuple(horizons),
        first=days.min(),
        last=days.max(),
        symbols=tuple(used),
        kinds=_kinds(placed, kinds),
        left_out=left_out,
        volatility={name: "implied" if prices.implied[column] else "realised" for name, column in used.items()},
        jumps=_jumps(placed, prices, horizons),
        gravity=tuple(pins),
        touches=tuple(barriers),
    )


def _jumps(placed: pl.DataFrame, prices: Prices, horizons: Sequence[int]) -> tuple[Jump, ...]:
    """The unexplained jumps of the levels' symbols from the first level to the end of the last window."""
    if not placed.height:
        return ()
    first, last = prices.dates.index(_day_of(placed["date"].min(), prices)), _day_of(placed["date"].max(), prices)
    end = min(prices.dates.index(last) + max(*horizons, LONGEST), len(prices.dates) - 1)
    symbols = set(placed["symbol"])
    within = prices.dates[first : end + 1]
    return tuple(jump for jump in prices.jumps if jump.symbol in symbols and within[0] < jump.date <= within[-1])


def _day_of(day: Any, prices: Prices) -> date:
    """The last date of the prices up to a day."""
    return max(known for known in prices.dates if known <= day)


def _spelled(kinds: pl.Series) -> pl.Series:
    known = kinds.unique().drop_nulls()
    return kinds.replace_strict(known, [spelled(kind) for kind in known], default=None, return_dtype=pl.String)


def _kinds(placed: pl.DataFrame, kinds: Sequence[str]) -> tuple[LevelKind, ...]:
    """The kinds, in their order in the input."""
    counts = placed.group_by("kind").agg(pl.len(), pl.n_unique("date"), pl.n_unique("symbol"))
    return tuple(
        LevelKind(
            kind=kind,
            n=n,
            dates=dates,
            symbols=symbols,
            treated_as="pin" if is_pin(kind) else "barrier",
            recognised=is_known(kind),
        )
        for kind, n, dates, symbols in sorted(counts.iter_rows(), key=lambda row: kinds.index(row[0]))
    )
