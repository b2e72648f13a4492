"""Volume and open interest."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowbt.market import MarketConfig, simulate_chains, simulate_sentiment
from flowbt.market.flow import Book, in_orders

CONTRACT = ["symbol", "expiration", "strike"]
SIDES = pytest.mark.parametrize("side", ["call", "put"])
CONFIG = MarketConfig(symbols=3, sessions=200, contracts_per_snapshot=300)
LIVE = pl.col("expiration") > pl.col("date")


@pytest.fixture(scope="module")
def snapshots() -> pl.DataFrame:
    """One row per symbol and day, with the sentiment behind it."""
    put, call = pl.col("put_volume"), pl.col("call_volume")
    call_premium, put_premium = (call * pl.col("call_last")).sum(), (put * pl.col("put_last")).sum()
    days = (
        pl.concat(simulate_chains(CONFIG))
        .group_by("symbol", "date")
        .agg(
            put_call=(put.sum() / call.sum()).log(),
            net_premium=(call_premium - put_premium) / (call_premium + put_premium),
            contracts=(put + call).sum(),
            held=(pl.col("put_open_interest") + pl.col("call_open_interest")).filter(LIVE).sum(),
            spot=pl.col("underlying_price").first(),
        )
    )
    return days.join(simulate_sentiment(CONFIG), on=["symbol", "date"]).sort("symbol", "date")


@SIDES
def test_open_interest_changes_by_no_more_than_the_volume(chains: pl.DataFrame, side: str) -> None:
    held = pl.col(f"{side}_open_interest")
    change = (held.shift(-1) - held).over(CONTRACT).abs()
    assert chains.select((change <= pl.col(f"{side}_volume")).all()).item()


@SIDES
def test_numbers_of_contracts_are_never_negative(chains: pl.DataFrame, side: str) -> None:
    assert chains.select(pl.col(f"{side}_open_interest", f"{side}_volume").min()).row(0) >= (0, 0)


@SIDES
def test_a_new_listing_starts_at_zero(chains: pl.DataFrame, side: str) -> None:
    first = chains.filter(pl.col("date") == pl.col("date").min().over(CONTRACT))
    new = first.filter(pl.col("date") > chains["date"].min())
    assert new.height > 100
    assert (new[f"{side}_open_interest"] == 0).all()


def test_the_first_session_finds_positions_there(snapshots: pl.DataFrame) -> None:
    held = snapshots.group_by("symbol", maintain_order=True).agg(
        first=pl.col("held").first(), usual=pl.col("held").mean()
    )
    assert held.select((pl.col("first") / pl.col("usual")).is_between(0.5, 2).all()).item()


def test_open_interest_piles_up_at_round_strikes() -> None:
    blocks = simulate_chains(MarketConfig(symbols=1, sessions=20, contracts_per_snapshot=5400))
    near = pl.concat(blocks).filter((pl.col("strike") / pl.col("underlying_price") - 1).abs() < 0.05)
    held, is_round = pl.col("call_open_interest") + pl.col("put_open_interest"), pl.col("strike") % 5 == 0
    assert near.select(held.filter(is_round).mean() > 1.5 * held.filter(~is_round).mean()).item()


def test_puts_are_held_below_the_price(chains: pl.DataFrame) -> None:
    below = pl.col("strike") < pl.col("underlying_price")
    held = pl.col("put_open_interest")
    assert chains.select(held.filter(below).sum() > 2 * held.filter(~below).sum()).item()


def test_the_front_trades_most(chains: pl.DataFrame) -> None:
    days = (pl.col("expiration") - pl.col("date")).dt.total_days()
    volume = pl.col("call_volume") + pl.col("put_volume")
    assert chains.select(volume.filter(days <= 60).sum() > 2 * volume.filter(days > 60).sum()).item()


def test_many_contracts_do_not_trade_on_a_day(chains: pl.DataFrame) -> None:
    assert 0.1 < (chains["call_volume"] == 0).mean() < 0.8  # type: ignore[operator]


def test_untraded_contracts_keep_their_last_trade(chains: pl.DataFrame) -> None:
    kept = pl.col("call_last") == pl.col("call_last").shift(1).over(CONTRACT)
    assert (
        chains.filter(pl.col("call_last").shift(1).over(CONTRACT).is_not_null(), pl.col("call_volume") == 0).height > 0
    )
    untraded = chains.with_columns(kept=kept).filter(pl.col("call_volume") == 0)
    assert untraded["kept"].drop_nulls().all()


@pytest.mark.parametrize(("column", "low", "high"), [("put_call", -0.95, -0.75), ("net_premium", 0.5, 0.9)])
def test_the_flow_tells_of_the_sentiment(snapshots: pl.DataFrame, column: str, low: float, high: float) -> None:
    correlations = snapshots.group_by("symbol").agg(pl.corr(column, "sentiment"))[column]
    assert low < correlations.mean() < high  # type: ignore[operator]


def test_put_call_ratios_have_their_own_level_for_each_symbol(snapshots: pl.DataFrame) -> None:
    usual = snapshots.group_by("symbol").agg(pl.col("put_call").mean())["put_call"]
    assert usual.max() - usual.min() > 0.1  # type: ignore[operator]


def test_the_contracts_of_a_day_persist(snapshots: pl.DataFrame) -> None:
    volume = pl.col("contracts").log()
    persistence = snapshots.group_by("symbol").agg(pl.corr(volume, volume.shift(1)))["contracts"]
    assert persistence.min() > 0.2  # type: ignore[operator]


@given(held=st.integers(0, 10_000), volume=st.integers(0, 10_000), net=st.floats(-3, 3, allow_nan=False))
def test_a_book_cannot_close_what_is_not_open(held: int, volume: int, net: float) -> None:
    book = Book(np.array([float(held)]), np.array([1.0]))
    shown, _ = book.settle(np.array([0]), np.array([volume]), np.array([net]), np.array([2.0]))
    assert shown[0] == held
    assert book.open_interest[0] >= 0
    assert abs(book.open_interest[0] - held) <= volume


def test_orders_add_up_to_the_appetite() -> None:
    traded = in_orders(np.random.default_rng(5), np.full(200_000, 3.0))
    assert traded.mean() == pytest.approx(3.0, rel=0.05)
    assert (traded == 0).mean() > 0.5
