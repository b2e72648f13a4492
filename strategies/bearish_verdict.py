"""Short a bearish flow verdict: if the flow knows something, the price falls over the sessions that follow."""

from dataclasses import dataclass

from flowbt import FlowVerdict, Plan, Strategy, from_entry


@dataclass(frozen=True)
class BearishVerdict(Strategy):
    """Short at the open after a bearish verdict, out after `hold` sessions, or when it goes `stop` against us."""

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
