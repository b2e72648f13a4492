import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flowbt.market import MarketConfig, simulate_bars, simulate_chains, simulate_sentiment

TINY = MarketConfig(symbols=2, sessions=8, contracts_per_snapshot=100, warmup_bars=5)


def chains_of(config: MarketConfig) -> pl.DataFrame:
    return pl.concat(simulate_chains(config))


def with_(**changes: object) -> MarketConfig:
    return MarketConfig(**{**vars(TINY), **changes})


def test_the_same_seed_gives_the_same_chains() -> None:
    assert_frame_equal(chains_of(TINY), chains_of(with_()), check_exact=True)


def test_the_same_seed_gives_the_same_bars() -> None:
    assert_frame_equal(simulate_bars(TINY), simulate_bars(with_()), check_exact=True)


def test_another_seed_gives_another_market() -> None:
    assert not simulate_bars(TINY).equals(simulate_bars(with_(seed=8)))


@pytest.mark.parametrize("simulate", [chains_of, simulate_bars, simulate_sentiment])
def test_more_symbols_leave_the_first_ones_as_they_are(simulate: object) -> None:
    assert callable(simulate)
    few, many = simulate(TINY), simulate(with_(symbols=3))
    first_ones = many.filter(pl.col("symbol").is_in(TINY.names))
    assert_frame_equal(few, first_ones.sort("date", maintain_order=True).sort("symbol", maintain_order=True))


def test_the_number_of_contracts_leaves_the_bars_as_they_are() -> None:
    assert_frame_equal(simulate_bars(TINY), simulate_bars(with_(contracts_per_snapshot=800)), check_exact=True)


def test_taking_blocks_slowly_changes_nothing() -> None:
    one, other = simulate_chains(TINY), simulate_chains(with_(seed=9))
    interleaved = pl.concat([block for pair in zip(one, other, strict=True) for block in pair[:1]])
    assert_frame_equal(interleaved, chains_of(TINY), check_exact=True)
