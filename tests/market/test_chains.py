from datetime import UTC, date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flowbt.market import MarketConfig, simulate_bars, simulate_chains
from flowbt.market import chains as chains_module
from flowbt.schema import STORED_ORDER, STRIKE_KEY, STRIKE_ROWS


def test_rows_have_the_schema_of_strike_rows(chains: pl.DataFrame) -> None:
    assert list(chains.schema.items()) == list(STRIKE_ROWS.items())


def test_every_block_is_in_stored_order() -> None:
    for block in simulate_chains(MarketConfig(symbols=2, sessions=30, contracts_per_snapshot=100)):
        assert_frame_equal(block, block.sort(STORED_ORDER))


def test_no_key_is_given_twice(chains: pl.DataFrame) -> None:
    assert not chains.select(pl.struct(STRIKE_KEY).is_duplicated().any()).item()


def test_a_block_is_one_month_of_all_symbols() -> None:
    blocks = list(simulate_chains(MarketConfig(symbols=3, sessions=50, contracts_per_snapshot=100)))
    months = [block["date"].dt.truncate("1mo").unique().to_list() for block in blocks]
    assert months == [[date(2025, 10, 1)], [date(2025, 11, 1)], [date(2025, 12, 1)]]
    assert all(block["symbol"].n_unique() == 3 for block in blocks)


def test_big_months_come_in_several_blocks_with_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    config = MarketConfig(symbols=3, sessions=5, contracts_per_snapshot=100)
    whole = pl.concat(simulate_chains(config))
    monkeypatch.setattr(chains_module, "BLOCK_ROWS", 1)
    parts = list(simulate_chains(config))
    assert [part["symbol"].unique().to_list() for part in parts] == [["SYN000"], ["SYN001"], ["SYN002"]]
    assert_frame_equal(pl.concat(parts), whole, check_exact=True)


def test_every_symbol_has_every_session(chains: pl.DataFrame) -> None:
    assert chains.group_by("symbol").agg(pl.col("date").n_unique())["date"].to_list() == [70, 70]
    assert chains["date"].max() == date(2025, 12, 31)


def test_the_price_is_the_close_of_the_bar(chains: pl.DataFrame, bars: pl.DataFrame) -> None:
    both = chains.join(bars, on=["symbol", "date"], how="left")
    assert (both["underlying_price"] == both["close"]).all()


def test_no_warm_up_is_fine() -> None:
    config = MarketConfig(symbols=1, sessions=3, contracts_per_snapshot=100, warmup_bars=0)
    assert simulate_bars(config).height == 3
    assert pl.concat(simulate_chains(config))["date"].n_unique() == 3


@pytest.mark.parametrize(
    ("day", "close"),
    [
        (date(2025, 7, 2), datetime(2025, 7, 2, 20, tzinfo=UTC)),
        (date(2025, 12, 31), datetime(2025, 12, 31, 21, tzinfo=UTC)),
    ],
)
def test_chains_are_quoted_at_four_in_new_york(day: date, close: datetime) -> None:
    config = MarketConfig(symbols=1, sessions=1, contracts_per_snapshot=100, last_session=day)
    assert pl.concat(simulate_chains(config))["quote_time"].unique().to_list() == [close]


def test_only_what_no_vendor_gives_is_missing(chains: pl.DataFrame) -> None:
    missing = {name for name, count in chains.null_count().row(0, named=True).items() if count}
    assert missing <= {"adjusted", "call_vwap", "put_vwap", "call_last", "put_last"}


def test_every_number_is_finite(chains: pl.DataFrame) -> None:
    assert chains.select(pl.all_horizontal(pl.col(pl.Float64).fill_null(0).is_finite().all())).item()


def test_the_constants_of_a_snapshot(chains: pl.DataFrame) -> None:
    constants = chains.select("multiplier", "oi_lag", "source").unique().rows()
    assert constants == [(100.0, 1, "synthetic")]
    assert (chains["root"] == chains["symbol"]).all()
