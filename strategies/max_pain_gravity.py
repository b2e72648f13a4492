"""Trade towards max pain: near an expiry the price is said to be drawn to where option holders are paid least."""

from dataclasses import dataclass

from flowbt import MaxPainGravity, Plan, Strategy, from_entry


@dataclass(frozen=True)
class TowardsMaxPain(Strategy):
    """In at the next open when the gap is wide and the expiry near; target max pain, out at the expiry's close."""

    signal: MaxPainGravity = MaxPainGravity()
    stop: float = 0.03

    def plan(self) -> Plan:
        """Long below max pain, short above it."""
        return Plan(
            when=self.signal.verdict() != 0,
            side=self.signal.verdict(),
            target=self.signal.target(),
            stop=from_entry(self.stop),
            exit_on=self.signal.expiry(),
        )
