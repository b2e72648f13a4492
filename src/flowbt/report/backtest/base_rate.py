"""The plans' win rate next to that of the same trade on every session."""

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.kit.formats import counted, percent


def base_rate_sentence(run: BacktestRun) -> str:
    """The win rate of the plans, each on its own, next to their base rate; empty without one."""
    events = run.event_measures
    if events.hit_rate is None or events.base_rate is None:
        return ""
    return (
        f"Of the {counted(events.n, 'plan')}, each on its own, {percent(events.hit_rate, 0)} made money; the same trade on "
        f"every session with a decision made money {percent(events.base_rate, 0)} of the time."
    )
