"""Buy the breakout of a contested call strike: 'buy if it breaks above the level, target the next call peak'."""

from dataclasses import dataclass

from flowbt import CallBreakout, Plan, Strategy, stop_order


@dataclass(frozen=True)
class BuyTheBreak(Strategy):
    """Buy stop at the trigger, valid for `valid_for` sessions; target the next call peak, stop at the day's low."""

    signal: CallBreakout = CallBreakout()
    valid_for: int = 1
    horizon: int = 3

    def plan(self) -> Plan:
        """One order per setup."""
        return Plan(
            when=self.signal.verdict() > 0,
            side="long",
            entry=stop_order(at=self.signal.trigger(), valid_for=self.valid_for),
            target=self.signal.target(),
            stop=self.signal.stop(),
            exit_after=self.horizon,
        )
