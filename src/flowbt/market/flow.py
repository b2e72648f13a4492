"""What is traded and what is held: volume by contract, and the open interest it leaves behind.

1. Activity (`daily_volume`): the day's contracts are lognormal, autocorrelated, and rise with the size of the day's
   return and with volatility. Sentiment and a little chance decide how many of them are puts.
2. Appetite (`appetite`): how the side's total spreads over expiries (the front trades most, third Fridays more than
   others) and strikes (near where the price was during the day, round numbers first, out of the money before in the
   money, and far more deep puts than high calls, for those who hedge buy puts).
3. Chance (`trade`): some contracts are dear to someone for weeks (popularity), each has its own days. Numbers are scaled
   to the side's total, so the put/call ratio of the day is what sentiment made it, and traded in whole orders.
4. Holding (`opening_share`, `Book`): a share of the volume opens positions, more of it in long contracts, at round
   strikes and on the side that sentiment favours; the rest trades positions already there or closes them. Open interest
   never changes by more than the volume and never falls below zero; it dies with the contract.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flowbt.market.character import Character
from flowbt.market.paths import SESSIONS_PER_YEAR, SymbolPath, autoregression
from flowbt.market.smile import years_left

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FLOW_NOISE = 0.55
"""Spread of the put/call ratio that sentiment does not explain, over the spread that it does."""

FRONT, DECAY = 2.5, 1.3
"""Volume falls with the tenor as (days + FRONT) ** -DECAY."""

STOCK_LEFT = 0.5
"""Share of all that was opened in a contract that is still held as the simulation begins."""

MOST_CLOSED = 0.3
"""Share of a contract's open interest that is closed on one day at most: not all holders leave at once."""

POPULARITY, CHANCE = 0.9, 1.0
"""Log spread of the volume between like contracts for good, and of a contract between days."""

USUAL_ORDER, ORDER_SPREAD = 20.0, 1.0
"""Contracts of a usual order, and the log spread of orders."""

ONE_DAY = 1 / SESSIONS_PER_YEAR


@dataclass(frozen=True)
class Terms:
    """What the appetite for a contract depends on, one element per strike row.

    `out` is ln(strike / price during the day) in standard deviations until expiry; `days` are calendar days to expiry.
    """

    out: Floats
    days: Ints
    monthly: npt.NDArray[np.bool_]
    roundness: Floats


def daily_volume(rng: np.random.Generator, character: Character, path: SymbolPath) -> tuple[Floats, Floats]:
    """Calls and puts traded on each session."""
    count = path.close.size
    mood, chance = rng.standard_normal((2, count))
    activity = 0.18 * autoregression(mood, 0.7) + 0.1 * (path.surprise - 0.8)
    activity += 0.25 * np.log(path.volatility / character.volatility)
    total = character.contracts * np.exp(activity)
    ratio = np.exp(character.log_put_call + character.flow_swing * (FLOW_NOISE * chance - path.sentiment))
    return total / (1.0 + ratio), total * ratio / (1.0 + ratio)


def roundness(strike: Floats) -> Floats:
    """How much more a round strike is traded: people think in fives, tens and fifties."""
    more: Floats = 0.6 * (strike % 5 == 0) + 0.3 * (strike % 10 == 0) + 0.4 * (strike % 50 == 0)
    return 1.0 + more


def appetite(terms: Terms, side: str) -> Floats:
    """Relative weight of each contract in its side's volume of the day."""
    tenor = (terms.days + FRONT) ** -DECAY * np.where(terms.monthly, 2.4, 1.0)
    if side == "call":
        # Calls are bought for a rise within reach.
        strikes = np.where(terms.out > 0, np.exp(-1.25 * terms.out), np.exp(2.2 * terms.out))
    else:
        # Hedges lie well below the price; nobody pays for a crash put by selling it in the money.
        strikes = np.where(terms.out < 0, np.exp(0.85 * terms.out), np.exp(-2.2 * terms.out))
    return tenor * strikes * terms.roundness


def opening_share(terms: Terms, side: str) -> Floats:
    """Share of a contract's volume that adds to open interest on balance.

    Long contracts are bought to keep; what has come into the money is sold, rolled or exercised.
    """
    inside = np.maximum(-terms.out if side == "call" else terms.out, 0.0)
    kept = (0.02 + 0.26 * -np.expm1(-terms.days / 45.0)) * terms.roundness**0.75
    return kept - np.minimum(0.7 * inside, 0.45)


def existing_stock(terms: Terms, side: str, daily: float, opened_days: Ints) -> Floats:
    """About the open interest that contracts have gathered when the simulation begins.

    Each has been traded since `opened_days` before its expiry, at a pace that quickened as the expiry came nearer; half
    of what was opened has been closed. The price has wandered since, so holdings lie wider around it than the volume.
    """
    wander = np.sqrt((opened_days + 30.0) / (terms.days + 30.0))
    wide = Terms(terms.out / wander, terms.days, terms.monthly, terms.roundness)
    pace: Floats = appetite(wide, side) / appetite(terms, side).sum()
    # The tenor's weight summed over the days lived, in units of today's: the integral of (days + FRONT) ** -DECAY.
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
        """Trade a session: the open interest of before it, as its chain shows, and the last trades after it.

        `rows` are the session's contracts; `net` is the share of the volume that opens positions (negative: closes).
        """
        before = self.open_interest[rows]
        change = np.rint(volume * np.clip(net, -1.0, 1.0)).astype(np.int64)
        self.open_interest[rows] = before + np.maximum(change, -(before * MOST_CLOSED).astype(np.int64))
        self.last[rows] = np.where(volume > 0, price, self.last[rows])
        return before, self.last[rows]


def trade(rng: np.random.Generator, weight: Floats, starts: Ints, total: Floats) -> Ints:
    """Contracts traded in each row of several sessions.

    `starts` are the places where each session's rows begin, `total` the contracts of the side on each of them.
    """
    wanted = weight * np.exp(CHANCE * rng.standard_normal(weight.size))
    rows = np.diff(np.append(starts, weight.size))
    scale = np.repeat(total / np.add.reduceat(wanted, starts), rows)
    return in_orders(rng, wanted * scale)


def in_orders(rng: np.random.Generator, wanted: Floats) -> Ints:
    """Whole contracts for fractional ones, equal on average.

    Options are traded in orders of some twenty contracts, so a small appetite means one order once in a while and no
    trade on most days, which is what most contracts of a real chain see.
    """
    order = np.ceil(USUAL_ORDER * np.exp(ORDER_SPREAD * rng.standard_normal(wanted.size)))
    return (order * np.floor(wanted / order + rng.uniform(size=wanted.size))).astype(np.int64)


def popularity(rng: np.random.Generator, contracts: int) -> Floats:
    """How dear each contract is to someone, for as long as it lives."""
    return np.exp(POPULARITY * rng.standard_normal(contracts))


def terms_of(strike: Floats, reference: Floats, at_money: Floats, days: Ints, monthly: npt.NDArray[np.bool_]) -> Terms:
    """The terms of strike rows for the price at which they were traded."""
    # Trading lasts a day, so even on the last one the price had a day's room.
    room = at_money * np.sqrt(years_left(days) + ONE_DAY)
    return Terms(np.log(strike / reference) / room, days, monthly, roundness(strike))
