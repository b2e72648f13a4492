"""flowbt: does an options-flow verdict predict what the price does next, and would it have paid after costs?

Names are imported when they are first used, so that `import flowbt` and `flowbt --help` cost next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowbt.lake import Lake
    from flowbt.metrics import held_at_open, load_metrics, metric, on_tape, prior
    from flowbt.research.backtesting import run_backtest
    from flowbt.research.checking import check_strategy
    from flowbt.research.evaluating import evaluate_series, evaluate_signal
    from flowbt.research.level_run import evaluate_levels
    from flowbt.research.metrics import compute_metrics
    from flowbt.research.verdict import flow_report, flow_reports
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
    "check_strategy",
    "compute_metrics",
    "evaluate_levels",
    "evaluate_series",
    "evaluate_signal",
    "flow_report",
    "flow_reports",
    "from_entry",
    "held_at_open",
    "limit_order",
    "load_metrics",
    "metric",
    "next_open",
    "on_tape",
    "prior",
    "run_backtest",
    "stop_order",
    "zscore",
]

_HOMES = {
    "flowbt.lake": ("Lake",),
    "flowbt.metrics": ("held_at_open", "load_metrics", "metric", "on_tape", "prior"),
    "flowbt.research.backtesting": ("run_backtest",),
    "flowbt.research.checking": ("check_strategy",),
    "flowbt.research.evaluating": ("evaluate_series", "evaluate_signal"),
    "flowbt.research.level_run": ("evaluate_levels",),
    "flowbt.research.metrics": ("compute_metrics",),
    "flowbt.research.verdict": ("flow_report", "flow_reports"),
    "flowbt.signals": ("CallBreakout", "FlowVerdict", "MaxPainGravity", "Signal", "zscore"),
    "flowbt.strategy": ("Plan", "Strategy", "from_entry", "limit_order", "next_open", "stop_order"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'flowbt' has no attribute '{name}'")
