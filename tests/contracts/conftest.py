"""A small synthetic market for the contracts."""

import pytest

from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.research.data import simulate

SMALL = MarketConfig(symbols=2, sessions=60, seed=11, contracts_per_snapshot=120, warmup_bars=40)


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two symbols over 60 sessions."""
    lake = Lake(tmp_path_factory.mktemp("market"))
    simulate(lake, SMALL)
    return lake
