"""Metrics that could not be computed: listed once, at the end of a report."""

from collections.abc import Sequence

from flowbt.metrics import FailedMetric
from flowbt.report.kit.formats import counted
from flowbt.report.kit.section import Item, Section


def not_computed(failed: Sequence[FailedMetric]) -> Section:
    """Each metric with its reason; an empty section where none failed."""
    if not failed:
        return Section("Not computed")
    sentence = "These metrics could not be computed; on those days they are null, and so is everything that reads them."
    return Section("Not computed", (sentence,), items=tuple(Item(each.metric, _reason(each)) for each in failed))


def failed_sentence(failed: Sequence[FailedMetric]) -> str:
    """The same as one sentence, for a line on the terminal."""
    reasons = "; ".join(f"{each.metric}: {_reason(each)}" for each in failed)
    return f"Metrics that could not be computed and are null on those days, with everything that reads them: {reasons}."


def _reason(metric: FailedMetric) -> str:
    return f"{metric.reason} ({counted(metric.sessions, 'day')})"
