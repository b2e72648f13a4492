"""Max-pain gravity: before an expiry the price is said to be drawn to where option holders are paid least."""

from dataclasses import dataclass

import polars as pl

from flowbt.signals.base import Signal


@dataclass(frozen=True)
class MaxPainGravity(Signal):
    """Bullish when the spot lies well below max pain of an expiry that is near, bearish when well above.

    Attributes:
        min_gap: how far the spot must lie from max pain, as a fraction of max pain.
        max_gap: beyond this the pull is not believed (the strikes were listed for another price).
        max_days: the nearest expiry must be at most this many calendar days away.
    """

    min_gap: float = 0.01
    max_gap: float = 0.10
    max_days: int = 5

    def score(self) -> pl.Expr:
        """The gap to max pain as a share of `max_gap`, positive where the spot lies below."""
        return (-pl.col("max_pain_gap") / self.max_gap).clip(-1, 1)

    def verdict(self) -> pl.Expr:
        """The side of max pain, where the gap is wide and the expiry near."""
        gap = pl.col("max_pain_gap")
        pulled = gap.abs().is_between(self.min_gap, self.max_gap) & (pl.col("days_to_expiry") <= self.max_days)
        return pl.when(pulled).then(-gap.sign()).when(gap.is_not_null()).then(0).cast(pl.Int8)

    def levels(self) -> dict[str, pl.Expr]:
        """The target is max pain itself."""
        return {"target": self.target()}

    def target(self) -> pl.Expr:
        """Max pain of the nearest live expiry."""
        return pl.col("max_pain")

    def expiry(self) -> pl.Expr:
        """When the expiry that pulls is over: its last trading day."""
        return pl.col("last_trading_day")
