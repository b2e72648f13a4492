"""One small market for all tests of chains: two symbols, three months."""

import polars as pl
import pytest

from flowbt.market import MarketConfig, simulate_bars, simulate_chains

SMALL = MarketConfig(symbols=2, sessions=70, contracts_per_snapshot=400)


@pytest.fixture(scope="session")
def chains() -> pl.DataFrame:
    return pl.concat(simulate_chains(SMALL))


@pytest.fixture(scope="session")
def bars() -> pl.DataFrame:
    return simulate_bars(SMALL)
