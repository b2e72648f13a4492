from datetime import date

import numpy as np
import polars as pl
import pytest

from flowbt.calendar import is_session, monthly_expiry
from flowbt.market import MarketConfig, simulate_chains
from flowbt.market.listing import expiries, list_contracts


def config_until(day: date, sessions: int = 1) -> MarketConfig:
    return MarketConfig(symbols=1, sessions=sessions, last_session=day, warmup_bars=60)


def test_every_expiry_is_a_session(chains: pl.DataFrame) -> None:
    assert all(is_session(day) for day in chains["expiration"].unique())


@pytest.mark.parametrize(
    ("expiry", "year", "month"),
    [(date(2026, 6, 18), 2026, 6), (date(2022, 4, 14), 2022, 4), (date(2025, 10, 17), 2025, 10)],
)
def test_third_fridays_are_listed_and_moved_on_holidays(expiry: date, year: int, month: int) -> None:
    config = config_until(date(year, month, 1) if is_session(date(year, month, 1)) else date(year, month, 3))
    found = {listed.day: listed.monthly for listed in expiries(config, config.days())}
    assert expiry == monthly_expiry(year, month)
    assert found[expiry]


def test_weeklies_monthlies_and_long_ones_are_listed() -> None:
    config = MarketConfig(symbols=1, sessions=1, contracts_per_snapshot=1500, last_session=date(2025, 9, 3))
    days_left = (pl.concat(simulate_chains(config))["expiration"].unique() - config.last_session).dt.total_days()
    assert days_left.is_between(0, 56).sum() >= 8
    assert days_left.is_between(57, 370).sum() >= 9
    assert days_left.filter(days_left > 370).len() >= 1


def test_contracts_are_there_on_their_last_day_and_gone_afterwards(chains: pl.DataFrame) -> None:
    assert (chains["expiration"] >= chains["date"]).all()
    seen = chains.group_by("symbol", "expiration").agg(pl.col("date").max())
    assert (
        seen.filter(pl.col("expiration") <= chains["date"].max())
        .select((pl.col("date") == pl.col("expiration")).all())
        .item()
    )


def test_a_listed_strike_stays_until_it_expires(chains: pl.DataFrame) -> None:
    sessions = chains.select(pl.col("date").unique().sort()).with_row_index("session")
    numbered = chains.join(sessions, on="date").group_by("symbol", "expiration", "strike")
    gaps = numbered.agg(
        missing=pl.col("session").max() - pl.col("session").min() + 1 - pl.len(), last=pl.col("date").max()
    )
    assert (gaps["missing"] == 0).all()
    still_listed = pl.min_horizontal("expiration", pl.lit(chains["date"].max()))
    assert gaps.select((pl.col("last") == still_listed).all()).item()


def test_strikes_are_added_where_the_price_goes_and_only_the_day_after() -> None:
    config = config_until(date(2025, 12, 31), sessions=40)
    days = config.days()
    close = np.where(np.arange(len(days)) < 90, 100.0, 130.0)
    listing = list_contracts(config, days, close, volatility=0.2)
    near = listing.strike == 145.0
    assert set(listing.first[near & (listing.first == 91)]) == {91}
    assert not np.any(near & (listing.first == 90))


def test_the_future_does_not_list_strikes() -> None:
    config = config_until(date(2025, 12, 31), sessions=40)
    days = config.days()
    flat = np.full(len(days), 100.0)
    moved = np.where(np.arange(len(days)) < 90, 100.0, 300.0)
    before = [
        {(e, k) for e, k, f in zip(x.expiry.tolist(), x.strike.tolist(), x.first.tolist(), strict=True) if f <= 90}
        for x in (list_contracts(config, days, close, 0.2) for close in (flat, moved))
    ]
    assert before[0] == before[1]


@pytest.mark.parametrize("wanted", [100, 600, 1500, 5400])
def test_snapshots_have_about_the_contracts_asked_for(wanted: int) -> None:
    config = MarketConfig(symbols=6, sessions=3, contracts_per_snapshot=wanted)
    rows = sum(block.height for block in simulate_chains(config))
    assert rows * 2 / 6 / 3 == pytest.approx(wanted, rel=0.2)


@pytest.mark.parametrize("price", [0.01, 0.3, 4.0, 60.0, 3000.0])
def test_every_price_has_strikes_on_every_session(price: float) -> None:
    config = config_until(date(2025, 12, 31), sessions=20)
    days = config.days()
    listing = list_contracts(config, days, np.full(len(days), price), volatility=0.3)
    assert all(((listing.first <= day) & (listing.last >= day)).any() for day in range(len(days)))
    assert (listing.strike > 0).all()
