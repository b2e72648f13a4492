"""Option chains of the synthetic market, month by month.

1. The price path and the contracts of every symbol are created first (`SymbolChains`); both are small.
2. For a month, the rows of a symbol are the pairs of session and live contract, in stored order (`_rows`).
3. They are valued at once, on the day's smile (`smile`), and quoted (`quotes`).
4. Their volume is drawn at once. Open interest is computed session by session, because each depends on the one before
   (`flow`).
5. The months of several symbols, as many as make a block of moderate size, become a frame (`simulate_chains`).

The sessions before the first chain are simulated like the others and dropped: see `config.BURN_IN`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.exchanges import DEFAULT_EXCHANGE, hours_of
from flowbt.market import flow, quotes, smile
from flowbt.market.character import CONTRACTS, FLOW, SYMBOL_STREAM, Character
from flowbt.market.config import BURN_IN, MarketConfig
from flowbt.market.listing import list_contracts
from flowbt.market.paths import MarketFactor, autoregression, simulate_market, simulate_path
from flowbt.schema import SIDES, STRIKE_ROWS, conform

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCK_ROWS = 400_000
"""Approximate rows of a block: 130 MB."""

SENTIMENT_OPENS = 0.35
"""Effect of a sentiment of one: raises the share of its side's volume that opens positions, and lowers the other side's."""

NET_NOISE = 0.15
"""Random spread of the share of a contract's volume that opens positions."""

SESSIONS_PER_MONTH = 21


