"""A synthetic market in an empty lake."""

from collections.abc import Callable
from dataclasses import dataclass

from flowbt.documents import Result
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.market import MarketConfig, simulate_bars, simulate_chains

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation(Result):
    """What was simulated.

    Attributes:
        lake: its address.
        symbols: synthetic ones, `SYN000`, `SYN001`, ...
        sessions: number of days with chains.
        snapshots: number of chains of one symbol and day.
        contracts: number of contracts, added up over the days.
        seed: that makes the same market again.
        edge_bp: drift planted after extreme flow, in basis points.
        edge_horizon: sessions over which the drift is spread.
    """

    lake: str
    symbols: tuple[str, ...]
    sessions: int
    snapshots: int
    contracts: int
    seed: int
    edge_bp: float
    edge_horizon: int


def simulate_market(lake: Lake, config: MarketConfig, progress: Progress | None = None) -> Simulation:
    """Write a synthetic market into an empty lake.

    Args:
        lake: without data.
        config: of the market.
        progress: called with the number of blocks written, and 0.

    Raises:
        FlowbtError: the lake contains data already.

    Examples:
        >>> lake = flowbt.Lake("synthetic")
        >>> made = flowbt.simulate_market(lake, flowbt.MarketConfig(symbols=1, sessions=5, contracts_per_snapshot=100))
        >>> made.symbols, made.sessions
        (('SYN000',), 5)
    """
    if lake.versions():
        raise FlowbtError(f"the lake at '{lake.where}' contains data already: simulate into a new folder with --lake")
    contracts = 0
    for done, block in enumerate(simulate_chains(config), 1):
        lake.write_strike_rows(block, {"source": "synthetic", "seed": str(config.seed)})
        contracts += 2 * block.height
        if progress:
            progress(done, 0)
    # the bars come last: a lake with bars is complete, and one that was interrupted has none
    lake.write_bars(simulate_bars(config), {"source": "synthetic", "seed": str(config.seed)})
    snapshots = lake.snapshots()
    return Simulation(
        lake=lake.where,
        symbols=tuple(snapshots["symbol"].unique().sort()),
        sessions=snapshots["date"].n_unique(),
        snapshots=snapshots.height,
        contracts=contracts,
        seed=config.seed,
        edge_bp=config.edge_bp,
        edge_horizon=config.edge_horizon,
    )
