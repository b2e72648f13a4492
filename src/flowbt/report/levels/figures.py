"""The figures of levels on a page: which charts, under which title, with a sentence on how to read each."""

from flowbt.report.kit.formats import known
from flowbt.report.kit.page import Figure, figure
from flowbt.report.kit.significance import Document
from flowbt.report.levels.headline import against, measure


def level_figures(levels: Document) -> list[Figure]:
    """Gravity against placebos, and touches against chance and placebos, where there is anything to draw."""
    from flowbt.report.levels import charts  # noqa: PLC0415 (altair takes a second to import)

    gravity, touches = levels.get("gravity") or [], levels.get("touches") or []
    figures = []
    if any(known(against(measure(row, "nearer"), "mirror").get("difference")) is not None for row in gravity):
        note = (
            "Dots: how much more often the price ended nearer to the level than to each placebo, with 95% intervals; an "
            "interval that crosses zero is within luck, and only a level beyond all four draws the price."
        )
        figures.append(figure("Gravity against placebo", note, lambda width: charts.gravity_chart(gravity, width)))
    if any(known(measure(row, "touched_by_close").get("value")) is not None for row in touches):
        note = (
            "Dots: share of levels touched, with what 95% intervals of the difference from other days leave open; ticks: "
            "levels as far away on other days, mirrored ones, and the formula of chance."
        )
        figures.append(figure("Touches against chance", note, lambda width: charts.touches_chart(touches, width)))
    return figures
