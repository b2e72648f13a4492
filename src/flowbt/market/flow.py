"""Volume by contract, and the open interest that results from it.

1. Activity (`daily_volume`): the day's volume is lognormal, autocorrelated, and rises with the size of the day's return
   and with volatility. Sentiment and some chance determine the share of puts.
2. Appetite (`appetite`): how the side's total is spread over expiries (the front trades most, third Fridays more than
   others) and strikes (near the day's price, round numbers first, out of the money before in the money, and many more
   deep puts than far calls, because hedgers buy puts).
3. Chance (`trade`): some contracts are popular for weeks, and each varies from day to day. Numbers are scaled to the
   side's total, so that sentiment alone determines the day's put/call ratio, and are traded in whole orders.
4. Positions (`opening_share`, `Book`): a share of the volume opens positions, more of it in long-dated contracts, at
   round strikes and on the side that sentiment favours; the rest trades or closes existing positions. Open interest
   never changes by more than the volume, never falls below zero, and ends with the contract.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.market.character import Character
from flowbt.market.paths import SymbolPath, autoregression
from flowbt.market.smile import years_left

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FLOW_NOISE = 0.55
"""Spread of the put/call ratio not explained by sentiment, relative to the spread explained by it."""

FRONT, DECAY = 2.5, 1.3
"""Volume falls with the tenor as (days + FRONT) ** -DECAY."""

STOCK_LEFT = 0.5
"""Share of everything opened in a contract that is still open when the simulation begins."""

MOST_CLOSED = 0.3
"""Largest share of a contract's open interest closed on one day: not all holders leave at once."""

POPULARITY, CHANCE = 0.9, 1.0
"""Log spread of volume between similar contracts, permanent, and of one contract between days."""

USUAL_ORDER, ORDER_SPREAD = 20.0, 1.0
"""Contracts in a typical order, and the log spread of order sizes."""

ONE_DAY = 1 / SESSIONS_PER_YEAR


@dataclass(frozen=True)
class Terms:
    """Inputs of the appetite for a contract, one element per strike row.

    `out` is ln(strike / price during the day) in standard deviations until expiry; `days` are calendar days to expiry.
    """

    out: Floats
    days: Ints
    monthly: npt.NDArray[np.bool_]
    roundness: Floats


def daily_volume(rng: np.random.Generator, character: Character, path: SymbolPath) -> tuple[Floats, Floats]:
    """Calls and puts traded in each session."""
    count = path.close.size
    mood, chance = rng.standard_normal((2, count))
    activity = 0.18 * autoregression(mood, 0.7) + 0.1 * (path.surprise - 0.8)
    activity += 0.25 * np.log(path.volatility / character.volatility)
    total = character.contracts * np.exp(activity)
    ratio = np.exp(character.log_put_call + character.flow_swing * (FLOW_NOISE * chance - path.sentiment))
    return total / (1.0 + ratio), total * ratio / (1.0 + ratio)


def roundness(strike: Floats) -> Floats:
    """Factor by which a round strike trades more: traders prefer fives, tens and fifties."""
    more: Floats = 0.6 * (strike % 5 == 0) + 0.3 * (strike % 10 == 0) + 0.4 * (strike % 50 == 0)
    return 1.0 + more


def appetite(terms: Terms, side: str) -> Floats:
    """Relative weight of each contract in its side's volume of the day."""
    tenor = (terms.days + FRONT) ** -DECAY * np.where(terms.monthly, 2.4, 1.0)
    if side == "call":
        # calls are bought for a rise within reach
        strikes = np.where(terms.out > 0, np.exp(-1.25 * terms.out), np.exp(2.2 * terms.out))
    else:
        # hedges are well below the price; deep in-the-money puts hardly trade
        strikes = np.where(terms.out < 0, np.exp(0.85 * terms.out), np.exp(-2.2 * terms.out))
    return tenor * strikes * terms.roundness


