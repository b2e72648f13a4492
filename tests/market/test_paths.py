import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flowbt.calendar import is_session
from flowbt.market import MarketConfig, simulate_bars, simulate_sentiment
from flowbt.market.paths import autoregression
from flowbt.schema import PRICE_BARS

LONG = MarketConfig(symbols=6, sessions=3000)


@pytest.fixture(scope="module")
def long_bars() -> pl.DataFrame:
    return simulate_bars(LONG).with_columns(ret=pl.col("close").log().diff().over("symbol"))


def test_bars_have_the_schema_and_order_of_prices(bars: pl.DataFrame) -> None:
    assert dict(bars.schema) == PRICE_BARS
    assert_frame_equal(bars, bars.sort("symbol", "date"))


def test_bars_cover_the_warm_up_and_the_sessions() -> None:
    bars = simulate_bars(MarketConfig(symbols=2, sessions=5, warmup_bars=30))
    assert bars.group_by("symbol").len()["len"].to_list() == [35, 35]
    assert all(is_session(day) for day in bars["date"])


def test_high_and_low_enclose_open_and_close(long_bars: pl.DataFrame) -> None:
    low, high = pl.col("low"), pl.col("high")
    inside = (low <= pl.min_horizontal("open", "close")) & (high >= pl.max_horizontal("open", "close")) & (low > 0)
    assert long_bars.select(inside.all()).item()


@pytest.mark.parametrize("column", ["open", "high", "low", "close"])
def test_prices_are_whole_cents(long_bars: pl.DataFrame, column: str) -> None:
    assert long_bars[column].equals(long_bars[column].round(2))


def test_returns_have_fat_tails(long_bars: pl.DataFrame) -> None:
    kurtosis = long_bars.group_by("symbol").agg(pl.col("ret").kurtosis(fisher=False))["ret"]
    assert kurtosis.min() > 4  # type: ignore[operator]


def test_volatility_clusters(long_bars: pl.DataFrame) -> None:
    size = pl.col("ret").abs()
    clustering = long_bars.group_by("symbol").agg(pl.corr(size, size.shift(5)))["ret"]
    assert clustering.min() > 0.05  # type: ignore[operator]


def test_volatility_rises_after_falls(long_bars: pl.DataFrame) -> None:
    leverage = long_bars.group_by("symbol").agg(pl.corr(pl.col("ret"), pl.col("ret").abs().shift(-1)))["ret"]
    assert leverage.mean() < -0.03  # type: ignore[operator]


def test_shares_are_traded_on_big_days(long_bars: pl.DataFrame) -> None:
    together = long_bars.group_by("symbol").agg(pl.corr(pl.col("ret").abs(), pl.col("volume").log()))["ret"]
    assert together.min() > 0.3  # type: ignore[operator]


def test_symbols_share_a_market(long_bars: pl.DataFrame) -> None:
    wide = long_bars.pivot("symbol", index="date", values="ret").drop_nulls().drop("date")
    assert 0.2 < np.corrcoef(wide.to_numpy(), rowvar=False)[0, 1:].mean() < 0.9


def test_sentiment_is_standard_normal_and_persistent() -> None:
    truth = simulate_sentiment(LONG)["sentiment"]
    assert truth.mean() == pytest.approx(0, abs=0.1)
    assert truth.std() == pytest.approx(1, abs=0.05)
    assert truth.to_frame().select(pl.corr("sentiment", pl.col("sentiment").shift(1))).item() > 0.6


def test_autoregression_keeps_unit_variance() -> None:
    values = autoregression(np.random.default_rng(1).standard_normal(50_000), 0.7)
    assert values.std() == pytest.approx(1, abs=0.03)
