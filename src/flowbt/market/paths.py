"""Price paths: a common market factor, volatility that clusters and rises as prices fall, gaps, fat tails, and sentiment.

For each session t, all in logs:

1. a market and a symbol shock for the night and for the day give the symbol's two shocks (`market_share`);
2. volatility is an AR(1) in logs for the market and one for the symbol, each pushed up by its own falling price
   (`_log_volatility`);
3. the shocks are scaled by a random factor, which produces extreme days (`_stretch`); the night carries 30% of the
   variance, as in index funds;
4. sentiment is an AR(1) of standard normals that partly follows the day's shock, because investors buy puts as prices
   fall (`_sentiment`). It contains nothing of later shocks; only the planted drift (`edge`) makes it predictive;
5. open, close, and the extremes of a Brownian bridge between them, in cents (`simulate_path`, `simulate_bars`).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.market.character import MARKET_STREAM, PATH, SYMBOL_STREAM, Character
from flowbt.market.config import MarketConfig
from flowbt.market.edge import planted_drift
from flowbt.schema import PRICE_BARS, conform

Floats = npt.NDArray[np.float64]

OVERNIGHT_SHARE = 0.3
RISK_PREMIUM = 0.05
VOL_PERSISTENCE = 0.97
LEVERAGE = 0.6
SENTIMENT_PERSISTENCE = 0.7
SENTIMENT_FOLLOWS_PRICE = 0.3


@dataclass(frozen=True)
class SymbolPath:
    """Path of one symbol over all simulated sessions, one value per session.

    Attributes:
        open: USD, in cents, as are `high`, `low` and `close`.
        shares: shares traded.
        volatility: per year, expected at the close of each session for the next one; its options are priced on it.
        surprise: size of the session's return relative to the volatility expected for it.
        sentiment: latent mood of the option flow, standard normal in the long run; positive is bullish.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    shares: npt.NDArray[np.int64]
    volatility: Floats
    surprise: Floats
    sentiment: Floats


@dataclass(frozen=True)
class MarketFactor:
    """Shocks common to all symbols: night and day, and the log level of volatility."""

    night: Floats
    day: Floats
    log_volatility: Floats


def simulate_market(config: MarketConfig) -> MarketFactor:
    """The common factor; depends on the seed and the number of sessions, not on the symbols."""
    count = config.lead + config.sessions
    night, day, vol = config.stream(MARKET_STREAM).standard_normal((3, count))
    return MarketFactor(night, day, _log_volatility(vol, _whole_day(night, day), spread=0.26))


def simulate_path(config: MarketConfig, number: int, market: MarketFactor) -> SymbolPath:
    """Path of symbol `number`."""
    character = Character.of(config, number)
    rng = config.stream(SYMBOL_STREAM, number, PATH)
    count = config.lead + config.sessions
    own_night, own_day, wild_night, wild_day, vol, mood, trading = rng.standard_normal((7, count))
    above, below = rng.uniform(size=(2, count))

    common, own = character.market_share, math.sqrt(1.0 - character.market_share**2)
    night = common * market.night + own * own_night
    day = common * market.day + own * own_day
    shock = _whole_day(night, day)

    log_level = market.log_volatility + _log_volatility(vol, shock, spread=0.18)
    level = character.volatility * np.exp(log_level)
    scale = level[:-1] / math.sqrt(SESSIONS_PER_YEAR)
    sentiment = _sentiment(mood, shock)

    night_return = math.sqrt(OVERNIGHT_SHARE) * scale * _stretch(wild_night, 0.45) * night
    day_scale = math.sqrt(1.0 - OVERNIGHT_SHARE) * scale * _stretch(wild_day, 0.35)
    # the mean simple return is the risk premium; the mean log return is lower by half the variance
    drift = RISK_PREMIUM / SESSIONS_PER_YEAR - scale**2 / 2
    day_return = drift + day_scale * day + planted_drift(sentiment, config.edge_bp, config.edge_horizon)

    log_close = math.log(character.start_price) + np.cumsum(night_return + day_return)
    log_open = log_close - day_return
    reach_up, reach_down = (np.sqrt(day_return**2 - 2 * day_scale**2 * np.log1p(-u)) for u in (above, below))
    open_, close = cents(np.exp(log_open)), cents(np.exp(log_close))
    high = cents(np.exp(log_open + (day_return + reach_up) / 2))
    low = cents(np.exp(log_open + (day_return - reach_down) / 2))

    surprise = np.abs(night_return + day_return) / scale
    busy = 0.25 * autoregression(trading, 0.6) + 0.5 * log_level[:-1] + 0.25 * (surprise - 0.8)
    return SymbolPath(
        open=open_,
        high=np.maximum(high, np.maximum(open_, close)),
        low=np.minimum(low, np.minimum(open_, close)),
        close=close,
        shares=np.rint(character.shares * np.exp(busy)).astype(np.int64),
        volatility=level[1:],
        surprise=surprise,
        sentiment=sentiment,
    )