def opening_share(terms: Terms, side: str) -> Floats:
    """Share of a contract's volume that adds to open interest, net.

    Long-dated contracts are bought to keep; contracts that moved into the money are sold, rolled or exercised.
    """
    inside = np.maximum(-terms.out if side == "call" else terms.out, 0.0)
    kept = (0.02 + 0.26 * -np.expm1(-terms.days / 45.0)) * terms.roundness**0.75
    return kept - np.minimum(0.7 * inside, 0.45)


def existing_stock(terms: Terms, side: str, daily: float, opened_days: Ints) -> Floats:
    """Approximate open interest that contracts have accumulated when the simulation begins.

    Each has traded since `opened_days` before its expiry, faster as the expiry came nearer; half of what was opened has
    been closed. The price has moved since, so open interest is spread more widely around it than volume.
    """
    wander = np.sqrt((opened_days + 30.0) / (terms.days + 30.0))
    wide = Terms(terms.out / wander, terms.days, terms.monthly, terms.roundness)
    pace: Floats = appetite(wide, side) / appetite(terms, side).sum()
    # the tenor's weight over the contract's life, in units of today's: the integral of (days + FRONT) ** -DECAY
    now, then = terms.days + FRONT, np.maximum(opened_days, terms.days) + FRONT
    lived: Floats = now**DECAY * (now ** (1 - DECAY) - then ** (1 - DECAY)) / (DECAY - 1) * SESSIONS_PER_YEAR / 365
    kept: Floats = STOCK_LEFT * np.maximum(opening_share(terms, side), 0.02)
    return daily * pace * lived * kept


class Book:
    """Open interest and last trade of every contract of a symbol, carried from session to session."""

    def __init__(self, stock: Floats, last: Floats) -> None:
        self.open_interest = np.rint(stock).astype(np.int64)
        self.last = np.where(self.open_interest > 0, last, np.nan)

    def settle(self, rows: Ints, volume: Ints, net: Floats, price: Floats) -> tuple[Ints, Floats]:
        """Trade a session; returns the open interest before it, as its chain shows it, and the last trades after it.

        `rows` are the session's contracts; `net` is the share of the volume that opens positions (negative: closes).
        """
        before = self.open_interest[rows]
        change = np.rint(volume * np.clip(net, -1.0, 1.0)).astype(np.int64)
        self.open_interest[rows] = before + np.maximum(change, -(before * MOST_CLOSED).astype(np.int64))
        self.last[rows] = np.where(volume > 0, price, self.last[rows])
        return before, self.last[rows]


def trade(rng: np.random.Generator, weight: Floats, starts: Ints, total: Floats) -> Ints:
    """Contracts traded in each row of several sessions.

    `starts` are the positions of each session's first row, `total` the side's contracts in each session.
    """
    wanted = weight * np.exp(CHANCE * rng.standard_normal(weight.size))
    rows = np.diff(np.append(starts, weight.size))
    scale = np.repeat(total / np.add.reduceat(wanted, starts), rows)
    return in_orders(rng, wanted * scale)


def in_orders(rng: np.random.Generator, wanted: Floats) -> Ints:
    """Whole contracts for fractional ones, equal on average.

    Options trade in orders of some twenty contracts, so a small appetite means one order now and then and no trade on
    most days, as for most contracts of a real chain.
    """
    order = np.ceil(USUAL_ORDER * np.exp(ORDER_SPREAD * rng.standard_normal(wanted.size)))
    return (order * np.floor(wanted / order + rng.uniform(size=wanted.size))).astype(np.int64)


def popularity(rng: np.random.Generator, contracts: int) -> Floats:
    """Permanent popularity of each contract."""
    return np.exp(POPULARITY * rng.standard_normal(contracts))


def terms_of(strike: Floats, reference: Floats, at_money: Floats, days: Ints, monthly: npt.NDArray[np.bool_]) -> Terms:
    """Terms of strike rows for the price at which they traded."""
    # trading lasts a day, so even on the last day the price could move
    room = at_money * np.sqrt(years_left(days) + ONE_DAY)
    return Terms(np.log(strike / reference) / room, days, monthly, roundness(strike))
