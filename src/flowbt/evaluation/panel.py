"""Verdicts and scores aligned with the returns that followed: matrices with sessions down and symbols across, the frame of every evaluation.

Rows are consecutive sessions, so that a lag of one row is a lag of one session, and a shift of the whole matrix of
verdicts against the outcomes (the placebo) keeps what days and symbols share. Symbols of several exchanges are aligned by
date: a row is a day on which one of the exchanges traded, and horizons are counted by the outcomes on each symbol's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from flowbt.evaluation.forward_returns import Outcomes
from flowbt.evaluation.inference import Floats

SIGNIFICANT_DIGITS = 12
"""Scores that differ beyond these digits differ by rounding: 0.3 and 0.1 + 0.2 are one value."""
UNIVERSE = 10
"""Symbols that make a universe: with fewer on a day, their mean is mostly the symbol itself."""


@dataclass(frozen=True)
class Panel:
    """Verdicts, scores and outcomes, sessions down and symbols across; NaN where unknown.

    Attributes:
        dates: consecutive sessions, from the first with a verdict or a score to the last.
        symbols: ascending.
        verdict: -1, 0 or 1; NaN where none was given.
        score: the number behind the verdict; NaN where there is none.
        outcomes: the moves that followed, on all sessions with bars.
        first: the row of `outcomes` that is the panel's first.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    verdict: Floats
    score: Floats
    outcomes: Outcomes
    first: int

    def between(self, start: int, end: int) -> Floats:
        """Return from `start` to `end` sessions after the entry."""
        return self._within(self.outcomes.between(start, end))

    def following(self, horizon: int) -> Floats:
        """Return over the `horizon` sessions from the entry."""
        return self.between(0, horizon)

    def next_range(self) -> Floats:
        """Log of high over low of the next session."""
        return self._within(self.outcomes.next_range())

    def by_session(self, values: Floats, function: Callable[[Floats], Floats]) -> Floats:
        """A function along the rows, on each symbol's own sessions; NaN on dates on which its exchange is closed."""
        if self.outcomes.session.all():
            return function(values)
        whole = np.full(self.outcomes.session.shape, np.nan)
        whole[self.first : self.first + len(values)] = values
        return self._within(self.outcomes.by_session(whole, function))

    def placed(self, frame: pl.DataFrame, column: str) -> Floats:
        """A column of a frame with `symbol` and `date`, as a matrix of the panel."""
        days, columns = ({key: place for place, key in enumerate(keys)} for keys in (self.dates, self.symbols))
        filled = np.full((len(days), len(columns)), np.nan)
        for symbol, day, value in frame.select("symbol", "date", pl.col(column).cast(pl.Float64)).iter_rows():
            if value is not None and day in days and symbol in columns:
                filled[days[day], columns[symbol]] = value
        return filled

    def _within(self, values: Floats) -> Floats:
        return values[self.first : self.first + len(self.dates)]


def panel_of(verdicts: pl.DataFrame, outcomes: Outcomes) -> Panel:
    """Align verdicts with outcomes.

    Args:
        verdicts: `symbol, date` and `verdict`, `score` or both; one row per symbol and day. Rows of a symbol without bars, or
            of a day before its first or after its last, are left out, as no outcome is known.
        outcomes: of at least these symbols.
    """
    place = pl.DataFrame({"date": outcomes.dates}, schema={"date": pl.Date}).with_row_index("row")
    symbols = tuple(symbol for symbol in outcomes.symbols if symbol in set(verdicts["symbol"]))
    column = pl.DataFrame({"symbol": symbols}, schema={"symbol": pl.String}).with_row_index("column")
    placed = verdicts.join(place, on="date").join(column, on="symbol")
    columns = [name for name in ("verdict", "score") if name in verdicts.columns]
    # an infinite score counts as missing, like NaN
    placed = placed.with_columns(
        pl.when(pl.col(name).cast(pl.Float64).is_finite()).then(pl.col(name)) for name in columns
    )
    given = placed.filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    first, last = (given["row"].min(), given["row"].max()) if given.height else (0, -1)
    count = int(last) - int(first) + 1  # type: ignore[arg-type]
    at = given["row"].to_numpy().astype(np.int64) - int(first), given["column"].to_numpy()  # type: ignore[arg-type]

    def matrix(name: str) -> Floats:
        filled = np.full((count, len(symbols)), np.nan)
        if name in columns:
            rounded = given[name].cast(pl.Float64).round_sig_figs(SIGNIFICANT_DIGITS)
            filled[at] = rounded.fill_null(np.nan).to_numpy()
        return filled

    kept = [outcomes.symbols.index(symbol) for symbol in symbols]
    return Panel(
        outcomes.dates[int(first) : int(first) + count],  # type: ignore[arg-type]
        symbols,
        matrix("verdict"),
        matrix("score"),
        outcomes.of(kept),
        int(first),  # type: ignore[arg-type]
    )


def above_universe(moves: Floats) -> Floats:
    """Each move above the mean of its day, where at least `UNIVERSE` symbols have one; else as it is."""
    there = np.isfinite(moves)
    count = there.sum(axis=1)
    mean = np.where(there, moves, 0.0).sum(axis=1) / np.maximum(count, 1)
    return moves - np.where(count >= UNIVERSE, mean, 0.0)[:, None]
