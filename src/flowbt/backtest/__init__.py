"""What the plans would have made: plans and price bars in, trades and one line of equity out.

How it goes, and where:

1. `bar_grid.py` lays the bars on the sessions of their exchange, so that a bar that is missing is seen to be missing;
   `actions.py` adds the splits and dividends on file, and `markets.py` puts symbols of several exchanges side by side.
2. `plan_rows.py` turns the plans into arrays and sets aside, with the reason, those no order can be made of.
3. `kernel.py` fills each plan on its own by stated intrabar rules (compiled; the rules are in its docstring).
4. `events.py` says what came of each plan: the **event view**, from which hit rates are taken.
5. `portfolio.py` gives the plans that filled one shared account: the **portfolio view**, from which the P&L is taken.
   `allocation.py` (compiled) decides who gets how much, and writes vectorbt's order records; `accounting.py` hands
   them to `vectorbt.Portfolio` and brings trades and equity back. It alone imports vectorbt and pandas.
6. `measures.py` draws the performance numbers from trades and equity; `jumps.py` finds the moves of the bars that no
   split or dividend on file explains.
7. `run.py` composes the above.

Everything is in the underlying: a plan buys or sells shares.

Importing this package costs neither numba nor vectorbt; both are loaded when first needed.
"""

from flowbt.backtest.costs import Costs
from flowbt.backtest.markets import Exchanges
from flowbt.backtest.run import BacktestResult, backtest_plans, trade_each

__all__ = ["BacktestResult", "Costs", "Exchanges", "backtest_plans", "trade_each"]
