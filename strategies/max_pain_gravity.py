"""Trade towards max pain: the claim that near an expiry the price drifts to where option holders are paid least."""

from dataclasses import dataclass

from flowbt import MaxPainGravity, Plan, Strategy, from_entry


@dataclass(frozen=True)
class TowardsMaxPain(Strategy):
    """Enter at the next open when the gap is wide and the expiry near; target max pain, exit at the close on expiry."""

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
