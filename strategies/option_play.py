"""Buy the breakout, as in: 'buy this Friday's $255 call if it breaks above the middle band, target 266, stop below today's low'."""

from dataclasses import dataclass

import polars as pl

from flowbt import Plan, Strategy, stop_order

FRIDAY = "[expiry=this_friday,otm]"


@dataclass(frozen=True)
class OptionPlay(Strategy):
    """Buy stop at the middle band, or at this Friday's contention strike; target this Friday's next call peak, stop the day's low.

    Attributes:
        max_distance: largest distance of the trigger above the spot, as a fraction of the spot.
        valid_for: sessions for which the order is valid.
        hold: sessions after which the position is closed.
    """

    max_distance: float = 0.03
    valid_for: int = 3
    hold: int = 3

    def plan(self) -> Plan:
        """One order where the trigger is near, the peak above it and the low below it."""
        spot, band = pl.col("spot"), pl.col("bollinger_mid")
        contested, peak = pl.col(f"contention_strike{FRIDAY}"), pl.col(f"next_call_peak{FRIDAY}")
        trigger = pl.when(band > spot).then(band).otherwise(contested)
        return Plan(
            when=(trigger <= spot * (1 + self.max_distance)) & (peak > trigger) & (pl.col("low") < trigger),
            side="long",
            entry=stop_order(at=trigger, valid_for=self.valid_for),
            target=peak,
            stop=pl.col("low"),
            exit_after=self.hold,
        )
