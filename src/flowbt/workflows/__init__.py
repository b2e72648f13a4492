"""The composition root: one plain function per thing a user does, called by the command line and from notebooks.

data         explain, snapshot, quarantine, simulate
status       what a lake holds
metrics      compute_metrics, list_metrics
verdict      flow_report
evaluating   evaluate_signal
backtesting  run_backtest
checking     check_strategy
demo         run_demo
runs         run folders, manifests, JSON
"""