def simulate_bars(config: MarketConfig) -> pl.DataFrame:
    """Simulate daily bars of all symbols (`schema.PRICE_BARS`), including the warm-up, by symbol and date.

    There are no splits or dividends, so `adj_close` equals `close`.
    """
    market, days = simulate_market(config), config.days()
    keep = slice(config.lead - config.warmup_bars, None)
    frames = []
    for number, name in enumerate(config.names):
        path = simulate_path(config, number, market)
        columns = {
            "open": path.open[keep],
            "high": path.high[keep],
            "low": path.low[keep],
            "close": path.close[keep],
            "volume": path.shares[keep],
            "adj_close": path.close[keep],
        }
        frames.append(pl.DataFrame({"date": days[keep], **columns}).with_columns(symbol=pl.lit(name)))
    return conform(pl.concat(frames), PRICE_BARS)


def simulate_sentiment(config: MarketConfig) -> pl.DataFrame:
    """The latent sentiment behind the flow, which no trader sees: `symbol`, `date`, `sentiment`, over the dates of the bars."""
    market, days = simulate_market(config), config.days()
    keep = slice(config.lead - config.warmup_bars, None)
    return pl.concat(
        pl.DataFrame({"date": days[keep], "sentiment": simulate_path(config, number, market).sentiment[keep]}).select(
            pl.lit(name).alias("symbol"), "date", "sentiment"
        )
        for number, name in enumerate(config.names)
    )


def autoregression(shocks: Floats, persistence: float) -> Floats:
    """AR(1) of standard normal shocks, started in its long-run distribution: every value is standard normal."""
    fresh = math.sqrt(1.0 - persistence**2)
    values = np.empty_like(shocks)
    state = 0.0
    for index, shock in enumerate(shocks.tolist()):
        state = shock if index == 0 else persistence * state + fresh * shock
        values[index] = state
    return values


def cents(prices: Floats) -> Floats:
    """Prices rounded to cents, at least one cent."""
    return np.maximum(np.rint(prices * 100.0), 1.0) / 100.0


def _whole_day(night: Floats, day: Floats) -> Floats:
    return math.sqrt(OVERNIGHT_SHARE) * night + math.sqrt(1.0 - OVERNIGHT_SHARE) * day


def _log_volatility(vol: Floats, shock: Floats, spread: float) -> Floats:
    """Log level of volatility: before the first session, then after each, so one more value than sessions."""
    pushed = np.concatenate((vol[:1], -LEVERAGE * shock + math.sqrt(1.0 - LEVERAGE**2) * vol))
    # centred so that the variance, not its log, has the long-run level on average
    return spread * autoregression(pushed, VOL_PERSISTENCE) - spread**2


def _stretch(wild: Floats, spread: float) -> Floats:
    """Random scale with mean square one."""
    return np.exp(spread * wild - spread**2)


def _sentiment(mood: Floats, shock: Floats) -> Floats:
    follows = SENTIMENT_FOLLOWS_PRICE
    return autoregression(follows * shock + math.sqrt(1.0 - follows**2) * mood, SENTIMENT_PERSISTENCE)
