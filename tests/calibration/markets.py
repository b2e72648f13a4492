"""Markets in which the truth is known: nothing to find, or an edge of known size.

Prices are those of flowbt's own synthetic market: a common factor, volatility that clusters and rises as prices fall, fat
tails, gaps. Verdicts are the outer fifths of a latent score.

    foreign   the score is an AR(1) of 0.9, shared in part by all symbols, that knows nothing of the prices
    own       the market's sentiment (AR(1) of 0.7), which follows the day's return: no edge, but bearish days are wilder
    planted   the same, and after an extreme day the price drifts 10 bp a day for 5 days
"""

import math
from datetime import date
from functools import cache
from typing import Literal

import numpy as np

from flowbt.calendar import sessions as sessions_between
from flowbt.evaluation.forward_returns import Outcomes
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel
from flowbt.market.config import MarketConfig
from flowbt.market.edge import EXTREME
from flowbt.market.paths import simulate_market, simulate_path

Kind = Literal["foreign", "own", "planted"]

LEAD = 60
EDGE_BP, EDGE_HORIZON = 50.0, 5
PERSISTENCE = 0.9
SHARED = 0.5


def panel_from(kind: Kind, seed: int, sessions: int, symbols: int) -> Panel:
    """A panel of that kind; `planted` and `own` of one seed differ by the drift alone."""
    edge = EDGE_BP if kind == "planted" else 0.0
    config = MarketConfig(
        symbols=symbols, sessions=sessions, seed=seed, edge_bp=edge, edge_horizon=EDGE_HORIZON, warmup_bars=LEAD
    )
    market = simulate_market(config)
    paths = [simulate_path(config, number, market) for number in range(symbols)]
    columns = {
        name: np.stack([getattr(path, name) for path in paths], axis=1) for name in ("open", "high", "low", "close")
    }
    mood = (
        np.stack([path.sentiment for path in paths], axis=1) if kind != "foreign" else _foreign(seed, sessions, symbols)
    )
    score = np.tanh(mood[-sessions:])
    verdict = np.where(np.abs(mood[-sessions:]) > EXTREME, np.sign(mood[-sessions:]), 0.0)
    days = _days(sessions)
    one = np.ones_like(columns["open"])
    prices = (columns["open"], columns["high"], columns["low"], columns["close"], one, one)
    outcomes = Outcomes(days, tuple(config.names), "next_open", one.astype(np.bool_), *prices)
    return Panel(days[LEAD:], outcomes.symbols, verdict, score, outcomes, LEAD)


@cache
def _days(sessions: int) -> tuple[date, ...]:
    config = MarketConfig(symbols=1, sessions=sessions, warmup_bars=LEAD)
    days = config.days()
    return tuple(sessions_between(days[0], days[-1]))


def _foreign(seed: int, sessions: int, symbols: int) -> Floats:
    draws = np.random.default_rng([seed, 1])
    shocks = math.sqrt(SHARED) * draws.normal(size=(sessions, 1)) + math.sqrt(1 - SHARED) * draws.normal(
        size=(sessions, symbols)
    )
    fresh = math.sqrt(1 - PERSISTENCE**2)
    mood = shocks.copy()
    for row in range(1, sessions):
        mood[row] = PERSISTENCE * mood[row - 1] + fresh * shocks[row]
    return mood
