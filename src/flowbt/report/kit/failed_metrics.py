"""Metrics that could not be computed, in words: listed once, at the end of whatever is reported."""

from collections.abc import Mapping
from typing import Any

from flowbt.report.kit.formats import counted


def failed_metrics(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each metric of the document's `failed_metrics` with its reason: `("zero_gamma", "division by zero (3 days)")`."""
    return [
        (row["metric"], f"{row['reason']} ({counted(row['sessions'], 'day')})")
        for row in document.get("failed_metrics") or []
    ]


def failed_sentence(document: Mapping[str, Any]) -> str:
    """The same as one paragraph, empty where none failed."""
    rows = [f"{name}: {reason}" for name, reason in failed_metrics(document)]
    return (
        f"Metrics that could not be computed, null on those days with all that reads them: {'; '.join(rows)}."
        if rows
        else ""
    )
