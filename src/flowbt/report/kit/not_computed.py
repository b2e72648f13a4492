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
    items = tuple(Item(each.metric, f"{each.reason} ({counted(each.sessions, 'day')})") for each in failed)
    return Section("Not computed", (sentence,), items=items)
