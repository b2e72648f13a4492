"""Stability: the effect by year, by volatility regime, and without each symbol."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.stability import Split, StabilityPart
from flowbt.report.evaluation.rows import signed_interval
from flowbt.report.kit.formats import count, counted, hundredths, small_interval, small_percent
from flowbt.report.kit.section import HALF, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table, words

SPLITS: Final[dict[Split, str]] = {"year": "by year", "volatility": "by volatility", "without": "without"}
MOST_LEFT_OUT: Final = 10
"""Of many symbols left out in turn, those that change the result most are shown."""
COLUMNS: Final[tuple[Column[StabilityPart], ...]] = (
    words("Split", lambda part: SPLITS[part.by]),
    words("Part", lambda part: part.group),
    Column("n", lambda part: count(part.n)),
    Column("Signed excess return", lambda part: hundredths(part.signed_excess)),
    Column("95% CI", lambda part: signed_interval(part.ci)),
)
NOTE: Final = (
    "Mean excess return in the verdict's direction in parts of the data, with 95% confidence intervals; an edge has one sign in "
    "most parts."
)


def section(parts: Sequence[StabilityPart]) -> Section:
    """The signed excess return in each part of the verdicts."""
    shown = extremes(parts)
    left_out = len(parts) - len(shown)
    note = f"The {counted(left_out, 'symbol')} that change it least when left out are not shown." if left_out else ""
    figures: tuple[Figure, ...] = ()
    if any(part.signed_excess is not None for part in parts):
        figures = (Figure("Stability", NOTE, lambda width: stability_chart(shown, width), HALF),)
    return Section("Stability", figures=figures, folded=(Table.of("Stability", COLUMNS, shown, note),))


def extremes(parts: Sequence[StabilityPart]) -> list[StabilityPart]:
    """The parts that the verdicts were split into; of many symbols left out, those without which it is most different."""
    without = [part for part in parts if part.by == "without"]
    if len(without) <= MOST_LEFT_OUT:
        return list(parts)
    measured = {part: part.signed_excess for part in without if part.signed_excess is not None}
    ordered = sorted(measured, key=measured.__getitem__)
    kept = ordered[: MOST_LEFT_OUT // 2] + ordered[-(MOST_LEFT_OUT // 2) :]
    return [part for part in parts if part.by != "without"] + kept


def stability_chart(parts: Sequence[StabilityPart], width: int) -> Spec:
    """Signed excess return by year, by volatility regime and without each symbol: a forest plot."""
    from flowbt.report.kit.forest import Row, forest_plot  # noqa: PLC0415 (altair takes a second to import)
    from flowbt.report.kit.palette import STRATEGY  # noqa: PLC0415

    rows = []
    for part in parts:
        if part.signed_excess is None:
            continue
        low, high = part.ci or (None, None)
        by, n = SPLITS[part.by], count(part.n)
        tip = f"{by} {part.group}, n = {n}: {small_percent(part.signed_excess)} ({small_interval(part.ci)})"
        rows.append(Row(by, part.group, STRATEGY, part.signed_excess, low, high, n, tip))
    return forest_plot(rows, width, "+~%", "n", "signed excess return")
