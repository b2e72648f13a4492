"""Max-pain gravity: the claim that before an expiry the price drifts to where option holders are paid least."""

from dataclasses import dataclass

import polars as pl

from flowbt.signals.base import Signal


@dataclass(frozen=True)
class MaxPainGravity(Signal):
    """Bullish when the spot is well below max pain of an expiry that is near, bearish when well above.

    Attributes:
        min_gap: smallest distance of the spot from max pain, as a fraction of max pain.
        max_gap: largest distance; beyond it no pull is assumed (the strikes were listed for another price).
        max_days: largest number of calendar days to the nearest expiry.

    Examples:
        >>> flowbt.MaxPainGravity(min_gap=0.02).name()
        'max_pain_gravity'
    """

    min_gap: float = 0.01
    max_gap: float = 0.10
    max_days: int = 5

    def score(self) -> pl.Expr:
        """Gap to max pain as a share of `max_gap`, clipped to [-1, 1]; positive where the spot is below max pain."""
        return (-pl.col("max_pain_gap") / self.max_gap).clip(-1, 1)

    def verdict(self) -> pl.Expr:
        """Direction towards max pain, where the gap is within limits and the expiry near; else 0."""
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
        """Last trading day of the nearest live expiry."""
        return pl.col("last_trading_day")
