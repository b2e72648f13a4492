"""How the cells of the tables of levels are written: shares, differences and what to make of them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from flowbt.report.kit.formats import MISSING, interval, p_value, percent
from flowbt.report.kit.significance import Document
from flowbt.report.levels.headline import told, verdict_on

Write: TypeAlias = Callable[[Any], str]


def share(value: Any) -> str:
    """A share in whole percent."""
    return percent(value, 0)


def difference(found: Document, write: Write) -> tuple[str, str, str, str, str]:
    """A measure's difference from its first placebo, its interval, its p-value, what would have been visible, the reading."""
    return contrast(told(found), write)


def contrast(found: Document, write: Write) -> tuple[str, str, str, str, str]:
    """The same of any difference."""
    bounds = found.get("ci")
    return (
        write(found.get("difference")),
        interval(bounds, write) if bounds is not None else MISSING,
        p_value(found.get("p_value")),
        write(found.get("minimum_detectable")).lstrip("+"),
        verdict_on(found),
    )
