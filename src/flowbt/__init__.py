"""flowbt: does an options-flow verdict predict what the price does next, and would it have paid after costs?

Names are imported when they are first used, so that `import flowbt` and `flowbt --help` cost next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowbt.lake import Lake
    from flowbt.metrics import metric, prior
    from flowbt.research import compute_metrics, evaluate_signal, flow_report, run_backtest
    from flowbt.signals import CallBreakout, FlowVerdict, MaxPainGravity, Signal, zscore
    from flowbt.strategy import Plan, Strategy, from_entry, limit_order, next_open, stop_order

__all__ = [
    "CallBreakout",
    "FlowVerdict",
    "Lake",
    "MaxPainGravity",
    "Plan",
    "Signal",
    "Strategy",
    "compute_metrics",
    "evaluate_signal",
    "flow_report",
    "from_entry",
    "limit_order",
    "metric",
    "next_open",
    "prior",
    "run_backtest",
    "stop_order",
    "zscore",
]

_HOMES = {
    "flowbt.lake": ("Lake",),
    "flowbt.metrics": ("metric", "prior"),
    "flowbt.research": ("compute_metrics", "evaluate_signal", "flow_report", "run_backtest"),
    "flowbt.signals": ("CallBreakout", "FlowVerdict", "MaxPainGravity", "Signal", "zscore"),
    "flowbt.strategy": ("Plan", "Strategy", "from_entry", "limit_order", "next_open", "stop_order"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'flowbt' has no attribute '{name}'")
