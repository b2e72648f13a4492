"""What the charts of levels share: places, shares across, and heights. Importing this module loads altair."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from flowbt.report.kit.axes import NO_SIGN

MOST_GROUPS: Final = 6
"""Kinds (by side) that are drawn; the tables contain all."""


def places(rows: Sequence[dict[str, Any]]) -> alt.Y:
    """The labels of the rows (`what`), down the chart in their order."""
    order = list(dict.fromkeys(row["what"] for row in rows))
    return alt.Y("what:N", title=None, sort=order, axis=alt.Axis(grid=False, labelLimit=190))


def shares(field: str, title: str, scale: alt.Scale) -> alt.X:
    """A share or a difference of shares across the chart, in percent."""
    return alt.X(f"{field}:Q", title=title, axis=alt.Axis(format="~%", tickCount=5, labelExpr=NO_SIGN), scale=scale)


def height(rows: Sequence[dict[str, Any]], each: int) -> int:
    """The height of a chart with so many pixels per label."""
    return 70 + each * len({row["what"] for row in rows})
