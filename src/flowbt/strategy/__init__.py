"""Strategies: the words they are written in, and how a strategy file is loaded."""

from flowbt.strategy.files import StrategyFile, load_strategy, new_strategy, plan_of
from flowbt.strategy.plan import Entry, Offset, Plan, Strategy, from_entry, limit_order, next_open, stop_order

__all__ = [
    "Entry",
    "Offset",
    "Plan",
    "Strategy",
    "StrategyFile",
    "from_entry",
    "limit_order",
    "load_strategy",
    "new_strategy",
    "next_open",
    "plan_of",
    "stop_order",
]
