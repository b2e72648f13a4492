"""Permanent characteristics of a synthetic symbol: its price, its volatility, and the habits of its option traders.

An index fund used for hedging trades two puts per call and has three in open interest; a bond fund trades more calls
than puts. A ratio is therefore meaningful only relative to the symbol's own history. The synthetic symbols differ, so
that a method which ignores this fails on them.
"""

from dataclasses import dataclass

from flowbt.market.config import MarketConfig

MARKET_STREAM, SYMBOL_STREAM = 0, 1
CHARACTER, PATH, CONTRACTS, FLOW = range(4)
"""Keys of the random streams: (MARKET_STREAM,) and (SYMBOL_STREAM, number of the symbol, subject)."""


@dataclass(frozen=True)
class Character:
    """Constants of a symbol, drawn once.

    Attributes:
        start_price: first price in USD.
        volatility: long-run volatility per year, as a fraction.
        market_share: correlation of its shocks with the market's.
        shares: shares traded on a usual day.
        contracts: options traded on a usual day.
        log_put_call: usual log of put volume over call volume.
        flow_swing: standard deviation of that log explained by sentiment.
        put_stickiness: opening share of put volume relative to that of call volume; hedges are kept, calls are traded.
        skew: usual correlation parameter of the smile; negative: puts cost more.
        curvature: usual vol-of-vol parameter of the smile.
    """

    start_price: float
    volatility: float
    market_share: float
    shares: float
    contracts: float
    log_put_call: float
    flow_swing: float
    put_stickiness: float
    skew: float
    curvature: float

    @classmethod
    def of(cls, config: MarketConfig, number: int) -> "Character":
        """The character of symbol `number`."""
        rng = config.stream(SYMBOL_STREAM, number, CHARACTER)
        return cls(
            start_price=float(60.0 * (350.0 / 60.0) ** rng.uniform()),
            volatility=float(rng.uniform(0.13, 0.32)),
            market_share=float(rng.uniform(0.5, 0.85)),
            shares=float(2.0e7 * rng.lognormal(0.0, 0.6)),
            contracts=float(4.0e5 * rng.lognormal(0.0, 0.6)),
            log_put_call=float(rng.uniform(-0.35, 0.9)),
            flow_swing=float(rng.uniform(0.22, 0.36)),
            put_stickiness=float(rng.uniform(1.5, 2.4)),
            skew=float(rng.uniform(-0.65, -0.45)),
            curvature=float(rng.uniform(0.8, 1.0)),
        )