def simulate_chains(config: MarketConfig) -> Iterator[pl.DataFrame]:
    """Simulate option chains: strike rows (`schema.STRIKE_ROWS`) in stored order, in blocks of one calendar month and several symbols.

    Months ascend, and symbols ascend within a month; all symbols of a month are in one block if they have fewer than
    `BLOCK_ROWS` rows. No (symbol, date) is in two blocks. Apart from the price paths, memory does not grow with the
    number of sessions.
    """
    days = config.days()
    market = simulate_market(config)
    symbols = [SymbolChains(config, number, days, market) for number in range(config.symbols)]
    first = config.lead - BURN_IN
    per_block = max(1, BLOCK_ROWS * 2 // (config.contracts_per_snapshot * SESSIONS_PER_MONTH))
    for _, numbers in groupby(range(first, len(days)), key=lambda number: (days[number].year, days[number].month)):
        month = np.array(list(numbers))
        for start in range(0, len(symbols), per_block):
            group = symbols[start : start + per_block]
            frames = [frame for symbol in group if (frame := symbol.trade(month, config.lead)) is not None]
            if frames:
                yield pl.concat(frames)


@dataclass(frozen=True)
class _Rows:
    """Session and contract of each strike row of some sessions, ordered by session, expiry and strike."""

    session: Ints
    contract: Ints
    starts: Ints


class SymbolChains:
    """Chains of one symbol, simulated forward month by month."""

    def __init__(self, config: MarketConfig, number: int, days: list[date], market: MarketFactor) -> None:
        self.name = config.names[number]
        self.character = Character.of(config, number)
        self.path = simulate_path(config, number, market)
        self.days = np.array(days, dtype="datetime64[D]")
        self.listing = list_contracts(config, days, self.path.close, self.character.volatility)
        self.expiry_days = np.array([expiry.day for expiry in self.listing.expiries], dtype="datetime64[D]")
        self.monthly = np.array([expiry.monthly for expiry in self.listing.expiries])
        lasting, self.rng = (config.stream(SYMBOL_STREAM, number, key) for key in (CONTRACTS, FLOW))
        self.volume = dict(zip(SIDES, flow.daily_volume(lasting, self.character, self.path), strict=True))
        steepening = autoregression(lasting.standard_normal(len(days)), 0.9)
        # puts become more expensive as the flow turns bearish, because dealers have to sell them
        self.skew = self.character.skew + 0.03 * steepening + 0.02 * np.clip(self.path.sentiment, -2.5, 2.5)
        self.popularity = {side: flow.popularity(lasting, self.listing.strike.size) for side in SIDES}
        self.books = self._open_books(config.lead - BURN_IN)

    def trade(self, sessions: Ints, first_shown: int) -> pl.DataFrame | None:
        """Simulate consecutive sessions and return their rows from session `first_shown` on, or None if there are none."""
        rows = self._rows(sessions)
        valuation, terms = self._value(rows)
        price = self.path.close[rows.session]
        columns: dict[str, npt.NDArray[np.generic]] = {}
        for side in SIDES:
            worth = valuation.call if side == "call" else valuation.put
            half = quotes.half_spread(worth, valuation.vega, price)
            bid, ask = quotes.bid_ask(worth, half)
            weight = flow.appetite(terms, side) * self.popularity[side][rows.contract]
            volume = flow.trade(self.rng, weight, rows.starts, self.volume[side][sessions])
            traded_price = quotes.trade_price(worth, half, self.rng.uniform(-0.8, 0.8, rows.session.size))
            open_interest, last = self._settle(rows, side, volume, self._net(rows, terms, side), traded_price)
            columns |= {
                f"{side}_bid": bid,
                f"{side}_ask": ask,
                f"{side}_last": last,
                f"{side}_volume": volume,
                f"{side}_open_interest": open_interest,
                f"{side}_iv": valuation.volatility,
                f"{side}_delta": valuation.call_delta - (side == "put"),
                f"{side}_gamma": valuation.gamma,
                f"{side}_theta": valuation.theta,
                f"{side}_vega": valuation.vega,
            }
        shown = slice(int(np.searchsorted(rows.session, first_shown)), None)
        return self._frame(rows, columns, shown) if rows.session[-1] >= first_shown else None

    def _rows(self, sessions: Ints) -> _Rows:
        listing = self.listing
        near = np.flatnonzero((listing.first <= sessions[-1]) & (listing.last >= sessions[0]))
        live = (listing.first[near] <= sessions[:, None]) & (listing.last[near] >= sessions[:, None])
        which, place = np.nonzero(live)
        return _Rows(sessions[which], near[place], np.searchsorted(which, np.arange(sessions.size)))

    def _value(self, rows: _Rows) -> tuple[smile.Valuation, flow.Terms]:
        """Values of the rows at the close, and the terms on which they traded during the day."""
        price, strike = self.path.close[rows.session], self.listing.strike[rows.contract]
        expiry = self.listing.expiry[rows.contract]
        days = (self.expiry_days[expiry] - self.days[rows.session]).astype(np.int64)
        years = smile.years_left(days)
        at_money = smile.at_the_money(self.path.volatility[rows.session], self.character.volatility, years)
        implied = smile.smile(
            np.log(strike / price), at_money, years, self.skew[rows.session], self.character.curvature
        )
        traded_at = (self.path.open + self.path.close)[rows.session] / 2
        terms = flow.terms_of(strike, traded_at, at_money, days, self.monthly[expiry])
        return smile.value(price, strike, implied, years), terms

    def _net(self, rows: _Rows, terms: flow.Terms, side: str) -> Floats:
        """Share of each row's volume that opens positions, net."""
        sign = 1.0 if side == "call" else -1.0
        share = flow.opening_share(terms, side)
        favour = SENTIMENT_OPENS * np.clip(sign * self.path.sentiment[rows.session], -2.5, 2.5)
        sticky = math.sqrt(self.character.put_stickiness) ** -sign
        noise = NET_NOISE * self.rng.standard_normal(share.size)
        net: Floats = sticky * (share + np.abs(share) * favour) + noise
        return net

    def _settle(self, rows: _Rows, side: str, volume: Ints, net: Floats, traded_price: Floats) -> tuple[Ints, Floats]:
        book = self.books[side]
        bounds = [slice(start, end) for start, end in zip(rows.starts, [*rows.starts[1:], volume.size], strict=True)]
        settled = [book.settle(rows.contract[day], volume[day], net[day], traded_price[day]) for day in bounds]
        open_interest, last = zip(*settled, strict=True)
        return np.concatenate(open_interest), np.concatenate(last)

    def _open_books(self, session: int) -> dict[str, flow.Book]:
        """The books before the first simulated session."""
        rows = self._rows(np.array([session]))
        valuation, terms = self._value(rows)
        expiries = self.listing.expiries
        life = np.array([(expiry.day - expiry.listed).days for expiry in expiries])[self.listing.expiry[rows.contract]]
        books = {}
        for side, worth in zip(SIDES, (valuation.call, valuation.put), strict=True):
            stock, last = np.zeros(self.listing.strike.size), np.zeros(self.listing.strike.size)
            daily = float(self.volume[side].mean())
            expected = flow.existing_stock(terms, side, daily, life) * self.popularity[side][rows.contract]
            stock[rows.contract] = flow.in_orders(self.rng, expected)
            last[rows.contract] = quotes.trade_price(worth, worth, np.zeros(worth.size))
            books[side] = flow.Book(stock, last)
        return books

    def _frame(self, rows: _Rows, columns: dict[str, npt.NDArray[np.generic]], shown: slice) -> pl.DataFrame:
        contract, session = rows.contract[shown], rows.session[shown]
        keys = {
            "date": self.days[session],
            "expiration": self.expiry_days[self.listing.expiry[contract]],
            "strike": self.listing.strike[contract],
            "underlying_price": self.path.close[session],
        }
        frame = pl.DataFrame({**keys, **{name: column[shown] for name, column in columns.items()}}, nan_to_null=True)
        hours = hours_of(DEFAULT_EXCHANGE)
        closing = pl.col("date").dt.combine(hours.closes).dt.replace_time_zone(hours.zone.key)
        return conform(
            frame.with_columns(
                symbol=pl.lit(self.name),
                root=pl.lit(self.name),
                multiplier=pl.lit(100.0),
                adjusted=pl.lit(value=False),
                quote_time=closing.dt.convert_time_zone("UTC"),
                oi_lag=pl.lit(1),
                source=pl.lit("synthetic"),
            ),
            STRIKE_ROWS,
        )
