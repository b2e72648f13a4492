"""Own it with a floor, as in: 'if you are bullish but cautious, buy the 245 put to hedge a drop below the lower band'.

It trades the shares and sells them where the put would take over; the flow report shows the cost of the put.
"""

from dataclasses import dataclass

import polars as pl

from flowbt import Plan, Strategy

FRIDAY = "[expiry=this_friday,otm]"


@dataclass(frozen=True)
class ProtectivePut(Strategy):
    """Long at the next open above the 30-session mean; stop at this Friday's put floor nearest the lower band, target the upper band."""

    hold: int = 3

    def plan(self) -> Plan:
        """One trade per day on which the price is above its mean and the floor below the price."""
        spot, upper, floor = pl.col("spot"), pl.col("bollinger_upper"), nearest_floor(pl.col("bollinger_lower"))
        return Plan(
            when=(spot > pl.col("sma_30")) & (floor < spot) & (upper > spot),
            side="long",
            target=upper,
            stop=floor,
            exit_after=self.hold,
        )


def nearest_floor(level: pl.Expr) -> pl.Expr:
    """The one of this Friday's three largest put strikes below the price that is nearest the level."""
    nearest, *others = (pl.col(f"put_floor(rank={rank}){FRIDAY}") for rank in (1, 2, 3))
    for other in others:
        is_nearer = (other - level).abs() < (nearest - level).abs()
        nearest = pl.when(is_nearer).then(other).otherwise(nearest)
    return nearest
