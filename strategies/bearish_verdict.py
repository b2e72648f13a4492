"""Short after a bearish flow verdict: if the flow is informed, the price falls over the following sessions."""

from dataclasses import dataclass

from flowbt import FlowVerdict, Plan, Strategy, from_entry


@dataclass(frozen=True)
class BearishVerdict(Strategy):
    """Short at the open after a bearish verdict; exit after `hold` sessions or at a loss of `stop`."""

    signal: FlowVerdict = FlowVerdict()
    hold: int = 3
    stop: float = 0.03

    def plan(self) -> Plan:
        """One short per bearish verdict."""
        return Plan(
            when=self.signal.verdict() < 0,
            side="short",
            stop=from_entry(self.stop),
            exit_after=self.hold,
        )
