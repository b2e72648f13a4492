"""What the plans would have made: plans and price bars in, trades and equity out.

A backtest has three steps, each of which can be called on its own: `decide` (strategy and lake to plans), `simulate`
(plans and bars to trades and equity), and `flowbt.evaluation.assessment.assess` (to a result with its significance).

1. `decisions.py` evaluates the strategy on every session.
2. `bar_grid.py` lays the bars on the sessions of their exchange, so that a missing bar is seen to be missing;
   `flowbt.corporate_actions` adds the splits and dividends on file, and `markets.py` aligns symbols of several exchanges.
3. `plan_rows.py` turns the plans into arrays and sets aside, with the reason, those no order can be made of.
4. `kernel.py` fills each plan on its own by stated intrabar rules (compiled; the rules are in its docstring).
5. `events.py` gives the outcome of each plan: the **event view**, from which hit rates are taken.
6. `portfolio.py` gives the plans that filled one shared account: the **portfolio view**, from which the P&L is taken.
   `allocation.py` (compiled) decides who gets how much, and writes vectorbt's order records; `accounting.py` hands
   them to `vectorbt.Portfolio` and brings trades and equity back. It alone imports vectorbt and pandas.
7. `measures.py` computes the performance from trades and equity; `jumps.py` finds the moves of the bars that no
   split or dividend on file explains; `trades.py` gives trades and equity as typed rows.
8. `simulation.py` composes 2 to 7.

Everything is in the underlying: a plan buys or sells shares.

Importing this package costs neither numba nor vectorbt; both are loaded when first needed.
"""

from flowbt.backtest.costs import Costs
from flowbt.backtest.decisions import CHAIN_PRICE, Decisions, decide
from flowbt.backtest.jumps import TradeJump
from flowbt.backtest.markets import Exchanges
from flowbt.backtest.measures import EventMeasures, Measures
from flowbt.backtest.simulation import Counts, Simulation, simulate, trade_each
from flowbt.backtest.trades import AccountDay, Trade

__all__ = [
    "CHAIN_PRICE",
    "AccountDay",
    "Costs",
    "Counts",
    "Decisions",
    "EventMeasures",
    "Exchanges",
    "Measures",
    "Simulation",
    "Trade",
    "TradeJump",
    "decide",
    "simulate",
    "trade_each",
]
