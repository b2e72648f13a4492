"""Lakes of the two documents; other tests may build on `tests.seeds.april`, `past` and `december` themselves."""

import polars as pl
import pytest
from tests.seeds import april, december, past

from flowbt.lake import Lake


@pytest.fixture(scope="session")
def april_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The day of the flow report and the 25 sessions before it, with bars."""
    lake = Lake(tmp_path_factory.mktemp("april"))
    lake.write_strike_rows(pl.concat([past.chains_before(25), april.chain()]))
    lake.write_bars(past.bars())
    return lake


@pytest.fixture(scope="session")
def december_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The day of the options signal, with the bars of 200 sessions."""
    lake = Lake(tmp_path_factory.mktemp("december"))
    lake.write_strike_rows(december.chain())
    lake.write_bars(december.bars())
    return lake
