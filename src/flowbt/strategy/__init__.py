"""Strategies: the building blocks they are written in, and loading of strategy files."""

from flowbt.strategy.files import (
    Definitions,
    StrategyFile,
    load_definitions,
    load_strategy,
    new_strategy,
    plan_of,
    strategy_of,
)
from flowbt.strategy.plan import Entry, Offset, Plan, Strategy, from_entry, limit_order, next_open, stop_order

__all__ = [
    "Definitions",
    "Entry",
    "Offset",
    "Plan",
    "Strategy",
    "StrategyFile",
    "from_entry",
    "limit_order",
    "load_definitions",
    "load_strategy",
    "new_strategy",
    "next_open",
    "plan_of",
    "stop_order",
    "strategy_of",
]
