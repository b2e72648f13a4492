"""Where in time an effect is: over disjoint windows, along the path around the entry, and when the entry is delayed.

All but the path are of the mean return in the verdict's direction above what its average position earns (`signed_effect`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result, keyed
from flowbt.evaluation.effects import effect_where, signed_effect
from flowbt.evaluation.panel import Panel, above_universe
from flowbt.evaluation.verdicts import VERDICTS

DISJOINT: Final = ((0, 1), (1, 2), (2, 3), (3, 5), (5, 10), (10, 20))
"""Sessions after the entry: windows that share no session, so that a late one does not repeat an earlier one."""
PATH: Final = (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20)
LAGS: Final = range(-1, 6)
"""A lag of -1 enters a session before the verdict was known: an edge that is there and gone at lag 1 is a leak."""


@dataclass(frozen=True, kw_only=True)
class DecayWindow(Result):
    """The effect in one window after the entry.

    Attributes:
        start: first session of the window, counted from the entry.
        end: its last session.
        signed_excess: mean excess return in the verdict's direction, as a fraction; None, like the two below, where it
            cannot be tested.
        ci: its 95% interval.
        p_value: two-sided.
    """

    start: int = keyed("from")
    end: int = keyed("to")
    signed_excess: float | None
    ci: tuple[float, float] | None
    p_value: float | None

    @property
    def span(self) -> str:
        """The window in words: `3–5`."""
        return f"{self.start}–{self.end}"


@dataclass(frozen=True)
class DelayLag(Result):
    """The effect when the entry is delayed by so many sessions.

    Attributes:
        lag: sessions; -1 is a session before the verdict was known.
        signed_excess: mean excess return in the verdict's direction, as a fraction; None where it cannot be tested.
        ci: its 95% interval; None likewise.
    """

    lag: int
    signed_excess: float | None
    ci: tuple[float, float] | None


@dataclass(frozen=True)
class Delay(Result):
    """The effect over a horizon, in sessions, at each delay of the entry.

    Attributes:
        horizon: in sessions.
        lags: the effect at each delay of the entry.
    """

    horizon: int
    lags: tuple[DelayLag, ...]

    def at(self, lag: int) -> DelayLag | None:
        """The effect at one delay; None where it was not computed."""
        return next((each for each in self.lags if each.lag == lag), None)


@dataclass(frozen=True)
class PathPoint(Result):
    """The mean path of the price around the verdicts of one direction, at one session.

    Attributes:
        verdict: bearish or bullish.
        session: sessions from the entry; negative before it.
        n: verdicts with a price there.
        mean: mean excess return from the entry to the session (before the entry: from there back), as a fraction; None
            where it cannot be tested.
        low: lower end of its 95% interval; None likewise and at the entry.
        high: upper end.
    """

    verdict: str
    session: int
    n: int
    mean: float | None
    low: float | None
    high: float | None


def decay(panel: Panel) -> tuple[DecayWindow, ...]:
    """The effect in each of the disjoint windows after the entry."""
    windows = []
    for start, end in DISJOINT:
        estimate = signed_effect(panel, start, end)
        windows.append(
            DecayWindow(
                start=start,
                end=end,
                signed_excess=estimate.value if estimate else None,
                ci=estimate.interval if estimate else None,
                p_value=estimate.p_value if estimate else None,
            )
        )
    return tuple(windows)


def delay(panel: Panel, horizon: int) -> Delay:
    """The effect over `horizon` sessions when the entry is delayed by each of `LAGS` sessions."""
    estimates = {lag: signed_effect(panel, lag, lag + horizon) for lag in LAGS}
    return Delay(
        horizon,
        tuple(
            DelayLag(lag, estimate.value if estimate else None, estimate.interval if estimate else None)
            for lag, estimate in estimates.items()
        ),
    )


def event_path(panel: Panel) -> tuple[PathPoint, ...]:
    """Mean cumulative excess return from the entry, around the days of each directional verdict."""
    points = []
    for session in PATH:
        moves = above_universe(panel.between(0, session))
        known = np.isfinite(panel.verdict) & np.isfinite(moves)
        for name in ("bearish", "bullish"):
            chosen = known & (panel.verdict == VERDICTS[name])
            if not chosen.any():
                continue
            estimate = effect_where(chosen, known, moves, max(abs(session), 1)) if session else None
            low, high = estimate.interval if estimate else (None, None)
            mean = estimate.value if estimate else 0.0 if session == 0 else None
            points.append(PathPoint(name, session, int(chosen.sum()), mean, low, high))
    return tuple(points)
