"""Call breakout: the strike that call holders need the price to break, and the next target above it."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from flowbt.signals.base import Signal


@dataclass(frozen=True)
class CallBreakout(Signal):
    """Bullish when a contested call level is just above the spot, with the next call peak beyond it.

    Attributes:
        level: the level that must break: the `contention` strike (largest out-of-the-money call open interest) or the
            middle Bollinger band (`bollinger_mid`), as in "buy if it breaks above 250.94 (middle band), target 266, stop
            below today's low".
        max_distance: largest distance of the trigger above the spot, as a fraction of the spot.
        min_reward: smallest distance of the target above the trigger, as a fraction of the trigger.

    Examples:
        >>> flowbt.CallBreakout(max_distance=0.02).name()
        'call_breakout'
    """

    level: Literal["contention", "bollinger_mid"] = "contention"
    max_distance: float = 0.03
    min_reward: float = 0.005

    def score(self) -> pl.Expr:
        """1 with the spot at the trigger, falling to 0 at `max_distance` below it; 0 where there is no setup."""
        nearness = 1 - self._distance() / self.max_distance
        return pl.when(self._setup()).then(nearness).when(self._has_levels()).then(0.0)

    def verdict(self) -> pl.Expr:
        """1 where there is a setup, else 0; null where a level is unknown."""
        return pl.when(self._setup()).then(1).when(self._has_levels()).then(0).cast(pl.Int8)

    def levels(self) -> dict[str, pl.Expr]:
        """Trigger, target and stop."""
        return {"trigger": self.trigger(), "target": self.target(), "stop": self.stop()}

    def trigger(self) -> pl.Expr:
        """The level that must break."""
        return pl.col("contention_strike" if self.level == "contention" else "bollinger_mid")

    def target(self) -> pl.Expr:
        """Next call peak above the contention strike; with the band as trigger, the contention strike."""
        return pl.col("next_call_peak" if self.level == "contention" else "contention_strike")

    def stop(self) -> pl.Expr:
        """The day's low."""
        return pl.col("low")

    def _distance(self) -> pl.Expr:
        return self.trigger() / pl.col("spot") - 1

    def _has_levels(self) -> pl.Expr:
        return pl.all_horizontal(expr.is_not_null() for expr in (pl.col("spot"), *self.levels().values()))

    def _setup(self) -> pl.Expr:
        has_reward = self.target() >= self.trigger() * (1 + self.min_reward)
        is_near = self._distance().is_between(0, self.max_distance, closed="right")
        return self._has_levels() & is_near & has_reward & (self.stop() < self.trigger())
