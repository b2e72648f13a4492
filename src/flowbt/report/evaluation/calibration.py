"""Calibration: how often the price rose, against the probability that the score implied."""

from collections.abc import Sequence
from typing import Any, Final

from flowbt.evaluation.calibration import Calibration, CalibrationBin
from flowbt.report.kit.formats import count, interval, p_phrase, percent, plain
from flowbt.report.kit.section import HALF, Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table

METHOD: Final = (
    Fact(
        "Calibration",
        "The probability of a rise that the score implies, fitted to earlier sessions only. Brier score: its mean squared error.",
    ),
)
LABELS_ACROSS: Final = 12
"""So many counts fit next to each other above a chart half a page wide; on a telephone two thirds of them."""
COLUMNS: Final[tuple[Column[CalibrationBin], ...]] = (
    Column("Predicted", lambda row: percent(row.predicted)),
    Column("Observed", lambda row: percent(row.observed)),
    Column("95% CI", lambda row: interval(row.ci, lambda share: percent(share, 0))),
    Column("n", lambda row: count(row.n)),
)


def section(calibration: Calibration) -> Section:
    """Predicted and observed share of rises, and the Brier score against that of the base rate."""
    score = brier_sentence(calibration)
    figures: tuple[Figure, ...] = ()
    if calibration.bins:
        note = f"A calibrated score is on the diagonal (dashes); above, the number in each bin. {score}".strip()
        figures = (Figure("Calibration", note, lambda width: calibration_chart(calibration.bins, width), HALF),)
    return Section("Calibration", figures=figures, folded=(Table.of("Calibration", COLUMNS, calibration.bins, score),))


def brier_sentence(calibration: Calibration) -> str:
    """The Brier score against that of the base rate known at the time."""
    if calibration.brier is None:
        return ""
    return (
        f"Brier score {plain(calibration.brier, 4)}, that of the base rate known at the time "
        f"{plain(calibration.brier_climatology, 4)}: skill {percent(calibration.skill, signed=True)} "
        f"({p_phrase(calibration.p_value)}); above zero the score is more informative than the base rate."
    )


def calibration_chart(bins: Sequence[CalibrationBin], width: int) -> Spec:
    """How often the price rose against how often the score predicted it; above, the number in each bin."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY  # noqa: PLC0415

    rows = [
        {
            "predicted": each.predicted,
            "value": each.observed,
            **axes.bounds(each.ci),
            "tip": f"predicted {percent(each.predicted)}: observed {percent(each.observed)} "
            f"({interval(each.ci, lambda share: percent(share, 0))}), n = {count(each.n)}",
        }
        for each in bins
    ]
    axis = alt.Axis(format="~%", tickCount=5, grid=False)
    x = alt.X("predicted:Q", title="predicted probability of a rise", axis=axis, scale=alt.Scale(zero=False))
    ends = (min(each.predicted for each in bins), max(each.predicted for each in bins))
    diagonal = (
        alt.Chart(axes.inline([{"predicted": end, "value": end} for end in ends]))
        .mark_line(color=BENCHMARK, strokeWidth=1.2, strokeDash=[5, 3], aria=False)
        .encode(x=x, y=axes.value_axis("value", "~%", title="observed share of rises"))
    )
    labels = _apart(bins, LABELS_ACROSS * 2 // 3 if axes.is_narrow(width) else LABELS_ACROSS)
    counts = (
        alt.Chart(axes.inline(labels))
        .mark_text(fontSize=11, color=COLOURS["muted"].light, aria=False)
        .encode(x=x, y=alt.value(-8), text="count:N")
    )
    base = alt.Chart(axes.inline(rows)).encode(x=x, color=alt.value(STRATEGY))
    return axes.finish(alt.layer(diagonal, *axes.whiskers(base, "~%"), counts), width, 280)


def _apart(bins: Sequence[CalibrationBin], most: int) -> list[dict[str, Any]]:
    """The bins' counts as labels, without those that would touch their neighbour's."""
    predicted = [each.predicted for each in bins]
    least = (max(predicted) - min(predicted)) / most
    labels: list[dict[str, Any]] = []
    for each in sorted(bins, key=lambda each: each.predicted):
        if not labels or each.predicted - labels[-1]["predicted"] >= least:
            labels.append({"predicted": each.predicted, "count": count(each.n)})
    return labels
