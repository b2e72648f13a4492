"""Buy at support, as in: 'enter near the support with a target at the upper band, as long as it holds above today's low'."""

from dataclasses import dataclass

import polars as pl

from flowbt import Plan, Strategy, limit_order


@dataclass(frozen=True)
class StockPlay(Strategy):
    """Limit order at the day's first Fibonacci support; target the upper band, stop the day's low or the support below.

    Attributes:
        max_distance: largest distance of the support below the spot, as a fraction of the spot.
        valid_for: sessions for which the order is valid.
        hold: sessions after which the position is closed.
    """

    max_distance: float = 0.03
    valid_for: int = 3
    hold: int = 3

    def plan(self) -> Plan:
        """One order where the price is above a support that is near; a support above the price does not count."""
        spot, low, upper = (pl.col(name) for name in ("spot", "low", "bollinger_upper"))
        support, below = pl.col("support_1(kind=fibonacci)"), pl.col("support_2(kind=fibonacci)")
        stop = pl.when(low < support).then(low).otherwise(below)
        return Plan(
            when=support.is_between(spot * (1 - self.max_distance), spot) & (stop < support) & (upper > spot),
            side="long",
            entry=limit_order(at=support, valid_for=self.valid_for),
            target=upper,
            stop=stop,
            exit_after=self.hold,
        )
