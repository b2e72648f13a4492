"""flowbt: does an options-flow verdict predict what the price does next, and would it have paid after costs?

Names are imported when they are first used, so that `import flowbt` and `flowbt --help` cost next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowbt.lake import Lake
    from flowbt.lake.intake.ingest import ingest_files
    from flowbt.market import MarketConfig
    from flowbt.metrics import held_at_open, load_metrics, metric, on_tape, prior
    from flowbt.signals import CallBreakout, FlowVerdict, MaxPainGravity, Signal, zscore
    from flowbt.strategy import Plan, Strategy, from_entry, limit_order, next_open, stop_order
    from flowbt.workflows.backtest import run_backtest
    from flowbt.workflows.check import check_strategy
    from flowbt.workflows.compute_metrics import compute_metrics
    from flowbt.workflows.evaluate import evaluate_signal
    from flowbt.workflows.evaluate_levels import evaluate_levels
    from flowbt.workflows.evaluate_series import evaluate_series
    from flowbt.workflows.flow_report import flow_report, flow_reports
    from flowbt.workflows.lake_status import lake_status
    from flowbt.workflows.simulate import simulate_market

__all__ = [
    "CallBreakout",
    "FlowVerdict",
    "Lake",
    "MarketConfig",
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
    "ingest_files",
    "lake_status",
    "limit_order",
    "load_metrics",
    "metric",
    "next_open",
    "on_tape",
    "prior",
    "run_backtest",
    "simulate_market",
    "stop_order",
    "zscore",
]

_HOMES = {
    "flowbt.lake": ("Lake",),
    "flowbt.lake.intake.ingest": ("ingest_files",),
    "flowbt.market": ("MarketConfig",),
    "flowbt.metrics": ("held_at_open", "load_metrics", "metric", "on_tape", "prior"),
    "flowbt.workflows.backtest": ("run_backtest",),
    "flowbt.workflows.check": ("check_strategy",),
    "flowbt.workflows.evaluate": ("evaluate_signal",),
    "flowbt.workflows.evaluate_levels": ("evaluate_levels",),
    "flowbt.workflows.evaluate_series": ("evaluate_series",),
    "flowbt.workflows.compute_metrics": ("compute_metrics",),
    "flowbt.workflows.flow_report": ("flow_report", "flow_reports"),
    "flowbt.workflows.lake_status": ("lake_status",),
    "flowbt.workflows.simulate": ("simulate_market",),
    "flowbt.signals": ("CallBreakout", "FlowVerdict", "MaxPainGravity", "Signal", "zscore"),
    "flowbt.strategy": ("Plan", "Strategy", "from_entry", "limit_order", "next_open", "stop_order"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'flowbt' has no attribute '{name}'")
