"""Synthetic market: price bars and option chains that resemble real ones, with an edge that can be planted in them."""

from flowbt.market.chains import simulate_chains
from flowbt.market.config import MarketConfig
from flowbt.market.paths import simulate_bars, simulate_sentiment

__all__ = ["MarketConfig", "simulate_bars", "simulate_chains", "simulate_sentiment"]
