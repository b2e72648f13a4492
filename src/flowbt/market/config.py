"""Configuration of a synthetic market: its size, its dates, its seed, and the edge planted in it.

Every random stream is a child of the seed identified by a key (`stream`), never the continuation of another stream.
What happens to a symbol therefore depends neither on the other symbols nor on how the frames are requested.
"""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from flowbt.calendar import is_session, previous_session, shift_session
from flowbt.calendar import sessions as sessions_between
from flowbt.errors import FlowbtError

BURN_IN = 60
"""Sessions simulated before the first chain and then dropped, so that open interest has a realistic history."""


@dataclass(frozen=True)
class MarketConfig:
    """Configuration of a synthetic market; equal configurations give equal frames, bit for bit.

    Stable: more `symbols` leave the first ones unchanged; `edge_bp` adds its drift to the same shocks, so a market with
    and without an edge can be compared day by day; `contracts_per_snapshot` leaves the bars unchanged. Not stable:
    `sessions`, `warmup_bars` and `last_session` move the start of every path, so they give another market.

    Attributes:
        symbols: number of symbols, named SYN000, SYN001, ...
        sessions: sessions with a chain, ending with `last_session`.
        seed: any integer from 0.
        edge_bp: log return planted after extreme flow, in basis points, in total over the horizon (see `edge`).
        edge_horizon: sessions over which it is earned.
        contracts_per_snapshot: approximate number of options (calls and puts) that a symbol lists on a day.
        last_session: the last day of bars and chains.
        warmup_bars: price bars before the first chain, so that long averages exist on it.

    Raises:
        FlowbtError: a value is out of range, or `last_session` is not a session.

    Examples:
        >>> flowbt.MarketConfig(symbols=2, sessions=90, seed=7).sessions
        90
    """

    symbols: int = 3
    sessions: int = 250
    seed: int = 7
    edge_bp: float = 0.0
    edge_horizon: int = 3
    contracts_per_snapshot: int = 1500
    last_session: date = date(2025, 12, 31)
    warmup_bars: int = 250

    def __post_init__(self) -> None:
        _require_whole("symbols", self.symbols, 1, 1000)
        _require_whole("sessions", self.sessions, 1, 10_000)
        _require_whole("seed", self.seed, 0, 2**64 - 1)
        _require_whole("edge_horizon", self.edge_horizon, 1, 250)
        _require_whole("contracts_per_snapshot", self.contracts_per_snapshot, 40, 20_000)
        _require_whole("warmup_bars", self.warmup_bars, 0, 10_000)
        if not abs(self.edge_bp) <= 1000:
            raise FlowbtError(f"edge_bp is {self.edge_bp}: give basis points between -1000 and 1000")
        if isinstance(self.last_session, datetime) or not isinstance(self.last_session, date):
            raise FlowbtError(f"last_session is {self.last_session!r}: give a date")
        if not is_session(self.last_session):
            before = previous_session(self.last_session)
            raise FlowbtError(f"last_session {self.last_session} is not a session: the last one before it is {before}")

    @property
    def lead(self) -> int:
        """Sessions simulated before the first chain."""
        return max(self.warmup_bars, BURN_IN)

    @property
    def names(self) -> list[str]:
        """The symbols, ascending."""
        return [f"SYN{number:03d}" for number in range(self.symbols)]

    def days(self) -> list[date]:
        """Every simulated session, the lead first."""
        first = shift_session(self.last_session, 1 - self.lead - self.sessions)
        return sessions_between(first, self.last_session)

    def stream(self, *key: int) -> np.random.Generator:
        """Random generator of one subject; the same key gives the same numbers."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))


def _require_whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FlowbtError(f"{name} is {value!r}: give a whole number from {least} to {most}")
